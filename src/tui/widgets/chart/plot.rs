//! A chart whose axes are known: where values are drawn, and what is drawn beside lines.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::board::axis::{Axis, tick_texts};
use crate::board::curve::Curve;
use crate::board::playhead::RunView;
use crate::board::series::XAxis;
use crate::race::history::RunEventKind;
use crate::text::cut;
use crate::tui::drawn::Context;
use crate::tui::theme::Colors;
use crate::tui::widgets::canvas::Canvas;

/// Cells between two labels of the horizontal axis, at least.
const LABEL_DISTANCE: u16 = 11;

/// Where every run's marker is along its line if colours cannot tell runs apart: once in so many cells.
const MARKER_DISTANCE: usize = 12;

/// A chart whose axes are known.
pub(super) struct Plot<'a> {
    /// What it is drawn of.
    pub cx: Context<'a>,
    /// Where the curves are drawn.
    pub area: Rect,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
}

impl Plot<'_> {
    /// The row of dots of a canvas as high as the plot where a value is; far outside, all values are drawn alike.
    pub fn dot(&self, canvas: &Canvas, value: f32) -> i32 {
        // Values far outside would make endless lines; from twice the height on they all look alike.
        let bottom = canvas.height() as f64 - 1.0;
        ((1.0 - self.y.share(f64::from(value)).clamp(-1.0, 2.0)) * bottom).round() as i32
    }

    /// How a run is drawn: the selected one stands out.
    pub fn style(&self, run: usize) -> Style {
        let style = self.cx.theme.run(run);
        if run == self.cx.board.selected { style.patch(self.cx.theme.strong()) } else { style }
    }

    /// How a run is drawn in a column of the screen: faint after the moment that is shown.
    pub fn style_at(&self, run: usize, column: u16) -> Style {
        let is_past = self.moment(self.cx.board.playhead.at(), run).is_some_and(|moment| column > moment);
        if is_past { self.cx.theme.faint() } else { self.style(run) }
    }

    /// The column in which a run is at a moment; `None` where that is the newest.
    fn moment(&self, at: Option<u64>, run: usize) -> Option<u16> {
        let compute_s = RunView::new(&self.cx.board.history.runs[run], Some(at?)).compute_s();
        let place = self.cx.board.x_scale().place(at?, compute_s);
        if place < self.x.low { Some(0) } else { (place <= self.x.high).then(|| self.column(place)) }
    }

    /// A line at the moment that is shown, and one at the marked moment: that of the selected run, where runs are there
    /// at different places.
    pub fn moments(&self, buffer: &mut Buffer) {
        let (playhead, theme) = (self.cx.board.playhead, self.cx.theme);
        let lines = [(playhead.mark(), "┊", "m", theme.faint()), (playhead.at(), "│", "▼", theme.strong())];
        for (at, line, sign, style) in lines {
            let column = self.moment(at, self.cx.board.selected).filter(|column| *column >= self.area.x);
            for (column, row) in column.into_iter().flat_map(|x| (self.area.y..self.area.bottom()).map(move |y| (x, y)))
            {
                let is_top = row == self.area.y;
                if is_top || buffer[(column, row)].symbol() == " " {
                    buffer.set_string(column, row, if is_top { sign } else { line }, style);
                }
            }
        }
    }

    /// The row of the screen where a value is; the border's where it is out of range.
    pub fn row(&self, value: f32) -> u16 {
        let share = 1.0 - self.y.share(f64::from(value)).clamp(0.0, 1.0);
        self.area.y + (share * f64::from(self.area.height - 1)).round() as u16
    }

    /// The column of the screen where a place of the horizontal axis is.
    fn column(&self, place: f64) -> u16 {
        let share = self.x.share(place).clamp(0.0, 1.0);
        self.area.x + ((share * f64::from(self.area.width)) as u16).min(self.area.width - 1)
    }

    /// The single steps, below all lines.
    pub fn raw_steps(&self, buffer: &mut Buffer, curve: &Curve) {
        let mut canvas = Canvas::new(self.area, self.cx.theme.ascii);
        let dots: Vec<(i32, i32)> =
            curve.raw.iter().map(|(column, value)| (*column as i32, self.dot(&canvas, *value))).collect();
        dots.windows(2).for_each(|ends| canvas.line(ends[0], ends[1], curve.run, false));
        canvas.render(buffer, |_| self.cx.theme.faint());
    }

    pub fn axes(&self, buffer: &mut Buffer, inner: Rect) {
        let labels = usize::from(self.area.x - inner.x) - 1;
        let faint = self.cx.theme.faint();
        let ticks = self.y.ticks(usize::from(self.area.height / 2).clamp(2, 10));
        for (tick, text) in ticks.iter().zip(tick_texts(&ticks)) {
            let text = cut(&text, labels);
            let row = self.row(*tick as f32);
            buffer.set_string(inner.x, row, format!("{text:>labels$}"), faint);
        }
        let row = self.area.bottom();
        let (divisor, _) = x_scale(self.cx, &self.x);
        let scaled = Axis { low: self.x.low / divisor, high: self.x.high / divisor, log: false };
        let ticks = scaled.ticks(usize::from(self.area.width / LABEL_DISTANCE).max(2));
        for (tick, text) in ticks.iter().zip(tick_texts(&ticks)) {
            let length = text.chars().count() as u16;
            let middle = self.column(tick * divisor);
            let start = middle.saturating_sub(length / 2).clamp(inner.x, inner.right().saturating_sub(length));
            buffer.set_string(start, row, text, faint);
        }
    }

    pub fn points(&self, buffer: &mut Buffer, curve: &Curve) {
        let marker = self.cx.theme.marker(curve.run);
        let style = self.style(curve.run);
        if self.cx.theme.colors == Colors::None {
            let across = if self.cx.theme.ascii { 1 } else { 2 };
            let stagger = curve.run * 5 % MARKER_DISTANCE;
            let has_marker = |cell: usize| cell % MARKER_DISTANCE == stagger;
            for column in curve.columns.iter().filter(|c| c.column % across == 0 && has_marker(c.column / across)) {
                if self.is_inside(column.mean) {
                    let x = self.area.x + (column.column / across) as u16;
                    buffer.set_string(x, self.row(column.mean), marker, style);
                }
            }
        }
        for &(place, value) in curve.evaluations.iter().filter(|(_, value)| self.is_inside(*value)) {
            let column = self.column(place);
            buffer.set_string(column, self.row(value), marker, self.style_at(curve.run, column));
        }
    }

    fn is_inside(&self, value: f32) -> bool {
        (-0.02..=1.02).contains(&self.y.share(f64::from(value)))
    }

    /// An arrow at the bottom where a learning rate changed.
    pub fn lr_changes(&self, buffer: &mut Buffer, curves: &[Curve]) {
        let scale = self.cx.board.x_scale();
        for curve in curves {
            let run = &self.cx.board.history.runs[curve.run];
            let is_scheduled = run.info.spec.schedule.is_some();
            let mut before = if is_scheduled { 1.0 } else { run.info.spec.lr };
            for mark in &run.events {
                // A schedule moves by itself: there the factor says which way a person changed it.
                let now = match mark.kind {
                    RunEventKind::Lr(lr) if !is_scheduled => lr,
                    RunEventKind::LrScale(scale) => scale,
                    _ => continue,
                };
                let arrow = if now > before { "↑" } else { "↓" };
                before = now;
                let last_step = (mark.step as usize).checked_sub(2).and_then(|index| run.steps.get(index));
                let place = last_step.map_or(scale.place(mark.samples, 0.0), |step| scale.step(step));
                if (self.x.low..=self.x.high).contains(&place) {
                    let style = self.style(curve.run);
                    buffer.set_string(self.column(place), self.area.bottom() - 1, arrow, style);
                }
            }
        }
    }
}

/// What the labels of the horizontal axis are divided by, and how that is said.
pub(super) fn x_scale(cx: Context<'_>, x: &Axis) -> (f64, &'static str) {
    match cx.board.charts.x {
        XAxis::Samples if x.high >= 1e7 => (1e6, " ×1,000,000"),
        XAxis::Samples if x.high >= 5e3 => (1e3, " ×1,000"),
        _ => (1.0, ""),
    }
}
