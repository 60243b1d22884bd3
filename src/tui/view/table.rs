//! A line per run.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::columns::{self, COLUMNS, Column};
use super::run_line::{self, Name, SIGNS};
use super::{format, layout};
use crate::race::history::RunState;
use crate::race::protocol::RunIndex;
use crate::tui::app::App;
use crate::tui::drawn::{Painter, Target};

/// Cells of the shortest and the longest column of names.
const NAMES: std::ops::RangeInclusive<u16> = 8..=24;

/// Cells of the state: `diverged`. Where there are more, the step follows.
const STATE: u16 = 8;

/// Which columns fit, and how wide the names may be.
struct Plan {
    columns: Vec<&'static Column>,
    names: u16,
    state: u16,
}

impl Plan {
    fn of(app: &App, width: u16) -> Self {
        let mut room = width.saturating_sub(SIGNS + NAMES.start() + 1 + STATE);
        let mut by_rank: Vec<usize> = (0..COLUMNS.len()).collect();
        by_rank.sort_by_key(|index| COLUMNS[*index].rank);
        let mut chosen = Vec::new();
        for index in by_rank {
            let Some(rest) = room.checked_sub(COLUMNS[index].width + 1) else { break };
            room = rest;
            chosen.push(index);
        }
        chosen.sort_unstable();
        let columns = chosen.into_iter().map(|index| &COLUMNS[index]).collect();
        let longest = app.history.runs.iter().map(|run| run.info.label.chars().count()).max().unwrap_or(0) as u16;
        let names = longest.clamp(*NAMES.start(), *NAMES.end()).min(NAMES.start() + room);
        let left = NAMES.start() + room - names;
        Self { columns, names, state: STATE + left }
    }
}

/// Draws the table.
pub fn render(painter: &mut Painter<'_>, area: Rect, app: &App) {
    let plan = Plan::of(app, area.width);
    heading(painter.buffer, area, app, &plan);
    for (run, row) in visible(app, area).zip(area.y + 1..area.bottom()) {
        let place = Rect { y: row, height: 1, ..area };
        line(painter.buffer, place, app, &plan, run);
        painter.drawn.note(place, Target::Run(run));
    }
}

/// The runs that have a line, from top to bottom.
fn visible(app: &App, area: Rect) -> std::ops::Range<RunIndex> {
    let count = app.history.runs.len();
    let lines = usize::from(area.height.saturating_sub(1));
    let first = layout::first_visible(app.selected, count, lines);
    first..(first + lines).min(count)
}

fn heading(buffer: &mut Buffer, area: Rect, app: &App, plan: &Plan) {
    let faint = app.theme.faint();
    let shown = visible(app, area);
    let name = match shown.len() < app.history.runs.len() {
        true => format!("run {}-{}/{}", shown.start + 1, shown.end, app.history.runs.len()),
        false => "run".to_owned(),
    };
    buffer.set_stringn(area.x + SIGNS, area.y, name, usize::from(plan.names) + 1, faint);
    let mut x = area.x + SIGNS + plan.names;
    for column in &plan.columns {
        let is_all = column.title == "lr" && app.to_all;
        let (title, style) = if is_all { ("lr ALL", app.theme.chosen()) } else { (column.title, faint) };
        let start = x + 1 + column.width.saturating_sub(title.len() as u16);
        buffer.set_stringn(start, area.y, title, usize::from(area.right().saturating_sub(start)), style);
        x += 1 + column.width;
    }
    buffer.set_stringn(x + 1, area.y, "state", usize::from(area.right().saturating_sub(x + 1)), faint);
}

fn line(buffer: &mut Buffer, area: Rect, app: &App, plan: &Plan, run: RunIndex) {
    let name = Name {
        sign: run,
        label: &app.history.runs[run].info.label,
        width: plan.names,
        is_selected: run == app.selected,
        is_hidden: app.hidden[run],
    };
    let base = run_line::begin(buffer, area, app.theme, &name);
    let mut x = area.x + SIGNS + plan.names;
    for column in &plan.columns {
        let text = format::cut(&(column.value)(app, run), usize::from(column.width));
        let start = x + 1 + column.width - text.chars().count() as u16;
        buffer.set_string(start, area.y, text, base);
        x += 1 + column.width;
    }
    let in_full = columns::state(app, run, true);
    let fits = in_full.chars().count() <= usize::from(plan.state);
    let state = if fits { in_full } else { columns::state(app, run, false) };
    let has_died = matches!(app.history.runs[run].state, RunState::Diverged { .. } | RunState::Failed { .. });
    let style = if has_died { base.add_modifier(Modifier::BOLD) } else { base };
    buffer.set_stringn(x + 1, area.y, state, usize::from(area.right().saturating_sub(x + 1)), style);
}
