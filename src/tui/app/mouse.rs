//! The mouse: a click means what was drawn there, the wheel moves the selection.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::{App, Effect};
use crate::tui::dialog::Dialog;
use crate::tui::drawn::Target;
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
                Some((_, Target::View(view))) => return self.show(view),
                Some((_, Target::Run(run))) => self.select(run),
                Some((plane, Target::Plane)) => self.move_start(plane, position),
                Some((_, Target::Answer(_))) | None => {}
            },
            (None, MouseEventKind::Drag(MouseButton::Left)) => {
                if let Some((plane, Target::Plane)) = clicked {
                    self.move_start(plane, position);
                }
            }
            (Some(Dialog::Help { .. }), MouseEventKind::ScrollDown) => self.scroll_help(NOTCH),
            (Some(Dialog::Help { .. }), MouseEventKind::ScrollUp) => self.scroll_help(-NOTCH),
            (Some(Dialog::Question { question, .. }), MouseEventKind::Down(MouseButton::Left)) => {
                if let Some((_, Target::Answer(answer))) = clicked {
                    return self.answer(*question, answer);
                }
            }
            _ => {}
        }
        Vec::new()
    }

    fn move_start(&mut self, plane: Rect, position: Position) {
        if let Some(surface) = self.shown_surface_mut() {
            surface.point(plane, position);
        }
    }
}
