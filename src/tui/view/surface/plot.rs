//! The surface from above, with every run's path on it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::relief::Relief;
use crate::surface::{Minimum, Point, Range, Step, Surface, Walk};
use crate::tui::surface::SurfaceView;
use crate::tui::theme::Theme;
use crate::tui::view::axis::{Axis, tick_texts};
use crate::tui::view::canvas::Canvas;
use crate::tui::view::format;

/// Cells for the labels of the vertical axis.
const LABELS: u16 = 5;

/// Cells between two labels of the horizontal axis, at least.
const LABEL_DISTANCE: u16 = 11;

/// The longest name beside a path.
const LONGEST_NAME: usize = 12;

/// Where within a cell its height is taken.
const SAMPLES: [(f64, f64); 4] = [(0.25, 0.125), (0.75, 0.375), (0.25, 0.625), (0.75, 0.875)];

/// Where the surface is drawn.
pub struct Plot {
    whole: Rect,
    inner: Rect,
    surface: &'static Surface,
}

impl Plot {
    /// The surface of `view` within `area`.
    pub fn of(area: Rect, view: &SurfaceView) -> Self {
        let inner = Rect {
            x: area.x + LABELS,
            width: area.width.saturating_sub(LABELS + 1),
            height: area.height.saturating_sub(1),
            ..area
        };
        Self { whole: area, inner, surface: view.surface() }
    }

    /// The place that is drawn at `position`, rounded to what a cell can tell.
    pub fn point_at(&self, position: Position) -> Option<Point> {
        self.inner.contains(position).then(|| {
            let exact = self.within(position.x - self.inner.x, position.y - self.inner.y, (0.5, 0.5));
            let x = round(exact.x, self.surface.x.extent() / f64::from(self.inner.width));
            Point::new(x, round(exact.y, self.surface.y.extent() / f64::from(self.inner.height)))
        })
    }

    /// The place at these shares of a cell's width and height.
    fn within(&self, column: u16, row: u16, (right, down): (f64, f64)) -> Point {
        let column = (f64::from(column) + right) / f64::from(self.inner.width.max(1));
        let row = (f64::from(row) + down) / f64::from(self.inner.height.max(1));
        let Surface { x, y, .. } = self.surface;
        Point::new(x.low + x.extent() * column, y.high - y.extent() * row)
    }

    /// Draws it.
    pub fn render(&self, buffer: &mut Buffer, view: &SurfaceView, theme: Theme) {
        if self.inner.is_empty() {
            return;
        }
        self.axes(buffer, theme);
        self.shade(buffer, theme);
        self.minima(buffer, theme);
        let others = (0..view.walks().len()).filter(|run| *run != view.selected());
        let order: Vec<usize> = others.chain([view.selected()]).collect();
        let style =
            |run: usize| if run == view.selected() { theme.run(run).patch(theme.strong()) } else { theme.run(run) };
        let mut canvas = Canvas::new(self.inner, theme.ascii);
        for &run in &order {
            self.path(&mut canvas, &view.walks()[run], run, run == view.selected());
        }
        canvas.render(buffer, style);
        self.put(buffer, view.start(), "×", theme.strong());
        for &run in &order {
            if let Some(step) = self.last_inside(&view.walks()[run]) {
                self.put(buffer, step.at, theme.marker(run), style(run));
            }
        }
        self.names(buffer, view, &order, style);
    }

    fn shade(&self, buffer: &mut Buffer, theme: Theme) {
        let relief = Relief::of(self.surface);
        // A valley may be narrower than a cell: what lies between samples would be seen as spots.
        let band = |column: u16, row: u16| {
            let band = |at: &(f64, f64)| relief.band((self.surface.value)(self.within(column, row, *at)));
            let sum: usize = SAMPLES.iter().map(|at| usize::from(band(at))).sum();
            ((sum + SAMPLES.len() / 2) / SAMPLES.len()) as u8
        };
        for row in 0..self.inner.height {
            for column in 0..self.inner.width {
                let own = band(column, row);
                let Some(cell) = buffer.cell_mut((self.inner.x + column, self.inner.y + row)) else { continue };
                if let Some(style) = theme.height(own) {
                    cell.set_style(style);
                } else if own != band(column + 1, row) || own != band(column, row + 1) {
                    cell.set_char(if theme.ascii { '.' } else { '·' }).set_style(theme.faint());
                }
            }
        }
    }

    fn axes(&self, buffer: &mut Buffer, theme: Theme) {
        let axis = |range: Range| Axis { low: range.low, high: range.high, log: false };
        let ticks = axis(self.surface.y).ticks(usize::from(self.inner.height / 3).max(2));
        for (tick, text) in ticks.iter().zip(tick_texts(&ticks)) {
            if let Some(cell) = self.cell(Point::new(self.surface.x.low, *tick)) {
                buffer.set_string(self.whole.x, cell.y, format!("{text:>4}"), theme.faint());
            }
        }
        let ticks = axis(self.surface.x).ticks(usize::from(self.inner.width / LABEL_DISTANCE).max(2));
        for (tick, text) in ticks.iter().zip(tick_texts(&ticks)) {
            if let Some(cell) = self.cell(Point::new(*tick, self.surface.y.low)) {
                let length = text.chars().count() as u16;
                let start = cell.x.saturating_sub(length / 2).min(self.whole.right().saturating_sub(length));
                buffer.set_string(start, self.inner.bottom(), text, theme.faint());
            }
        }
    }

    fn minima(&self, buffer: &mut Buffer, theme: Theme) {
        for minimum in self.surface.minima {
            self.put(buffer, minimum.at, "◎", theme.strong());
        }
    }

    fn path(&self, canvas: &mut Canvas, walk: &Walk, run: usize, alone: bool) {
        let (across, down) = (canvas.width(), canvas.height());
        let dots: Vec<(i32, i32)> = walk
            .steps()
            .iter()
            .take_while(|step| step.at.x.is_finite() && step.at.y.is_finite())
            .map(|step| {
                let (x, y) = self.share(step.at);
                // What lies far outside would make endless lines; from there on they all look alike.
                let dot = |share: f64, dots: usize| (share.clamp(-3.0, 4.0) * dots as f64).floor() as i32;
                let last = |range: Range, value: f64, dot: i32, end: i32| {
                    if range.contains(value) { dot.clamp(0, end) } else { dot }
                };
                (
                    last(self.surface.x, step.at.x, dot(x, across), across as i32 - 1),
                    last(self.surface.y, step.at.y, dot(y, down), down as i32 - 1),
                )
            })
            .collect();
        for pair in dots.windows(2) {
            canvas.line(pair[0], pair[1], run, alone);
        }
    }

    /// Names beside the runs' signs and the minima, as far as none covers another or a sign.
    fn names(&self, buffer: &mut Buffer, view: &SurfaceView, order: &[usize], style: impl Fn(usize) -> Style) {
        let run = |&run: &usize| {
            let walk = &view.walks()[run];
            let at = self.cell(self.last_inside(walk)?.at)?;
            Some((at, format::cut(walk.label(), LONGEST_NAME), style(run), &[0, 1, -1, 2, -2][..]))
        };
        let minimum = |minimum: &Minimum| {
            let name = if minimum.is_global { "min" } else { "local min" };
            Some((self.cell(minimum.at)?, name.to_owned(), Style::new(), &[0][..]))
        };
        let named: Vec<(Position, String, Style, &[i32])> =
            order.iter().rev().filter_map(run).chain(self.surface.minima.iter().filter_map(minimum)).collect();
        let mut taken: Vec<Rect> = named.iter().map(|(at, ..)| Rect::new(at.x, at.y, 1, 1)).collect();
        for (at, name, style, rows) in named {
            let width = name.chars().count() as u16;
            let sides = [2, -1 - i32::from(width)];
            let spots = sides.into_iter().flat_map(|right| rows.iter().map(move |down| (right, down)));
            let place = spots.into_iter().find_map(|(right, down)| {
                let x = u16::try_from(i32::from(at.x) + right).ok()?;
                let y = u16::try_from(i32::from(at.y) + down).ok()?;
                let place = Rect::new(x, y, width, 1);
                let fits = self.inner.intersection(place) == place;
                (fits && !taken.iter().any(|other| other.intersects(place))).then_some(place)
            });
            if let Some(place) = place {
                buffer.set_string(place.x, place.y, name, style);
                taken.push(place);
            }
        }
    }

    /// The last step of a walk that lies within the surface.
    fn last_inside<'a>(&self, walk: &'a Walk) -> Option<&'a Step> {
        walk.steps().iter().rev().find(|step| self.surface.contains(step.at))
    }

    fn put(&self, buffer: &mut Buffer, at: Point, text: &str, style: Style) {
        if let Some(cell) = self.cell(at) {
            buffer.set_stringn(cell.x, cell.y, text, usize::from(self.inner.right() - cell.x), style);
        }
    }

    /// The cell in which a place lies, unless it lies outside.
    fn cell(&self, at: Point) -> Option<Position> {
        if !self.surface.contains(at) {
            return None;
        }
        let (x, y) = self.share(at);
        let cell = |share: f64, cells: u16| ((share * f64::from(cells)) as u16).min(cells.saturating_sub(1));
        let (column, row) = (cell(x, self.inner.width), cell(y, self.inner.height));
        Some(Position { x: self.inner.x + column, y: self.inner.y + row })
    }

    /// How far to the right and down a place lies: 0 to 1 within the range.
    fn share(&self, at: Point) -> (f64, f64) {
        let Surface { x, y, .. } = self.surface;
        ((at.x - x.low) / x.extent(), (y.high - at.y) / y.extent())
    }
}

/// `value` in as few digits as tell it to within `grain`.
fn round(value: f64, grain: f64) -> f64 {
    let digits = (-grain.log10().floor()).clamp(0.0, 12.0);
    let unit = 10_f64.powf(digits);
    (value * unit).round() / unit
}
