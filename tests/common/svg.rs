//! A terminal's screen as an SVG picture.

#![allow(dead_code)]

use std::fmt::Write;

/// Size of a character cell, in the picture's units.
const CELL: (f32, f32) = (8.4, 18.0);
const BACKGROUND: &str = "#12151c";
const FOREGROUND: &str = "#d6d9e0";

/// Draws what a terminal shows.
pub fn draw(screen: &vt100::Screen) -> String {
    let (rows, columns) = screen.size();
    let (width, height) = (f32::from(columns) * CELL.0 + 16.0, f32::from(rows) * CELL.1 + 16.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\">\n<rect width=\"100%\" height=\"100%\" rx=\"8\" \
         fill=\"{BACKGROUND}\"/>\n\
         <g font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"14\" xml:space=\"preserve\">\n"
    );
    for row in 0..rows {
        let mut column = 0;
        while column < columns {
            let start = column;
            let style = Style::of(screen, row, column);
            let mut text = String::new();
            while column < columns && Style::of(screen, row, column) == style {
                let contents = screen.cell(row, column).map_or("", |cell| cell.contents());
                text.push_str(if contents.is_empty() { " " } else { contents });
                column += 1;
            }
            style.write(&mut svg, &text, start, row, column - start);
        }
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

#[derive(PartialEq)]
struct Style {
    ink: String,
    paper: Option<String>,
    bold: bool,
}

impl Style {
    fn of(screen: &vt100::Screen, row: u16, column: u16) -> Self {
        let Some(cell) = screen.cell(row, column) else {
            return Self { ink: FOREGROUND.to_owned(), paper: None, bold: false };
        };
        let (ink, paper) = (colour(cell.fgcolor()), colour(cell.bgcolor()));
        let (ink, paper) = if cell.inverse() {
            (paper.unwrap_or_else(|| BACKGROUND.to_owned()), Some(ink.unwrap_or_else(|| FOREGROUND.to_owned())))
        } else {
            (ink.unwrap_or_else(|| if cell.dim() { "#8b90a0" } else { FOREGROUND }.to_owned()), paper)
        };
        Self { ink, paper, bold: cell.bold() }
    }

    fn write(&self, svg: &mut String, text: &str, column: u16, row: u16, columns: u16) {
        let (x, y) = (8.0 + f32::from(column) * CELL.0, 8.0 + f32::from(row) * CELL.1);
        let width = f32::from(columns) * CELL.0;
        if let Some(paper) = &self.paper {
            let height = CELL.1;
            let _ = writeln!(
                svg,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height}\" fill=\"{paper}\"/>"
            );
        }
        if text.trim().is_empty() {
            return;
        }
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let weight = if self.bold { " font-weight=\"bold\"" } else { "" };
        let (baseline, ink) = (y + 13.5, &self.ink);
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{baseline:.1}\" textLength=\"{width:.1}\" fill=\"{ink}\"{weight}>{escaped}</text>"
        );
    }
}

/// A colour as `#rrggbb`, from the usual palette of 256; `None` for the terminal's own.
fn colour(colour: vt100::Color) -> Option<String> {
    const FIRST: [u32; 16] = [
        0x00_0000, 0xcd_3131, 0x0d_bc79, 0xe5_e510, 0x24_72c8, 0xbc_3fbc, 0x11_a8cd, 0xe5_e5e5, 0x66_6666, 0xf1_4c4c,
        0x23_d18b, 0xf5_f543, 0x3b_8eea, 0xd6_70d6, 0x29_b8db, 0xff_ffff,
    ];
    let rgb = match colour {
        vt100::Color::Default => return None,
        vt100::Color::Rgb(red, green, blue) => u32::from_be_bytes([0, red, green, blue]),
        vt100::Color::Idx(index @ 0..16) => FIRST[usize::from(index)],
        vt100::Color::Idx(index @ 16..232) => {
            let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
            let cube = index - 16;
            u32::from_be_bytes([0, level(cube / 36), level(cube / 6 % 6), level(cube % 6)])
        }
        vt100::Color::Idx(grey) => {
            let level = 8 + 10 * (grey - 232);
            u32::from_be_bytes([0, level, level, level])
        }
    };
    Some(format!("#{rgb:06x}"))
}
