//! The race: charts of loss and accuracy, and a table of all runs, or the ranking once it has ended.

mod result;

use crossterm::event::KeyCode;
use ratatui::layout::{Constraint, Layout, Rect};

use crate::board::Board;
use crate::board::columns::{self, COLUMNS};
use crate::board::ranking::ranking;
use crate::board::series::Metric;
use crate::tui::drawn::{Context, Painter};
use crate::tui::effect::Effect;
use crate::tui::keymap::{Action, Entry, Press, charts, time};
use crate::tui::view::{CatchUp, View, ViewKind, is_on};
use crate::tui::widgets::chart;
use crate::tui::widgets::help_text::HelpText;
use crate::tui::widgets::run_table::RunTable;

/// Keys that only this view has, in the order in which they are shown.
static KEYS: &[Entry] = &[Entry {
    keys: &[(Press::Plain(KeyCode::Tab), Action::ToggleResult)],
    shown: "tab",
    short: "result",
    help: "once the race has ended: the result, or the table again",
    rank: 8,
}];

/// Least lines of the charts, borders included, where the terminal has a common size.
const CHARTS_AT_LEAST: u16 = 11;

/// Lines that the charts keep when table and result are shown one below the other.
const CHARTS_BESIDE_RESULT: u16 = 16;

/// Charts are side by side from this width on, or where there is no height to put one above the other.
const SIDE_BY_SIDE: u16 = 76;

/// The view.
#[derive(Debug, Default)]
pub struct RaceView {
    /// Whether the ranking is shown, once the race has ended.
    pub shows_result: bool,
    had_ended: bool,
}

/// Places in the view.
struct RacePlaces {
    loss: Rect,
    accuracy: Rect,
    /// A line per run; empty where the ranking takes its place.
    table: Rect,
    /// The ranking, where it is shown.
    result: Rect,
}

impl RacePlaces {
    fn of(runs: usize, shows_result: bool, body: Rect) -> Self {
        let runs = u16::try_from(runs).unwrap_or(u16::MAX);
        let room = body.height.saturating_sub(CHARTS_AT_LEAST.min(body.height / 2 + 1));
        let whole_table = runs.saturating_add(1);
        let whole_result = runs.saturating_add(2);
        let needed = whole_table.saturating_add(whole_result).saturating_add(CHARTS_BESIDE_RESULT);
        let (table, result) = match shows_result {
            false => (whole_table.min(room), 0),
            true if body.height >= needed => (whole_table, whole_result),
            true => (0, whole_result.min(room)),
        };
        let lines = [Constraint::Fill(1), Constraint::Length(table), Constraint::Length(result)];
        let [charts, table, result] = Layout::vertical(lines).areas(body);
        let [loss, accuracy] = match charts.width < SIDE_BY_SIDE && charts.height >= 2 * CHARTS_AT_LEAST {
            true => Layout::vertical([Constraint::Length(charts.height / 2), Constraint::Fill(1)]).areas(charts),
            false => Layout::horizontal([Constraint::Length(charts.width / 2), Constraint::Fill(1)]).areas(charts),
        };
        Self { loss, accuracy, table, result }
    }
}

impl View for RaceView {
    fn kind(&self) -> ViewKind {
        ViewKind { key: '1', name: "race" }
    }

    fn keys(&self) -> Vec<&'static [Entry]> {
        vec![charts::KEYS, time::KEYS, KEYS]
    }

    fn help(&self, text: &mut HelpText, board: &Board) {
        text.charts(board);
        text.keys();
        text.columns("Columns", COLUMNS);
        text.columns("Columns of the result", columns::result::COLUMNS);
        text.race(board);
    }

    fn handle(&mut self, action: Action, board: &mut Board) -> Option<Vec<Effect>> {
        match action {
            Action::SelectNext | Action::SelectPrevious if self.shows_result && !board.playhead.is_back() => {
                board.select_in(&ranking(&board.history.runs), action == Action::SelectPrevious);
            }
            Action::ToggleResult if board.history.has_ended() => self.shows_result = !self.shows_result,
            Action::ToggleResult => board.say("the result is shown once the race has ended"),
            Action::Close => {
                self.shows_result = false;
                return None;
            }
            _ => return None,
        }
        Some(Vec::new())
    }

    /// The ranking comes with the end of the race, and goes when a run goes on.
    fn catch_up(&mut self, board: &Board, _: bool) -> CatchUp {
        let has_ended = board.history.has_ended();
        let needs_drawing = std::mem::replace(&mut self.had_ended, has_ended) != has_ended;
        if needs_drawing {
            self.shows_result = has_ended;
        }
        CatchUp { needs_drawing, effects: Vec::new() }
    }

    fn is_on(&self, action: Action, board: &Board) -> bool {
        if action == Action::ToggleResult { self.shows_result } else { is_on(action, board) }
    }

    fn draw(&self, painter: &mut Painter<'_>, area: Rect, board: &Board) {
        // The ranking is that of the end: a moment of the past has a table.
        let shows_result = self.shows_result && !board.playhead.is_back();
        let places = RacePlaces::of(board.history.runs.len(), shows_result, area);
        let cx = Context { board, theme: painter.theme };
        chart::render(painter, places.loss, cx, Metric::Loss);
        chart::render(painter, places.accuracy, cx, Metric::Accuracy);
        let renamed = board.to_all.then_some(("lr", "lr ALL"));
        let mut table = RunTable { renamed, ..RunTable::of_race(board, COLUMNS) };
        if board.playhead.mark().is_some() {
            table.columns = columns::with_differences();
        }
        table.render(painter, places.table);
        result::render(painter, places.result, board);
    }
}
