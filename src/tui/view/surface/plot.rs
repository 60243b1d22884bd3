//! The surface from above, with every run's path on it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Style};

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

/// The terminal's own text colour, whatever was drawn below.
const PLAIN: Style = Style::new().fg(Color::Reset);

/// Where a name stands: on which side of its sign, and how many lines below it.
type Spot = (Side, i32);

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Left,
    Right,
}

/// Where the name of a run may stand, the best first.
const RUN_SPOTS: &[Spot] = &[
    (Side::Right, 0),
    (Side::Right, 1),
    (Side::Right, -1),
    (Side::Right, 2),
    (Side::Right, -2),
    (Side::Left, 0),
    (Side::Left, 1),
    (Side::Left, -1),
];

/// Where that of a minimum may stand: it must not cover paths that end beside it.
const MINIMUM_SPOTS: &[Spot] = &[(Side::Right, 0)];

/// The longest piece of a path that is drawn, in widths or heights of the plot.
const FAR: f64 = 4.0;

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
        let style = |run: usize| {
            if run == view.selected() {
                theme.run(view.sign(run)).patch(theme.strong())
            } else {
                theme.run(view.sign(run))
            }
        };
        let mut canvas = Canvas::new(self.inner, theme.ascii);
        for &run in &order {
            self.path(&mut canvas, &view.walks()[run], run, run == view.selected());
        }
        canvas.render(buffer, style);
        self.put(buffer, view.start(), "×", theme.strong().patch(PLAIN));
        for &run in &order {
            if let Some(step) = self.last_inside(&view.walks()[run]) {
                self.put(buffer, step.at, theme.marker(view.sign(run)), style(run));
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
            self.put(buffer, minimum.at, "◎", theme.strong().patch(PLAIN));
        }
    }

    fn path(&self, canvas: &mut Canvas, walk: &Walk, run: usize, alone: bool) {
        let (across, down) = (canvas.width() as f64, canvas.height() as f64);
        // The far edges belong to the last dots.
        let dot = |share: f64, dots: f64| if share == 1.0 { dots as i32 - 1 } else { (share * dots).floor() as i32 };
        let is_finite = |step: &Step| step.at.x.is_finite() && step.at.y.is_finite();
        for pair in walk.steps().windows(2).filter(|pair| is_finite(&pair[1])) {
            let ((x, y), (to_x, to_y)) = (self.share(pair[0].at), self.share(pair[1].at));
            // What lies far outside would make an endless line; it is drawn in the same direction.
            let part = (FAR / (to_x - x).abs().max((to_y - y).abs())).min(1.0);
            let end = (dot(x + part * (to_x - x), across), dot(y + part * (to_y - y), down));
            canvas.line((dot(x, across), dot(y, down)), end, run, alone);
        }
    }

    /// Names beside the runs' signs and the minima, as far as none covers another or a sign.
    fn names(&self, buffer: &mut Buffer, view: &SurfaceView, order: &[usize], style: impl Fn(usize) -> Style) {
        let run = |&run: &usize| {
            let walk = &view.walks()[run];
            let at = self.cell(self.last_inside(walk)?.at)?;
            Some((at, format::cut(walk.label(), LONGEST_NAME), style(run), RUN_SPOTS))
        };
        let minimum = |minimum: &Minimum| {
            let name = if minimum.is_global { "min" } else { "local min" };
            Some((self.cell(minimum.at)?, name.to_owned(), PLAIN, MINIMUM_SPOTS))
        };
        let named: Vec<(Position, String, Style, &[Spot])> =
            order.iter().rev().filter_map(run).chain(self.surface.minima.iter().filter_map(minimum)).collect();
        let mut taken: Vec<Rect> = named.iter().map(|(at, ..)| Rect::new(at.x, at.y, 1, 1)).collect();
        for (at, name, style, spots) in named {
            let width = name.chars().count() as u16;
            let left = -1 - i32::from(width);
            let mut spots = spots.iter().map(|&(side, down)| (if side == Side::Right { 2 } else { left }, down));
            let place = spots.find_map(|(right, down)| {
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
    // Adding 0 turns −0 into 0.
    (value * unit).round() / unit + 0.0
}
