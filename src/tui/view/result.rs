//! The ranking at the end of a race.

use std::cmp::Ordering;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{columns, format, layout};
use crate::race::history::{RunHistory, RunState};
use crate::race::protocol::RunIndex;
use crate::tui::app::App;
use crate::tui::drawn::{Painter, Target};

/// The validation accuracy whose cost is compared.
pub const GOAL: f32 = 0.85;

/// What stands for a goal that was not reached.
const NOT_REACHED: &str = "not reached";

/// A column: title, width, value.
type Column = (&'static str, u16, fn(&RunHistory) -> String);

/// Columns in the order of their importance, which is also that of their places.
const COLUMNS: [Column; 5] = [
    ("val acc", 8, |run| final_accuracy(run).map_or_else(none, format::share)),
    ("best val loss", 14, columns::best_val),
    ("epochs to 85 %", 15, |run| run.reached(GOAL).map_or_else(not_reached, |epoch| epoch.epoch.to_string())),
    ("CPU to 85 %", 12, |run| run.reached(GOAL).map_or_else(not_reached, |epoch| format::duration(epoch.compute_s))),
    ("test acc", 9, |run| run.test.map_or_else(none, |test| format::share(test.accuracy))),
];

fn none() -> String {
    format::NONE.to_owned()
}

fn not_reached() -> String {
    NOT_REACHED.to_owned()
}

fn final_accuracy(run: &RunHistory) -> Option<f32> {
    run.epochs.last().map(|epoch| epoch.val.accuracy).filter(|accuracy| accuracy.is_finite())
}

/// The runs from best to worst by validation accuracy, those that died last.
pub fn ranking(runs: &[RunHistory]) -> Vec<RunIndex> {
    let mut order: Vec<RunIndex> = (0..runs.len()).collect();
    order.sort_by(|&a, &b| has_died(&runs[a]).cmp(&has_died(&runs[b])).then_with(|| better(&runs[a], &runs[b])));
    order
}

fn has_died(run: &RunHistory) -> bool {
    matches!(run.state, RunState::Diverged { .. } | RunState::Failed { .. })
}

fn better(a: &RunHistory, b: &RunHistory) -> Ordering {
    let accuracy = |run| final_accuracy(run).unwrap_or(-1.0);
    accuracy(b).total_cmp(&accuracy(a))
}

/// Draws the ranking.
pub fn render(painter: &mut Painter<'_>, area: Rect, app: &App) {
    let buffer = &mut *painter.buffer;
    let title = " RESULT ";
    let faint = app.theme.faint();
    buffer.set_string(area.x, area.y, "─".repeat(usize::from(area.width)), faint);
    buffer.set_string(area.x + 2, area.y, title, app.theme.strong());
    let note = " by validation accuracy · tab: table or result ";
    buffer.set_stringn(area.x + 2 + title.len() as u16, area.y, note, usize::from(area.width) - 12, faint);

    let names = names_width(app, area.width);
    if area.height > 1 {
        buffer.set_string(area.x + 6, area.y + 1, "run", faint);
        let mut x = area.x + 7 + names;
        for (title, width, _) in COLUMNS {
            buffer.set_stringn(x, area.y + 1, format!("{title:>0$}", usize::from(width)), room(area, x), faint);
            x += width;
        }
    }
    let order = ranking(&app.history.runs);
    for (place, row) in visible(app, area, &order).zip(area.y + 2..area.bottom()) {
        let line_area = Rect { y: row, height: 1, ..area };
        line(buffer, line_area, app, place, order[place], names);
        painter.drawn.note(line_area, Target::Run(order[place]));
    }
}

fn room(area: Rect, x: u16) -> usize {
    usize::from(area.right().saturating_sub(x))
}

fn names_width(app: &App, width: u16) -> u16 {
    let longest = app.history.runs.iter().map(|run| run.info.label.chars().count()).max().unwrap_or(0) as u16;
    let columns: u16 = COLUMNS.iter().map(|(_, width, _)| width).sum();
    longest.clamp(8, 24).min(width.saturating_sub(columns + 7).max(8))
}

fn visible(app: &App, area: Rect, order: &[RunIndex]) -> std::ops::Range<usize> {
    let lines = usize::from(area.height.saturating_sub(2));
    let selected = order.iter().position(|run| *run == app.selected).unwrap_or(0);
    let first = layout::first_visible(selected, order.len(), lines);
    first..(first + lines).min(order.len())
}

fn line(buffer: &mut Buffer, area: Rect, app: &App, place: usize, run: RunIndex, names: u16) {
    let theme = app.theme;
    let is_selected = run == app.selected;
    let base = if is_selected { theme.selected_row() } else { Style::new() };
    let own = base.patch(theme.run(run));
    buffer.set_style(area, base);
    let history = &app.history.runs[run];
    let rank = if has_died(history) { format::NONE.to_owned() } else { (place + 1).to_string() };
    buffer.set_stringn(area.x, area.y, format!("{}{rank:>2}", if is_selected { "▸" } else { " " }), 3, base);
    buffer.set_string(area.x + 4, area.y, theme.marker(run), own);
    buffer.set_string(area.x + 6, area.y, format::cut(&history.info.label, usize::from(names)), own);
    let mut x = area.x + 7 + names;
    if has_died(history) {
        let text = match &history.state {
            RunState::Failed { message } => format!("failed: {message}"),
            _ => columns::state(app, run, true),
        };
        let kept = format::cut(&format!(" {text}"), room(area, x));
        buffer.set_string(x, area.y, kept, base.patch(theme.strong()));
        return;
    }
    for (_, width, value) in COLUMNS {
        let text = format!("{:>1$}", value(history), usize::from(width));
        buffer.set_stringn(x, area.y, text, room(area, x), base);
        x += width;
    }
}
