//! A chart: training curves as lines, evaluations as points, of all runs that are not hidden.
//!
//! Not ratatui's `Chart`, which has no logarithmic axes, no memory of which run drew in which cell, no names at the
//! ends of lines and no characters for terminals without Braille.

mod band;
mod lanes;
mod line_labels;
mod lines;
mod plot;

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph, Widget};

use super::canvas::Canvas;
use crate::board::axis::Axis;
use crate::board::axis_range;
use crate::board::curve::curves;
use crate::board::series::{Metric, XAxis};
use crate::text;
use crate::tui::drawn::{ClickTarget, Context, Painter};
use line_labels::LineLabels;
use plot::{Plot, x_scale};

/// Cells kept free for the labels of the vertical axis: none of them is longer than `0.8125`.
const LABELS: u16 = 7;

/// The same in a narrow chart, where labels are mostly as short as `0.75`.
const SHORT_LABELS: u16 = 5;

/// A chart is narrow below this width.
const WIDE_FROM: u16 = 50;

/// Draws a chart.
pub fn render(painter: &mut Painter<'_>, area: Rect, cx: Context<'_>, metric: Metric) {
    let buffer = &mut *painter.buffer;
    if area.width < 12 || area.height < 5 {
        return;
    }
    let x = axis_range::horizontal(cx.board);
    let block = Block::bordered()
        .border_style(cx.theme.faint())
        .title(title(cx, metric, area.width))
        .title(Line::styled(hint(metric, area.width), cx.theme.faint()).right_aligned())
        .title_bottom(Line::styled(hidden(cx), cx.theme.strong()))
        .title_bottom(Line::styled(unit(cx, &x), cx.theme.faint()).right_aligned());
    let inner = block.inner(area);
    block.render(area, buffer);

    let labels_at_ends = LineLabels::of(inner.width);
    let labels = if inner.width < WIDE_FROM { SHORT_LABELS } else { LABELS };
    let inside = Rect {
        x: inner.x + labels,
        y: inner.y,
        width: inner.width.saturating_sub(labels + labels_at_ends.margin(cx, inner.width)),
        height: inner.height.saturating_sub(1),
    };
    if inside.is_empty() {
        return;
    }
    let mut canvas = Canvas::new(inside, cx.theme.ascii);
    let curves = curves(cx.board, metric, &x, [canvas.width(), usize::from(inside.width)]);
    let Some(y) = axis_range::vertical(cx.board, metric, &curves) else {
        nothing_yet(buffer, inner, cx, metric);
        return;
    };
    let plot = Plot { cx, area: inside, x, y };
    painter.drawn.note(inside, ClickTarget::Chart(x));
    plot.axes(buffer, inner);
    let has_guessing = metric == Metric::Loss;
    if has_guessing {
        plot.guessing(buffer);
    }
    curves.iter().for_each(|curve| band::render(buffer, &plot, curve));
    curves.iter().for_each(|curve| plot.raw_steps(buffer, curve));
    lines::draw(&mut canvas, &plot, &curves);
    canvas.render_by_column(buffer, |run, column| plot.style_at(run, column));
    plot.moments(buffer);
    let mut marked = Vec::new();
    // The selected run, which is the last, has the first say.
    curves.iter().rev().for_each(|curve| plot.points(buffer, curve, &mut marked));
    if has_guessing {
        plot.guessing_name(buffer);
    }
    plot.lr_changes(buffer, &curves);
    line_labels::render(buffer, &plot, &curves, labels_at_ends, inner);
}

fn title(cx: Context<'_>, metric: Metric, width: u16) -> Line<'static> {
    let log = if cx.board.is_log(metric) { " (log)" } else { " (linear)" };
    let zoomed = cx.board.zoom_name().unwrap_or_default();
    let of = if metric == Metric::EffectiveLr { cx.board.layer_name() } else { String::new() };
    let name = format!(" {}{log} ", metric.title());
    let mut room = usize::from(width).saturating_sub(text::columns(&name) + 2);
    let smoothing = match cx.board.charts.smoothing_name() {
        _ if !metric.is_smoothed() => String::new(),
        long if cx.board.charts.smoothing() > 0.0 && room < text::columns(&long) + 3 => "smoothed".to_owned(),
        long => long,
    };
    // Rather fewer of them than one that is cut.
    let notes = [of, smoothing, zoomed].into_iter().filter(|note| !note.is_empty()).map(|note| format!("· {note} "));
    let fits = |note: &String| {
        let left = room.checked_sub(text::columns(note));
        room = left.unwrap_or(room);
        left.is_some()
    };
    let notes: String = notes.filter(fits).collect();
    Line::from(vec![Span::styled(name, cx.theme.strong()), Span::styled(notes, cx.theme.faint())])
}

/// How many runs the charts leave out because a person hid them.
fn hidden(cx: Context<'_>) -> String {
    match cx.board.hidden.iter().filter(|hidden| **hidden).count() {
        0 => String::new(),
        count => format!(" {count} hidden "),
    }
}

/// How to read the chart, where the border has room for it.
fn hint(metric: Metric, width: u16) -> &'static str {
    match metric {
        Metric::Loss | Metric::Accuracy if width >= 78 => " line: training · marker: validation ",
        Metric::EffectiveLr if width >= 70 => " line: median · dots: 10-90 % ",
        _ => "",
    }
}

/// What runs along the horizontal axis, and in which unit its labels count.
fn unit(cx: Context<'_>, x: &Axis) -> String {
    let (_, unit) = x_scale(cx, x);
    match cx.board.charts.x {
        XAxis::Samples => format!(" x: samples{unit} "),
        XAxis::Epochs => " x: epochs ".to_owned(),
        XAxis::ComputeTime => " x: compute time, s ".to_owned(),
    }
}

fn nothing_yet(buffer: &mut Buffer, inner: Rect, cx: Context<'_>, metric: Metric) {
    let text = if cx.board.hidden.iter().all(|hidden| *hidden) {
        "every run is hidden; v shows the selected one"
    } else if cx.board.is_preparing() {
        "preparing: initial weights, and how well they do before training"
    } else if metric == Metric::EffectiveLr {
        "measured every 50 steps: none of them within this part yet"
    } else {
        "no step within this part yet"
    };
    let height = 2.min(inner.height);
    let middle = Rect { y: inner.y + (inner.height - height) / 2, height, ..inner };
    let text = Paragraph::new(text).style(cx.theme.faint()).alignment(Alignment::Center);
    text.wrap(ratatui::widgets::Wrap { trim: true }).render(middle, buffer);
}
