//! A chart whose axes are known: where values are drawn, and what is drawn beside lines.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::board::axis::{Axis, tick_texts, tick_texts_within};
use crate::board::curve::{Curve, Evaluation};
use crate::board::playhead::RunView;
use crate::board::ranking::IS_GUESSING;
use crate::board::series::XAxis;
use crate::race::history::RunEventKind;
use crate::tui::drawn::Context;
use crate::tui::theme::Colors;
use crate::tui::widgets::canvas::Canvas;

/// Cells between two labels of the horizontal axis, at least.
const LABEL_DISTANCE: u16 = 11;

/// Where every run's marker is along its line if colours cannot tell runs apart: once in so many cells.
const MARKER_DISTANCE: usize = 12;

/// Cells from one marked evaluation of a curve to the next, at least, and for each run that is shown.
const MARKERS_APART: u16 = 4;
const COLUMNS_PER_RUN: f64 = 0.75;

/// The same of markers of any runs, within a row.
const MARKERS_BESIDE: u16 = 3;

/// The line at the loss of guessing.
const GUESSING_LINE: &str = "╌";

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
        for (tick, text) in ticks.iter().zip(tick_texts_within(&ticks, labels)) {
            // Half a number says nothing.
            if text.len() <= labels {
                buffer.set_string(inner.x, self.row(*tick as f32), format!("{text:>labels$}"), faint);
            }
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

    /// A faint line at the loss of guessing, where the axis reaches it.
    pub fn guessing(&self, buffer: &mut Buffer) {
        if let Some(row) = self.guessing_row() {
            let line = GUESSING_LINE.repeat(usize::from(self.area.width));
            buffer.set_string(self.area.x, row, line, self.cx.theme.faint());
        }
    }

    /// The name of that line, as far to the right as curves leave room for it.
    pub fn guessing_name(&self, buffer: &mut Buffer) {
        let Some(row) = self.guessing_row() else { return };
        let name = format!(" {IS_GUESSING} ");
        let is_free = |x: u16| buffer[(x, row)].symbol() == GUESSING_LINE;
        let starts = self.area.x..(self.area.right() + 1).saturating_sub(name.len() as u16);
        let mut starts = starts.rev();
        if let Some(x) = starts.find(|x| (*x..x + name.len() as u16).all(is_free)) {
            buffer.set_string(x, row, name, self.cx.theme.faint());
        }
    }

    fn guessing_row(&self) -> Option<u16> {
        let loss = self.cx.board.info.guessing_loss;
        (0.0..=1.0).contains(&self.y.share(loss)).then(|| self.row(loss as f32))
    }

    /// How often evaluations of a curve are marked: every so many epochs, so that even many runs' markers leave most of
    /// every column to the lines. A power of two, so that they stay where they are while the axis grows.
    fn epochs_between_markers(&self, curve: &Curve) -> u32 {
        let [Some(first), Some(last)] = [curve.evaluations.first(), curve.evaluations.last()] else { return 1 };
        let epochs = f64::from((last.epoch - first.epoch).max(1));
        let cells = (self.x.share(last.place) - self.x.share(first.place)) * f64::from(self.area.width) / epochs;
        let shown = self.cx.board.hidden.iter().filter(|hidden| !**hidden).count();
        let distance = f64::from(MARKERS_APART).max(COLUMNS_PER_RUN * shown as f64);
        // A lone evaluation is marked anyhow.
        ((distance / cells.max(0.01)).ceil() as u32).next_power_of_two()
    }

    /// Markers on a curve: at its evaluations, and along the line where colours cannot tell runs apart. An evaluation
    /// close to one in `marked`, of whichever run, stays without, so that the line is seen between markers.
    pub fn points(&self, buffer: &mut Buffer, curve: &Curve, marked: &mut Vec<Position>) {
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
        let every = self.epochs_between_markers(curve);
        // Runs take turns, so that their markers do not stand in one column.
        let has_marker = |at: &&Evaluation| (at.epoch + curve.run as u32).is_multiple_of(every);
        for at in curve.evaluations.iter().filter(has_marker).filter(|at| self.is_inside(at.value)) {
            let (x, y) = (self.column(at.place), self.row(at.value));
            if !marked.iter().any(|other| other.y == y && other.x.abs_diff(x) < MARKERS_BESIDE) {
                buffer.set_string(x, y, marker, self.style_at(curve.run, x));
                marked.push(Position { x, y });
            }
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
