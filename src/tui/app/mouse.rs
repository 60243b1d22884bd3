//! The mouse: a click means what was drawn there, the wheel moves the selection.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::App;
use crate::tui::dialog::Dialog;
use crate::tui::drawn::ClickTarget;
use crate::tui::effect::Effect;
use crate::tui::keymap::Action;

/// Lines that a notch of the wheel scrolls the help.
const NOTCH: i32 = 3;

impl App {
    pub(super) fn handle_mouse(&mut self, mouse: MouseEvent) -> Vec<Effect> {
        let position = Position { x: mouse.column, y: mouse.row };
        let clicked = self.drawn.at(position);
        match (&self.dialog, mouse.kind) {
            (None, MouseEventKind::ScrollDown) => return self.act(Action::SelectNext),
            (None, MouseEventKind::ScrollUp) => return self.act(Action::SelectPrevious),
            (None, MouseEventKind::Down(MouseButton::Left)) => match clicked {
                Some((_, ClickTarget::View(key))) => return self.act(Action::Show(key)),
                Some((_, ClickTarget::Run(run))) => return self.act(Action::Select(run)),
                Some((plane, ClickTarget::Plane)) => self.views[self.shown].point(plane, position),
                Some((_, ClickTarget::Answer(_))) | None => {}
            },
            (None, MouseEventKind::Drag(MouseButton::Left)) => {
                if let Some((plane, ClickTarget::Plane)) = clicked {
                    self.views[self.shown].point(plane, position);
                }
            }
            (Some(Dialog::Help { .. }), MouseEventKind::ScrollDown) => self.scroll_help(NOTCH),
            (Some(Dialog::Help { .. }), MouseEventKind::ScrollUp) => self.scroll_help(-NOTCH),
            (Some(Dialog::Question { question, .. }), MouseEventKind::Down(MouseButton::Left)) => {
                if let Some((_, ClickTarget::Answer(answer))) = clicked {
                    return self.answer(*question, answer);
                }
            }
            _ => {}
        }
        Vec::new()
    }
}
