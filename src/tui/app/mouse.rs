//! The mouse: a click selects a run, the wheel moves the selection.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::{App, Effect};
use crate::tui::dialog::Dialog;
use crate::tui::view;

/// Lines that a notch of the wheel scrolls the help.
const NOTCH: i32 = 3;

impl App {
    pub(super) fn handle_mouse(&mut self, mouse: MouseEvent) -> Vec<Effect> {
        if let Some(effects) = self.surface_mouse(mouse) {
            return effects;
        }
        let position = Position { x: mouse.column, y: mouse.row };
        match (&self.dialog, mouse.kind) {
            (None, MouseEventKind::ScrollDown) => self.select_next(),
            (None, MouseEventKind::ScrollUp) => self.select_previous(),
            (None, MouseEventKind::Down(MouseButton::Left)) => {
                if let Some(view) = view::view_at(self, position) {
                    return self.show(view);
                }
                if let Some(run) = view::run_at(self, position) {
                    self.select(run);
                }
            }
            (Some(Dialog::Help { .. }), MouseEventKind::ScrollDown) => self.scroll_help(NOTCH),
            (Some(Dialog::Help { .. }), MouseEventKind::ScrollUp) => self.scroll_help(-NOTCH),
            (Some(Dialog::Question { question, .. }), MouseEventKind::Down(MouseButton::Left)) => {
                let question = *question;
                if let Some(answer) = view::answer_at(self, question, position) {
                    return self.answer(question, answer);
                }
            }
            _ => {}
        }
        Vec::new()
    }
}
