//! What a view is: something with keys, a help and a state of its own, that draws what there is to see of a race.

use std::any::Any;

use ratatui::layout::{Position, Rect};

use super::drawn::Painter;
use super::effect::Effect;
use super::keymap::{Action, Entry};
use super::theme::Theme;
use super::widgets::help_text::HelpText;
use crate::board::Board;

/// What a view is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewKind {
    /// The key that shows it.
    pub key: char,
    /// Its name, in a word.
    pub name: &'static str,
}

/// What came of catching up.
#[derive(Debug, Default)]
pub struct CatchUp {
    /// Whether there is something new to see.
    pub needs_drawing: bool,
    /// What has to be done.
    pub effects: Vec<Effect>,
}

/// A view of the race, or of something beside it. What a view does not say is as in most of them.
pub trait View: Any {
    /// What it is called.
    fn kind(&self) -> ViewKind;

    /// Keys that not every view has, in the order in which they are shown.
    fn keys(&self) -> Vec<&'static [Entry]>;

    /// Keys of every view that mean something else here.
    fn instead(&self) -> &'static [Entry] {
        &[]
    }

    /// Writes its help.
    fn help(&self, text: &mut HelpText, board: &Board);

    /// Does what is asked for; `None` where that is not its own affair.
    fn handle(&mut self, _action: Action, _board: &mut Board) -> Option<Vec<Effect>> {
        None
    }

    /// It is shown from now on.
    fn enter(&mut self, _board: &mut Board) {}

    /// Takes in what is new, once a frame, also while another view is shown.
    fn catch_up(&mut self, _board: &Board, _is_shown: bool) -> CatchUp {
        CatchUp::default()
    }

    /// Draws it.
    fn draw(&self, painter: &mut Painter<'_>, area: Rect, board: &Board);

    /// Somebody points at `position` of the plane that it draws in `plane`.
    fn point(&mut self, _plane: Rect, _position: Position) {}

    /// Whether steps of the race alone are no reason to draw it: it says itself when there is something new to see.
    fn paces_itself(&self) -> bool {
        false
    }

    /// Whether the keys that pause and step are the race's.
    fn is_of_race(&self) -> bool {
        true
    }

    /// Whether what this action switches is on.
    fn is_on(&self, action: Action, board: &Board) -> bool {
        is_on(action, board)
    }

    /// What the key that pauses does now, if not that.
    fn pause_label(&self, board: &Board) -> Option<&'static str> {
        match (board.playhead.is_back(), board.playhead.is_playing()) {
            (true, true) => Some("hold"),
            (true, false) => Some("play"),
            (false, _) => board.pause_asked.then_some("resume"),
        }
    }

    /// Whose learning rate the keys change, and what it is.
    fn lr_target<'a>(&'a self, board: &'a Board) -> (&'a str, Option<f64>) {
        match board.to_all {
            true => ("all runs", None),
            false => (board.label(board.selected), Some(board.lr(board.selected))),
        }
    }

    /// What is said of the selected run while nothing else is.
    fn about_selected(&self, board: &Board, theme: Theme) -> String {
        let info = &board.history.runs[board.selected].info;
        let hidden = if board.hidden[board.selected] { "hidden (v shows it) · " } else { "" };
        let changed = info.spec.differences();
        let changed = if changed.is_empty() { String::new() } else { format!(" ({})", changed.join(", ")) };
        let (marker, name) = (theme.marker(board.selected), &board.names()[board.selected]);
        format!("{marker} {hidden}{name}{changed}: {}", info.spec.optimizer.idea)
    }
}

/// Whether what an action of many views switches is on.
pub fn is_on(action: Action, board: &Board) -> bool {
    match action {
        Action::ToggleAll => board.to_all,
        Action::ToggleLog => board.charts.log,
        Action::NextZoom => board.playhead.is_zoomed(),
        Action::ToggleMark => board.playhead.mark().is_some(),
        Action::ToggleHidden => board.hidden.get(board.selected) == Some(&true),
        Action::ToggleOnly => board.hidden.len() > 1 && board.shows_only_selected(),
        _ => false,
    }
}
