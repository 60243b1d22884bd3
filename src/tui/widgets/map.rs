//! A rectangle of a plane on the screen: its ground in shades, what is drawn on it, its axes.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::canvas::Canvas;
use crate::board::axis::{Axis, tick_texts, tick_texts_within};
use crate::surface::{Point, Range};
use crate::tui::theme::Theme;

/// Cells between two labels of the horizontal axis, at least.
const LABEL_DISTANCE: u16 = 11;

/// The longest piece of a path that is drawn, in widths or heights of the map.
const FAR: f64 = 4.0;

/// Where within a cell its height is taken.
const SAMPLES: [(f64, f64); 4] = [(0.25, 0.125), (0.75, 0.375), (0.25, 0.625), (0.75, 0.875)];

/// A rectangle of a plane on the screen.
#[derive(Debug, Clone, Copy)]
pub struct PlaneMap {
    /// Where it is drawn.
    pub area: Rect,
    /// What is seen from left to right.
    pub x: Range,
    /// What is seen from bottom to top.
    pub y: Range,
}

impl PlaneMap {
    /// The place at these shares of a cell's width and height, columns and rows counted from the map's corner.
    pub fn within(&self, column: u16, row: u16, (right, down): (f64, f64)) -> Point {
        let column = (f64::from(column) + right) / f64::from(self.area.width.max(1));
        let row = (f64::from(row) + down) / f64::from(self.area.height.max(1));
        Point::new(self.x.low + self.x.extent() * column, self.y.high - self.y.extent() * row)
    }

    /// Whether the place is on the map.
    pub fn contains(&self, at: Point) -> bool {
        self.x.contains(at.x) && self.y.contains(at.y)
    }

    /// The cell in which a place lies, unless it lies outside.
    pub fn cell(&self, at: Point) -> Option<Position> {
        if !self.contains(at) {
            return None;
        }
        let (x, y) = self.share(at);
        let cell = |share: f64, cells: u16| ((share * f64::from(cells)) as u16).min(cells.saturating_sub(1));
        let (column, row) = (cell(x, self.area.width), cell(y, self.area.height));
        Some(Position { x: self.area.x + column, y: self.area.y + row })
    }

    /// Puts a marker at a place, unless it lies outside.
    pub fn put(&self, buffer: &mut Buffer, at: Point, marker: &str, style: Style) {
        if let Some(cell) = self.cell(at) {
            buffer.set_stringn(cell.x, cell.y, marker, usize::from(self.area.right() - cell.x), style);
        }
    }

    /// Shades the ground by bands of its height, 0 to 9, where that is known; where there are too few colours, dotted
    /// lines divide them.
    pub fn shade(&self, buffer: &mut Buffer, theme: Theme, band: impl Fn(Point) -> Option<u8>) {
        // A valley may be narrower than a cell: what lies between samples would be seen as spots.
        let band = |column: u16, row: u16| {
            let bands = SAMPLES.map(|at| band(self.within(column, row, at)));
            let sum = bands.into_iter().try_fold(0, |sum, band| Some(sum + usize::from(band?)))?;
            Some(((sum + SAMPLES.len() / 2) / SAMPLES.len()) as u8)
        };
        for row in 0..self.area.height {
            for column in 0..self.area.width {
                let Some(own) = band(column, row) else { continue };
                let ends_beside = |other: Option<u8>| other.is_some_and(|other| other != own);
                let Some(cell) = buffer.cell_mut((self.area.x + column, self.area.y + row)) else { continue };
                if let Some(style) = theme.height(own) {
                    cell.set_style(style);
                } else if ends_beside(band(column + 1, row)) || ends_beside(band(column, row + 1)) {
                    cell.set_char(if theme.ascii { '.' } else { '·' }).set_style(theme.faint());
                }
            }
        }
    }

    /// Labels both axes: below the map, and to the left of it in `width` cells.
    pub fn axes(&self, buffer: &mut Buffer, theme: Theme, width: u16) {
        let axis = |range: Range| Axis { low: range.low, high: range.high, log: false };
        let (left, width) = (self.area.x.saturating_sub(width), usize::from(width.saturating_sub(1)));
        let ticks = axis(self.y).ticks(usize::from(self.area.height / 3).max(2));
        for (tick, text) in ticks.iter().zip(tick_texts_within(&ticks, width)) {
            if let Some(cell) = self.cell(Point::new(self.x.low, *tick)) {
                buffer.set_stringn(left, cell.y, format!("{text:>width$}"), width, theme.faint());
            }
        }
        let ticks = axis(self.x).ticks(usize::from(self.area.width / LABEL_DISTANCE).max(2));
        for (tick, text) in ticks.iter().zip(tick_texts(&ticks)) {
            if let Some(cell) = self.cell(Point::new(*tick, self.y.low)) {
                let length = text.chars().count() as u16;
                let start = cell.x.saturating_sub(length / 2).min((self.area.right() + 1).saturating_sub(length));
                buffer.set_string(start, self.area.bottom(), text, theme.faint());
            }
        }
    }

    /// Draws a path, straight from each place to the next, on a canvas over the map. It ends before what is not finite.
    /// Where `alone`, the cells it touches lose what others drew in them.
    pub fn path(&self, canvas: &mut Canvas, places: impl Iterator<Item = Point>, owner: usize, alone: bool) {
        let (across, down) = (canvas.width() as f64, canvas.height() as f64);
        // The far edges belong to the last dots.
        let dot = |share: f64, dots: f64| if share == 1.0 { dots as i32 - 1 } else { (share * dots).floor() as i32 };
        let is_finite = |(x, y): &(f64, f64)| x.is_finite() && y.is_finite();
        let mut shares = places.map(|at| self.share(at)).take_while(is_finite);
        let Some(mut from) = shares.next() else { return };
        for to in shares {
            let ((x, y), (to_x, to_y)) = (from, to);
            // What lies far outside would make an endless line; it is drawn in the same direction.
            let part = (FAR / (to_x - x).abs().max((to_y - y).abs())).min(1.0);
            let end = (dot(x + part * (to_x - x), across), dot(y + part * (to_y - y), down));
            if x.abs().max(y.abs()) <= FAR {
                canvas.line((dot(x, across), dot(y, down)), end, owner, alone);
            }
            from = to;
        }
    }

    /// How far to the right and down a place lies: 0 to 1 on the map.
    fn share(&self, at: Point) -> (f64, f64) {
        ((at.x - self.x.low) / self.x.extent(), (self.y.high - at.y) / self.y.extent())
    }
}
