//! The mouse: a click on the surface puts the start there, one on a line of the table selects the run, the wheel
//! moves the selection.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::{Reaction, SurfaceView};
use crate::tui::dialog::Dialog;
use crate::tui::view;

/// Lines that a notch of the wheel scrolls the help.
const NOTCH: i32 = 3;

impl SurfaceView {
    /// Takes in what the mouse did; `area` is where the view is drawn.
    pub fn handle_mouse(&mut self, mouse: MouseEvent, area: Rect) -> Reaction {
        let position = Position { x: mouse.column, y: mouse.row };
        match (&self.dialog, mouse.kind) {
            (None, MouseEventKind::ScrollDown) => self.select_next(),
            (None, MouseEventKind::ScrollUp) => self.select_previous(),
            (None, MouseEventKind::Down(MouseButton::Left) | MouseEventKind::Drag(MouseButton::Left)) => {
                if let Some(point) = view::surface::point_at(self, area, position) {
                    self.move_start(point);
                } else if let Some(run) = view::surface::run_at(self, area, position) {
                    self.selected = run;
                }
            }
            (Some(Dialog::Help { .. }), MouseEventKind::ScrollDown) => self.scroll_help(NOTCH, area),
            (Some(Dialog::Help { .. }), MouseEventKind::ScrollUp) => self.scroll_help(-NOTCH, area),
            _ => return Reaction::Ignored,
        }
        self.needs_drawing = true;
        Reaction::Taken
    }
}
