//! A table of runs: their markers and names, as many columns as there is room for, and the state of each run.

use std::borrow::Cow;

use ratatui::layout::{Constraint, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Cell, Row, Table, Widget};

use crate::board::Board;
use crate::board::column::Column;
use crate::text::{self, cut, cut_apart};
use crate::tui::drawn::{ClickTarget, Painter};
use crate::tui::theme::Theme;

/// Cells of the shortest and the longest column of names.
const NAMES: [u16; 2] = [8, 24];

/// Characters of the shortest column of states: `diverged`.
const STATE: u16 = 8;

/// A line of the table.
#[derive(Debug, Default)]
pub struct RunRow<'a> {
    /// Which run it is.
    pub run: usize,
    /// Which of the theme's colours and markers it has.
    pub marker: usize,
    /// Its label.
    pub label: Cow<'a, str>,
    /// Whether its curves are hidden, and with them its marker.
    pub is_hidden: bool,
    /// Its place in a ranking.
    pub place: Option<String>,
    /// Its state: the longest text for which there is room is shown.
    pub states: Vec<String>,
    /// Whether that should be seen first.
    pub is_alarming: bool,
    /// What is shown in the place of all columns.
    pub instead: Option<String>,
}

/// A table of runs, each with values of a `B`.
pub struct RunTable<'a, B: 'static> {
    /// What the values are read off.
    pub board: &'a B,
    /// All columns.
    pub columns: Vec<&'static Column<B>>,
    /// All lines.
    pub rows: Vec<RunRow<'a>>,
    /// The selected run.
    pub selected: usize,
    /// A column that has another title now, which is set off.
    pub renamed: Option<(&'static str, &'static str)>,
    /// What is shown at the right end of the heading, where there is room.
    pub note: String,
}

impl<'a> RunTable<'a, Board> {
    /// A line for each run of a race, with its state.
    pub fn of_race(board: &'a Board, columns: &'static [Column<Board>]) -> Self {
        let row = |(run, name): (usize, String)| RunRow {
            run,
            marker: run,
            label: Cow::Owned(name),
            is_hidden: board.hidden[run],
            states: board.state_texts(run),
            is_alarming: board.seen(run).state().has_died(),
            ..RunRow::default()
        };
        let rows = board.names().into_iter().enumerate().map(row).collect();
        let columns = columns.iter().collect();
        Self { board, columns, rows, selected: board.selected, renamed: None, note: String::new() }
    }
}

/// What there is room for.
struct TablePlan<'a, B: 'static> {
    columns: Vec<&'a Column<B>>,
    /// Cells of the cursor, a place and the marker.
    head: u16,
    names: u16,
    /// Cells of the state, without the gap before it.
    state: u16,
}

impl<B: 'static> RunTable<'_, B> {
    /// Draws the table, scrolled so that the selected run is seen, and notes where each run's line is.
    pub fn render(&self, painter: &mut Painter<'_>, area: Rect) {
        if area.is_empty() {
            return;
        }
        let theme = painter.theme;
        let plan = self.plan(area.width);
        let labels: Vec<&str> = self.rows.iter().map(|row| row.label.as_ref()).collect();
        let names = cut_apart(&labels, usize::from(plan.names));
        let lines = usize::from(area.height - 1);
        let selected = self.rows.iter().position(|row| row.run == self.selected).unwrap_or(0);
        let first = first_visible(selected, self.rows.len(), lines);
        let shown = &self.rows[first..(first + lines).min(self.rows.len())];
        let widths = [plan.head, plan.names]
            .into_iter()
            .chain(plan.columns.iter().map(|column| column.width + 1))
            .chain([plan.state + 1])
            .map(Constraint::Length);
        let lines = shown.iter().zip(&names[first..]).map(|(row, name)| self.line(row, name, &plan, theme));
        Table::new(lines, widths).header(self.heading(&plan, theme)).column_spacing(0).render(area, painter.buffer);
        self.title(painter, area, &plan, first, shown.len());
        for (row, y) in shown.iter().zip(area.y + 1..) {
            let place = Rect { y, height: 1, ..area };
            painter.drawn.note(place, ClickTarget::Run(row.run));
            if let Some(text) = &row.instead {
                let x = (place.x + plan.head + plan.names + 1).min(place.right());
                let room = usize::from(place.right() - x);
                let text = format!("{:room$}", cut(text, room));
                painter.buffer.set_string(x, y, text, self.base(row, theme).patch(theme.strong()));
            }
        }
    }

    fn plan(&self, across: u16) -> TablePlan<'_, B> {
        let head = if self.rows.iter().any(|row| row.place.is_some()) { 6 } else { 3 };
        let state = if self.rows.iter().any(|row| !row.states.is_empty()) { STATE } else { 0 };
        let [shortest, longest] = NAMES;
        let mut room = across.saturating_sub(head + shortest + 1 + state);
        let mut by_rank: Vec<usize> = (0..self.columns.len()).collect();
        by_rank.sort_by_key(|index| self.columns[*index].rank);
        let mut chosen = Vec::new();
        for index in by_rank {
            let Some(rest) = room.checked_sub(self.columns[index].width + 1) else { break };
            room = rest;
            chosen.push(index);
        }
        chosen.sort_unstable();
        let wanted = self.rows.iter().map(|row| text::columns(&row.label)).max().unwrap_or(0) as u16;
        let names = wanted.clamp(shortest, longest).min(shortest + room);
        let columns = chosen.into_iter().map(|index| self.columns[index]).collect();
        TablePlan { columns, head, names, state: state + shortest + room - names }
    }

    fn heading(&self, plan: &TablePlan<'_, B>, theme: Theme) -> Row<'static> {
        let title = |column: &&Column<B>| {
            let renamed = self.renamed.filter(|(title, _)| *title == column.title);
            let title = renamed.map_or_else(
                || Span::styled(column.title, theme.faint()),
                |(_, title)| Span::styled(title, theme.chosen()),
            );
            Cell::from(Line::from(title).right_aligned())
        };
        let has_states = self.rows.iter().any(|row| !row.states.is_empty());
        let state = Cell::from(Span::styled(if has_states { " state" } else { "" }, theme.faint()));
        let titles = plan.columns.iter().map(title);
        Row::new([Cell::default(), Cell::default()].into_iter().chain(titles).chain([state]))
    }

    /// Which runs are seen, above their names, and the note.
    fn title(&self, painter: &mut Painter<'_>, area: Rect, plan: &TablePlan<'_, B>, first: usize, shown: usize) {
        let faint = painter.theme.faint();
        let title = match shown < self.rows.len() {
            true => format!("run {}-{}/{}", first + 1, first + shown, self.rows.len()),
            false => "run".to_owned(),
        };
        let x = area.x + plan.head;
        painter.buffer.set_stringn(x, area.y, title, usize::from((plan.names + 1).min(area.width - 1)), faint);
        let columns: u16 = plan.columns.iter().map(|column| column.width + 1).sum();
        let end = x + plan.names + columns + if plan.state > STATE { 8 } else { 2 };
        let start = area.right().saturating_sub(text::columns(&self.note) as u16 + 1);
        if start >= end {
            painter.buffer.set_string(start, area.y, &self.note, faint);
        }
    }

    fn base(&self, row: &RunRow<'_>, theme: Theme) -> Style {
        match (row.run == self.selected, row.is_hidden) {
            (true, _) => theme.selected_row(),
            (false, true) => theme.faint(),
            (false, false) => Style::new(),
        }
    }

    fn line<'r>(&self, row: &'r RunRow<'_>, name: &'r str, plan: &TablePlan<'_, B>, theme: Theme) -> Row<'r> {
        let is_selected = row.run == self.selected;
        let base = self.base(row, theme);
        let own = base.patch(theme.run(row.marker)).patch(if is_selected { theme.strong() } else { Style::new() });
        let cursor = if is_selected { "▸" } else { " " };
        let place = row.place.as_ref().map_or_else(String::new, |place| format!("{place:>2} "));
        let marker = if row.is_hidden { " " } else { theme.marker(row.marker) };
        let head = Line::from(vec![Span::raw(cursor), Span::raw(place), Span::styled(marker, own)]);
        let name = Span::styled(name, if row.is_hidden { base } else { own });
        let value = |column: &&Column<B>| {
            let text = (column.value)(self.board, row.run).to_string();
            Cell::from(Line::from(cut(&text, usize::from(column.width))).right_aligned())
        };
        let fits = |text: &&String| text::columns(text) <= usize::from(plan.state);
        let state =
            row.states.iter().find(fits).or(row.states.last()).map_or_else(String::new, |text| format!(" {text}"));
        let state = Span::styled(state, if row.is_alarming { theme.strong() } else { Style::new() });
        let cells = [Cell::from(head), Cell::from(name)].into_iter();
        Row::new(cells.chain(plan.columns.iter().map(value)).chain([Cell::from(state)])).style(base)
    }
}

/// The first of `count` lines to show, so that line `selected` is among the `visible` ones.
pub fn first_visible(selected: usize, count: usize, visible: usize) -> usize {
    selected.saturating_sub(visible / 2).min(count.saturating_sub(visible))
}
