//! A raster of dots, finer than the cells of the terminal, that remembers which run drew in which cell.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

/// Braille patterns begin here; the bits of [`DOT_BITS`] are added.
const BRAILLE: u32 = 0x2800;

/// The bit of each dot of a Braille cell, by row and column.
const DOT_BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// How many dots a cell has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Grain {
    across: usize,
    down: usize,
}

/// A raster of dots over an area of the screen.
#[derive(Debug)]
pub struct Canvas {
    area: Rect,
    grain: Grain,
    /// Dots of each cell, row by row.
    cells: Vec<Cell>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    dots: u8,
    owner: Option<u16>,
}

impl Canvas {
    /// An empty raster over `area`: two by four dots a cell in Braille, one by two in ASCII.
    pub fn new(area: Rect, ascii: bool) -> Self {
        let grain = if ascii { Grain { across: 1, down: 2 } } else { Grain { across: 2, down: 4 } };
        Self { area, grain, cells: vec![Cell::default(); usize::from(area.width) * usize::from(area.height)] }
    }

    /// Dots from left to right.
    pub fn width(&self) -> usize {
        usize::from(self.area.width) * self.grain.across
    }

    /// Dots from top to bottom.
    pub fn height(&self) -> usize {
        usize::from(self.area.height) * self.grain.down
    }

    /// Cells from left to right.
    pub fn columns(&self) -> usize {
        usize::from(self.area.width)
    }

    /// Cells from top to bottom.
    pub fn rows(&self) -> i32 {
        i32::from(self.area.height)
    }

    /// The column of cells of a column of dots.
    pub fn cell_of(&self, x: usize) -> usize {
        x / self.grain.across
    }

    /// The row of cells of a row of dots, which may lie outside.
    pub fn row_of(&self, y: i32) -> i32 {
        y.div_euclid(self.grain.down as i32)
    }

    /// The columns of dots of a column of cells.
    pub fn dots_across(&self, cell: usize) -> std::ops::Range<usize> {
        cell * self.grain.across..(cell + 1) * self.grain.across
    }

    /// The first and the last row of dots of a row of cells.
    pub fn dots_down(&self, row: i32) -> (i32, i32) {
        let down = self.grain.down as i32;
        (row * down, row * down + down - 1)
    }

    /// Draws a straight line between two dots, those included. What lies outside the raster is left out. Where
    /// `alone`, the cells it touches lose what others drew in them.
    pub fn line(&mut self, from: (i32, i32), to: (i32, i32), owner: usize, alone: bool) {
        let (across, down) = (to.0 - from.0, to.1 - from.1);
        if across == 0 {
            return self.vertical(from.0, (from.1, to.1), owner, alone);
        }
        let length = across.abs().max(down.abs());
        for at in 0..=length {
            let share = |part: i32| if length == 0 { 0 } else { (2 * part * at + length).div_euclid(2 * length) };
            self.dot(from.0 + share(across), from.1 + share(down), owner, alone);
        }
    }

    /// Draws a vertical line between two rows of dots, those included.
    pub fn vertical(&mut self, x: i32, rows: (i32, i32), owner: usize, alone: bool) {
        let last = i32::try_from(self.height()).unwrap_or(i32::MAX) - 1;
        for y in rows.0.min(rows.1).max(0)..=rows.0.max(rows.1).min(last) {
            self.dot(x, y, owner, alone);
        }
    }

    fn dot(&mut self, x: i32, y: i32, owner: usize, alone: bool) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if x >= self.width() || y >= self.height() {
            return;
        }
        let owner = u16::try_from(owner).ok();
        let columns = usize::from(self.area.width);
        let cell = &mut self.cells[y / self.grain.down * columns + x / self.grain.across];
        if alone && cell.owner != owner {
            cell.dots = 0;
        }
        cell.dots |= DOT_BITS[y % self.grain.down][x % self.grain.across];
        cell.owner = owner;
    }

    /// The cell of the screen in which a dot lies, unless it lies outside the raster.
    pub fn cell(&self, (x, y): (i32, i32)) -> Option<Position> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        let is_inside = x < self.width() && y < self.height();
        let (column, row) = (x / self.grain.across, y / self.grain.down);
        is_inside.then(|| Position { x: self.area.x + column as u16, y: self.area.y + row as u16 })
    }

    /// Puts the raster on the screen, each cell in the style of the run that drew in it last.
    pub fn render(&self, buffer: &mut Buffer, style: impl Fn(usize) -> Style) {
        self.render_by_column(buffer, |owner, _| style(owner));
    }

    /// The same where the style also depends on the column of the screen.
    pub fn render_by_column(&self, buffer: &mut Buffer, style: impl Fn(usize, u16) -> Style) {
        let columns = self.area.width.max(1);
        for (cell, index) in self.cells.iter().zip(0_u32..) {
            let Some(owner) = cell.owner else { continue };
            let (row, column) = (index / u32::from(columns), index % u32::from(columns));
            let position = (self.area.x + column as u16, self.area.y + row as u16);
            if let Some(target) = buffer.cell_mut(position) {
                target.set_char(self.character(cell.dots)).set_style(style(usize::from(owner), position.0));
            }
        }
    }

    fn character(&self, dots: u8) -> char {
        if self.grain.down == 4 {
            return char::from_u32(BRAILLE + u32::from(dots)).unwrap_or(' ');
        }
        match dots {
            0x01 => '\'',
            0x02 => '.',
            _ => ':',
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From where, to where, whose, and whether it clears what it touches.
    type TestLine = ((i32, i32), (i32, i32), usize, bool);

    fn drawn(ascii: bool, lines: &[TestLine]) -> Vec<String> {
        let area = Rect::new(0, 0, 4, 2);
        let mut canvas = Canvas::new(area, ascii);
        lines.iter().for_each(|&(from, to, owner, alone)| canvas.line(from, to, owner, alone));
        let mut buffer = Buffer::empty(area);
        canvas.render(&mut buffer, |_| Style::new());
        (0..2).map(|y| (0..4).map(|x| buffer[(x, y)].symbol()).collect()).collect()
    }

    #[test]
    fn lines_are_drawn_and_cut_at_the_border() {
        assert_eq!(drawn(false, &[((0, 0), (7, 7), 0, false)]), ["⠑⢄  ", "  ⠑⢄"]);
        assert_eq!(drawn(false, &[((3, -100), (3, 100), 0, false)]), [" ⢸  ", " ⢸  "]);
        assert_eq!(drawn(true, &[((0, 3), (3, 0), 0, false)]), ["  .'", ".'  "]);
    }

    #[test]
    fn a_line_that_lies_on_top_clears_the_cells_it_touches() {
        let below = ((0, 0), (7, 0), 0, false);
        assert_eq!(drawn(false, &[below, ((2, 3), (3, 3), 1, false)]), ["⠉⣉⠉⠉", "    "]);
        assert_eq!(drawn(false, &[below, ((2, 3), (3, 3), 1, true)]), ["⠉⣀⠉⠉", "    "]);
    }
}
