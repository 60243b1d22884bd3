//! The screen as a picture: an SVG in which every character stands in its cell, and braille, blocks and lines are
//! shapes, so that it looks the same whatever font a browser, a slide or a converter finds.

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use super::theme::Ground;

/// Size of a cell.
const CELL: (f32, f32) = (8.4, 18.0);

/// Blank space around all cells.
const MARGIN: f32 = 8.0;

/// From the top of a cell to the line that its text stands on.
const BASELINE: f32 = 13.5;

/// Width of a drawn line, thin and thick, and of a dot of braille.
const LINE: f32 = 1.0;
const THICK_LINE: f32 = 2.4;
const DOT: f32 = 2.2;

/// How far a filled cell reaches into the next.
const SEAM: f32 = 0.5;

/// xterm's first 16 colours, as most terminals have them.
#[rustfmt::skip]
const SIXTEEN: [u32; 16] = [
    0x00_0000, 0xcd_3131, 0x0d_bc79, 0xe5_e510, 0x24_72c8, 0xbc_3fbc, 0x11_a8cd, 0xe5_e5e5,
    0x66_6666, 0xf1_4c4c, 0x23_d18b, 0xf5_f543, 0x3b_8eea, 0xd6_70d6, 0x29_b8db, 0xff_ffff,
];

/// Colours of a terminal: its background, its text, its faint text.
fn own_colors(ground: Ground) -> [u32; 3] {
    match ground {
        Ground::Dark => [0x12_151c, 0xd6_d9e0, 0x8b_90a0],
        Ground::Light => [0xff_ffff, 0x1c_1f26, 0x6b_6f7a],
    }
}

/// Draws what a terminal with such a background shows.
pub fn svg(buffer: &Buffer, ground: Ground) -> String {
    let area = buffer.area;
    let (width, height) = (f32::from(area.width) * CELL.0, f32::from(area.height) * CELL.1);
    let (width, height) = (width + 2.0 * MARGIN, height + 2.0 * MARGIN);
    let [paper, ..] = own_colors(ground);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\">\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#{paper:06x}\"/>\n\
         <g font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"14\">\n"
    );
    for y in area.rows().map(|row| row.y) {
        // All papers first: ink may reach into the next cell.
        let mut inks = String::new();
        let mut x = area.x;
        while x < area.right() {
            let look = Look::of(&buffer[(x, y)], ground);
            let same = |x: &u16| Look::of(&buffer[(*x, y)], ground) == look;
            let end = (x..area.right()).take_while(same).count() as u16 + x;
            let (left, top) = (MARGIN + f32::from(x - area.x) * CELL.0, MARGIN + f32::from(y - area.y) * CELL.1);
            if let Some(paper) = look.paper {
                let (width, height) = (f32::from(end - x) * CELL.0, CELL.1);
                let place = format!("x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height}\"");
                let _ = writeln!(svg, "<rect {place} fill=\"#{paper:06x}\"/>");
            }
            look.write(&mut inks, (x..end).map(|x| buffer[(x, y)].symbol()), left, top);
            x = end;
        }
        svg.push_str(&inks);
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// How a cell looks, whatever it shows.
#[derive(Clone, Copy, PartialEq)]
struct Look {
    ink: u32,
    paper: Option<u32>,
    bold: bool,
}

impl Look {
    fn of(cell: &Cell, ground: Ground) -> Self {
        let [own_paper, own_ink, faint] = own_colors(ground);
        let has = |modifier| cell.modifier.contains(modifier);
        let ink = rgb(cell.fg).unwrap_or(if has(Modifier::DIM) { faint } else { own_ink });
        let (ink, paper) = match (has(Modifier::REVERSED), rgb(cell.bg)) {
            (true, paper) => (paper.unwrap_or(own_paper), Some(ink)),
            (false, paper) => (ink, paper),
        };
        Self { ink, paper, bold: has(Modifier::BOLD) }
    }

    /// Writes cells that look so and lie side by side.
    fn write<'a>(self, svg: &mut String, symbols: impl Iterator<Item = &'a str>, left: f32, top: f32) {
        let (mut text, mut shapes) = (String::new(), String::new());
        for (symbol, x) in symbols.zip(0_u16..).map(|(symbol, x)| (symbol, left + f32::from(x) * CELL.0)) {
            let mut letters = symbol.chars();
            match (letters.next(), letters.next()) {
                (None | Some(' '), None) => {}
                (Some(letter), None) if draw(&mut shapes, letter, x, top) => {}
                _ => {
                    // Not one list of places: some converters know only its first.
                    let escaped = symbol.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                    let _ = write!(text, "<tspan x=\"{x:.1}\">{escaped}</tspan>");
                }
            }
        }
        let ink = self.ink;
        if !shapes.is_empty() {
            let _ = writeln!(svg, "<path fill=\"#{ink:06x}\" d=\"{shapes}\"/>");
        }
        if !text.is_empty() {
            let weight = if self.bold { " font-weight=\"bold\"" } else { "" };
            let y = top + BASELINE;
            let _ = writeln!(svg, "<text y=\"{y:.1}\" fill=\"#{ink:06x}\"{weight}>{text}</text>");
        }
    }
}

/// A colour in 24 bits; `None` for the terminal's own.
fn rgb(color: Color) -> Option<u32> {
    let index = match color {
        Color::Reset => return None,
        Color::Rgb(red, green, blue) => return Some(u32::from_be_bytes([0, red, green, blue])),
        Color::Indexed(index) => index,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    Some(match index {
        0..16 => SIXTEEN[usize::from(index)],
        16..232 => {
            let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
            let cube = index - 16;
            u32::from_be_bytes([0, level(cube / 36), level(cube / 6 % 6), level(cube % 6)])
        }
        232.. => {
            let level = 8 + 10 * (index - 232);
            u32::from_be_bytes([0, level, level, level])
        }
    })
}

/// Draws a character that is a shape, as a path; whether it is one.
fn draw(path: &mut String, letter: char, left: f32, top: f32) -> bool {
    let mut rect = |x: f32, y: f32, width: f32, height: f32| {
        let (x, y) = (left + x, top + y);
        let _ = write!(path, "M{x:.1} {y:.1}h{width:.1}v{height:.1}h-{width:.1}z");
    };
    let (width, height) = CELL;
    let (middle, center) = (width / 2.0, height / 2.0);
    match u32::from(letter) {
        code @ 0x2800..=0x28ff => {
            // Dots are counted down the left column, then down the right one; the lowest two come last.
            const PLACES: [(u8, u8); 8] = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)];
            for (dot, (column, row)) in PLACES.into_iter().enumerate() {
                if code >> dot & 1 == 1 {
                    let x = (f32::from(column) + 0.5) * width / 2.0 - DOT / 2.0;
                    let y = (f32::from(row) + 0.5) * height / 4.0 - DOT / 2.0;
                    rect(x, y, DOT, DOT);
                }
            }
        }
        0x2580 => rect(0.0, 0.0, width, center),
        code @ 0x2581..=0x2588 => {
            let filled = (code - 0x2580) as f32 / 8.0 * height;
            // A whole cell reaches a little into the one above, so that scaled pictures show no seam.
            let filled = if code == 0x2588 { filled + SEAM } else { filled };
            rect(0.0, height - filled, width, filled);
        }
        code @ 0x2589..=0x258f => rect(0.0, 0.0, (0x2590 - code) as f32 / 8.0 * width, height),
        0x2590 => rect(middle, 0.0, middle, height),
        _ => {
            // Which edges of the cell its lines reach from the middle: left, right, top, bottom.
            let (edges, line) = match letter {
                '─' => ([true, true, false, false], LINE),
                '━' => ([true, true, false, false], THICK_LINE),
                '│' => ([false, false, true, true], LINE),
                '┌' => ([false, true, false, true], LINE),
                '┐' => ([true, false, false, true], LINE),
                '└' => ([false, true, true, false], LINE),
                '┘' => ([true, false, true, false], LINE),
                '├' => ([false, true, true, true], LINE),
                '┤' => ([true, false, true, true], LINE),
                '┬' => ([true, true, false, true], LINE),
                '┴' => ([true, true, true, false], LINE),
                '┼' => ([true; 4], LINE),
                '╌' => {
                    (0_u8..2).for_each(|dash| {
                        rect((f32::from(dash) + 0.25) * width / 2.0, center - LINE / 2.0, width / 4.0, LINE);
                    });
                    return true;
                }
                '┊' => {
                    (0_u8..4).for_each(|dash| {
                        rect(middle - LINE / 2.0, (f32::from(dash) + 0.25) * height / 4.0, LINE, height / 8.0);
                    });
                    return true;
                }
                _ => return false,
            };
            let half = line / 2.0;
            let [to_left, to_right, to_top, to_bottom] = edges;
            let ends = |low: bool, high: bool, middle: f32, end: f32| {
                (if low { 0.0 } else { middle - half }, if high { end } else { middle + half })
            };
            if to_left || to_right {
                let (start, end) = ends(to_left, to_right, middle, width);
                rect(start, center - half, end - start, line);
            }
            if to_top || to_bottom {
                let (start, end) = ends(to_top, to_bottom, center, height);
                rect(middle - half, start, line, end - start);
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn braille_blocks_and_lines_are_shapes_and_text_stays_text_in_its_cells() {
        let mut buffer = Buffer::empty(ratatui::layout::Rect::new(0, 0, 4, 2));
        buffer.set_string(0, 0, "⠁▄─<", Style::new().fg(Color::Rgb(1, 2, 3)));
        buffer.set_string(0, 1, "é b", Style::new().add_modifier(Modifier::REVERSED));
        let svg = svg(&buffer, Ground::Dark);
        // The dot at the upper left, the lower half of the second cell, a line through the middle of the third.
        assert!(
            svg.contains(
                "<path fill=\"#010203\" d=\"M9.0 9.1h2.2v2.2h-2.2zM16.4 17.0h8.4v9.0h-8.4zM24.8 16.5h8.4v1.0h-8.4z\"/>"
            ),
            "{svg}"
        );
        assert!(svg.contains("<text y=\"21.5\" fill=\"#010203\"><tspan x=\"33.2\">&lt;</tspan></text>"), "{svg}");
        assert!(svg.contains("<rect x=\"8.0\" y=\"26.0\" width=\"25.2\" height=\"18\" fill=\"#d6d9e0\"/>"), "{svg}");
        assert!(svg.contains("<tspan x=\"8.0\">é</tspan><tspan x=\"24.8\">b</tspan></text>"), "{svg}");
    }

    #[test]
    fn every_colour_of_a_terminal_has_its_24_bits() {
        assert_eq!(rgb(Color::Reset), None);
        assert_eq!(rgb(Color::Indexed(196)), Some(0xff_0000));
        assert_eq!(rgb(Color::Indexed(244)), Some(0x80_8080));
        assert_eq!(rgb(Color::LightBlue), rgb(Color::Indexed(12)));
    }
}
