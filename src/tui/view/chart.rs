//! A chart: training curves as lines, evaluations as points, of all runs that are not hidden.

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph, Widget};

use super::axis::{Axis, tick_texts};
use super::canvas::Canvas;
use super::ends::{self, Ends};
use super::limits::{self, Curve};
use super::{band, format, lines};
use crate::race::history::{MarkKind, RunHistory};
use crate::race::metrics::{EpochRecord, StepRecord};
use crate::tui::app::App;
use crate::tui::series::{Column, Metric, Ruler, XAxis};

/// Cells kept free for the labels of the vertical axis: none of them is longer than `0.8125`.
const LABELS: u16 = 7;

/// The same in a narrow chart, where labels are mostly as short as `0.75`.
const SHORT_LABELS: u16 = 5;

/// A chart is narrow below this width.
const WIDE_FROM: u16 = 50;

/// Cells between two labels of the horizontal axis, at least.
const LABEL_DISTANCE: u16 = 11;

/// Where every run's marker stands along its line if colours cannot tell runs apart: once in so many cells.
const MARKER_DISTANCE: usize = 12;

/// Draws a chart.
pub fn render(buffer: &mut Buffer, area: Rect, app: &App, metric: Metric) {
    if area.width < 12 || area.height < 5 {
        return;
    }
    let x = limits::horizontal(app);
    let block = Block::bordered()
        .border_style(app.theme.faint())
        .title(title(app, metric, area.width))
        .title(Line::styled(hint(metric, area.width), app.theme.faint()).right_aligned())
        .title_bottom(Line::styled(hidden(app), app.theme.strong()))
        .title_bottom(Line::styled(unit(app, &x), app.theme.faint()).right_aligned());
    let inner = block.inner(area);
    block.render(area, buffer);

    let ends = Ends::of(inner.width);
    let labels = if inner.width < WIDE_FROM { SHORT_LABELS } else { LABELS };
    let plot = Rect {
        x: inner.x + labels,
        y: inner.y,
        width: inner.width.saturating_sub(labels + ends.margin(app, inner.width)),
        height: inner.height.saturating_sub(1),
    };
    if plot.is_empty() {
        return;
    }
    let mut canvas = Canvas::new(plot, app.theme.ascii);
    let curves = curves(app, metric, &x, [canvas.width(), usize::from(plot.width)]);
    let Some(y) = limits::vertical(app, metric, &curves) else {
        nothing_yet(buffer, inner, app, metric);
        return;
    };
    let scene = Scene { app, plot, x, y };
    scene.axes(buffer, inner);
    curves.iter().for_each(|curve| band::render(buffer, &scene, curve));
    curves.iter().for_each(|curve| scene.raw_steps(buffer, curve));
    lines::draw(&mut canvas, &scene, &curves);
    canvas.render(buffer, |run| scene.style(run));
    curves.iter().for_each(|curve| scene.points(buffer, curve));
    scene.lr_changes(buffer, &curves);
    ends::render(buffer, &scene, &curves, ends, inner.right());
}

/// The curves to draw, the selected one last: in so many columns of dots, their evaluations in so many cells.
fn curves(app: &App, metric: Metric, x: &Axis, [columns_across, cells]: [usize; 2]) -> Vec<Curve> {
    let ruler = app.ruler();
    let others = (0..app.history.runs.len()).filter(|run| *run != app.selected);
    let shown = others.chain([app.selected]).filter(|run| !app.hidden[*run]);
    shown
        .map(|index| {
            let run = &app.history.runs[index];
            let columns = app.series.columns(index, metric, run, ruler, &(x.low..x.high), columns_across);
            let band = match metric {
                _ if index != app.selected => Default::default(),
                Metric::EffectiveLr => {
                    app.series.effective_lr_band(index, run, ruler, &(x.low..x.high), columns_across)
                }
                _ => extremes(&columns),
            };
            let is_smooth = metric.is_smoothed() && app.charts.smoothing() > 0.0;
            let has_raw = is_smooth && index == app.selected;
            Curve {
                run: index,
                columns,
                evaluations: evaluations(&run.epochs, metric, |epoch| ruler.epoch(epoch), x, cells),
                band,
                raw: if has_raw { raw_steps(run, metric, ruler, x, columns_across) } else { Vec::new() },
            }
        })
        .collect()
}

/// The lowest and the highest value of every column, as edges of a band.
fn extremes(columns: &[Column]) -> [Vec<Column>; 2] {
    let edge = |value: fn(&Column) -> f32| columns.iter().map(|c| Column { mean: value(c), ..*c }).collect();
    [edge(|column| column.min), edge(|column| column.max)]
}

/// Every step of a run within the chart, unsmoothed, in its column, where there are as many columns as steps.
fn raw_steps(run: &RunHistory, metric: Metric, ruler: Ruler, x: &Axis, columns: usize) -> Vec<(usize, f32)> {
    let first = run.steps.partition_point(|step| ruler.step(step) < x.low);
    let end = run.steps.partition_point(|step| ruler.step(step) <= x.high);
    if end - first > columns {
        return Vec::new();
    }
    let column = |step: &StepRecord| ((x.share(ruler.step(step)) * columns as f64) as usize).min(columns.max(1) - 1);
    let steps = run.steps[first..end].iter().map(|step| (column(step), metric.of_step(step)));
    steps.filter(|(_, value)| value.is_finite()).collect()
}

/// The evaluations to draw, each with its place: in each cell across the last one, so that a race of thousands of epochs
/// costs no more than one of a hundred.
fn evaluations(
    epochs: &[EpochRecord],
    metric: Metric,
    place: impl Fn(&EpochRecord) -> f64,
    x: &Axis,
    cells: usize,
) -> Vec<(f64, f32)> {
    let mut first = epochs.partition_point(|epoch| place(epoch) < x.low);
    let mut shown = Vec::new();
    for cell in 1..=cells {
        let bound = x.low + (x.high - x.low) * cell as f64 / cells as f64;
        let is_inside = |epoch: &EpochRecord| place(epoch) < bound || (cell == cells && place(epoch) <= x.high);
        let here = &epochs[first..first + epochs[first..].partition_point(is_inside)];
        first += here.len();
        if let Some(last) = here.last() {
            shown.extend(metric.of(last.val).filter(|value| value.is_finite()).map(|value| (place(last), value)));
        }
    }
    shown
}

fn title(app: &App, metric: Metric, width: u16) -> Line<'static> {
    let log = if app.is_log(metric) { " (log)" } else { " (linear)" };
    let smoothing = match app.charts.smoothing() > 0.0 {
        _ if !metric.is_smoothed() => String::new(),
        true if width < WIDE_FROM => "smoothed".to_owned(),
        _ => app.charts.smoothing_name(),
    };
    let zoomed = if app.charts.zoomed { "last fifth" } else { "" };
    let of = if metric == Metric::EffectiveLr { app.layer_name() } else { String::new() };
    let notes: Vec<&str> = [of.as_str(), &smoothing, zoomed].into_iter().filter(|note| !note.is_empty()).collect();
    let notes = if notes.is_empty() { String::new() } else { format!("· {} ", notes.join(" · ")) };
    Line::from(vec![
        Span::styled(format!(" {}{log} ", metric.name()), app.theme.strong()),
        Span::styled(notes, app.theme.faint()),
    ])
}

/// How many runs the charts leave out because a person hid them.
fn hidden(app: &App) -> String {
    match app.hidden.iter().filter(|hidden| **hidden).count() {
        0 => String::new(),
        count => format!(" {count} hidden "),
    }
}

/// How to read the chart, where the border has room for it.
fn hint(metric: Metric, width: u16) -> &'static str {
    match metric {
        Metric::Loss | Metric::Accuracy if width >= 78 => " line: training · sign: validation ",
        Metric::EffectiveLr if width >= 70 => " line: median · dots: 10-90 % ",
        _ => "",
    }
}

/// What runs along the horizontal axis, and in which unit its labels count.
fn unit(app: &App, x: &Axis) -> String {
    let (_, unit) = x_scale(app, x);
    match app.charts.x {
        XAxis::Samples => format!(" x: samples{unit} "),
        XAxis::Epochs => " x: epochs ".to_owned(),
        XAxis::ComputeTime => " x: compute time, s ".to_owned(),
    }
}

/// What the labels of the horizontal axis are divided by, and how that is said.
fn x_scale(app: &App, x: &Axis) -> (f64, &'static str) {
    match app.charts.x {
        XAxis::Samples if x.high >= 1e7 => (1e6, " ×1,000,000"),
        XAxis::Samples if x.high >= 5e3 => (1e3, " ×1,000"),
        _ => (1.0, ""),
    }
}

fn nothing_yet(buffer: &mut Buffer, inner: Rect, app: &App, metric: Metric) {
    let text = if app.hidden.iter().all(|hidden| *hidden) {
        "every run is hidden; v shows the selected one"
    } else if app.is_preparing() {
        "preparing: initial weights, and how well they do before training"
    } else if metric == Metric::EffectiveLr {
        "measured every 50 steps: none of them within this part yet"
    } else {
        "no step within this part yet"
    };
    let height = 2.min(inner.height);
    let middle = Rect { y: inner.y + (inner.height - height) / 2, height, ..inner };
    let text = Paragraph::new(text).style(app.theme.faint()).alignment(Alignment::Center);
    text.wrap(ratatui::widgets::Wrap { trim: true }).render(middle, buffer);
}

/// A chart whose axes are known.
pub(super) struct Scene<'a> {
    /// The state of the screen.
    pub app: &'a App,
    /// Where the curves are drawn.
    pub plot: Rect,
    x: Axis,
    y: Axis,
}

impl Scene<'_> {
    /// The row of dots of a canvas as high as the plot where a value stands; far outside, all values stand alike.
    pub fn dot(&self, canvas: &Canvas, value: f32) -> i32 {
        // Values far outside would make endless lines; from twice the height on they all look alike.
        let bottom = canvas.height() as f64 - 1.0;
        ((1.0 - self.y.share(f64::from(value)).clamp(-1.0, 2.0)) * bottom).round() as i32
    }

    /// How a run is drawn: the selected one stands out.
    pub fn style(&self, run: usize) -> ratatui::style::Style {
        let style = self.app.theme.run(run);
        if run == self.app.selected { style.patch(self.app.theme.strong()) } else { style }
    }

    /// The row of the screen where a value stands; the border's where it is out of range.
    pub fn row(&self, value: f32) -> u16 {
        let share = 1.0 - self.y.share(f64::from(value)).clamp(0.0, 1.0);
        self.plot.y + (share * f64::from(self.plot.height - 1)).round() as u16
    }

    /// The column of the screen where a place of the horizontal axis stands.
    fn column(&self, place: f64) -> u16 {
        let share = self.x.share(place).clamp(0.0, 1.0);
        self.plot.x + ((share * f64::from(self.plot.width)) as u16).min(self.plot.width - 1)
    }

    /// The single steps, below all lines.
    fn raw_steps(&self, buffer: &mut Buffer, curve: &Curve) {
        let mut canvas = Canvas::new(self.plot, self.app.theme.ascii);
        let dots: Vec<(i32, i32)> =
            curve.raw.iter().map(|(column, value)| (*column as i32, self.dot(&canvas, *value))).collect();
        dots.windows(2).for_each(|ends| canvas.line(ends[0], ends[1], curve.run, false));
        canvas.render(buffer, |_| self.app.theme.faint());
    }

    fn axes(&self, buffer: &mut Buffer, inner: Rect) {
        let labels = usize::from(self.plot.x - inner.x) - 1;
        let faint = self.app.theme.faint();
        let ticks = self.y.ticks(usize::from(self.plot.height / 2).clamp(2, 10));
        for (tick, text) in ticks.iter().zip(tick_texts(&ticks)) {
            let text = format::cut(&text, labels);
            let row = self.row(*tick as f32);
            buffer.set_string(inner.x, row, format!("{text:>labels$}"), faint);
        }
        let row = self.plot.bottom();
        let (divisor, _) = x_scale(self.app, &self.x);
        let scaled = Axis { low: self.x.low / divisor, high: self.x.high / divisor, log: false };
        let ticks = scaled.ticks(usize::from(self.plot.width / LABEL_DISTANCE).max(2));
        for (tick, text) in ticks.iter().zip(tick_texts(&ticks)) {
            let length = text.chars().count() as u16;
            let middle = self.column(tick * divisor);
            let start = middle.saturating_sub(length / 2).clamp(inner.x, inner.right().saturating_sub(length));
            buffer.set_string(start, row, text, faint);
        }
    }

    fn points(&self, buffer: &mut Buffer, curve: &Curve) {
        let marker = self.app.theme.marker(curve.run);
        let style = self.style(curve.run);
        if self.app.theme.colors == crate::tui::theme::Colors::None {
            let across = if self.app.theme.ascii { 1 } else { 2 };
            let stagger = curve.run * 5 % MARKER_DISTANCE;
            let stands = |cell: usize| cell % MARKER_DISTANCE == stagger;
            for column in curve.columns.iter().filter(|c| c.column % across == 0 && stands(c.column / across)) {
                if self.is_inside(column.mean) {
                    let x = self.plot.x + (column.column / across) as u16;
                    buffer.set_string(x, self.row(column.mean), marker, style);
                }
            }
        }
        for &(place, value) in curve.evaluations.iter().filter(|(_, value)| self.is_inside(*value)) {
            buffer.set_string(self.column(place), self.row(value), marker, style);
        }
    }

    fn is_inside(&self, value: f32) -> bool {
        (-0.02..=1.02).contains(&self.y.share(f64::from(value)))
    }

    /// An arrow at the bottom where a learning rate changed.
    fn lr_changes(&self, buffer: &mut Buffer, curves: &[Curve]) {
        let ruler = self.app.ruler();
        for curve in curves {
            let run = &self.app.history.runs[curve.run];
            let is_scheduled = run.info.spec.schedule.is_some();
            let mut before = if is_scheduled { 1.0 } else { run.info.spec.lr };
            for mark in &run.marks {
                // A schedule moves by itself: there the factor tells which way a person changed it.
                let now = match mark.kind {
                    MarkKind::Lr(lr) if !is_scheduled => lr,
                    MarkKind::LrScale(scale) => scale,
                    _ => continue,
                };
                let arrow = if now > before { "↑" } else { "↓" };
                before = now;
                let last_step = (mark.step as usize).checked_sub(2).and_then(|index| run.steps.get(index));
                let place = last_step.map_or(ruler.place(mark.samples, 0.0), |step| ruler.step(step));
                if (self.x.low..=self.x.high).contains(&place) {
                    let style = self.style(curve.run);
                    buffer.set_string(self.column(place), self.plot.bottom() - 1, arrow, style);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::race::metrics::Score;

    fn epoch(epoch: u32) -> EpochRecord {
        let val = Score { loss: epoch as f32, accuracy: 0.5 };
        EpochRecord { epoch, step: 0, samples: 0, compute_s: 0.0, wall_s: 0.0, lr: 0.1, train: None, val }
    }

    fn shown(epochs: u32, low: f64, high: f64, cells: usize) -> Vec<f32> {
        let epochs: Vec<EpochRecord> = (0..=epochs).map(epoch).collect();
        let x = Axis { low, high, log: false };
        let shown = evaluations(&epochs, Metric::Loss, |epoch| f64::from(epoch.epoch), &x, cells);
        shown.into_iter().map(|(_, loss)| loss).collect()
    }

    #[test]
    fn every_evaluation_is_drawn_while_there_are_cells_enough_and_then_the_last_of_each() {
        assert_eq!(shown(5, 0.0, 5.0, 60), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(shown(5, 3.0, 4.0, 60), [3.0, 4.0], "of a part");
        assert!(shown(5, 7.0, 9.0, 60).is_empty(), "nothing beyond the end");
        assert_eq!(shown(9999, 0.0, 9999.0, 3), [3332.0, 6665.0, 9999.0]);
    }
}
