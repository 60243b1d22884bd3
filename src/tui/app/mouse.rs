//! The mouse: a click means what was drawn there, the wheel moves the selection.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::App;
use crate::board::axis::Axis;
use crate::tui::dialog::Dialog;
use crate::tui::drawn::ClickTarget;
use crate::tui::effect::Effect;
use crate::tui::keymap::Action;

/// Lines that a notch of the wheel scrolls the help.
const NOTCH: i32 = 3;

impl App {
    pub(super) fn handle_mouse(&mut self, mouse: MouseEvent) -> Vec<Effect> {
        if let MouseEventKind::Down(_) = mouse.kind {
            self.board.hint = None;
        }
        let position = Position { x: mouse.column, y: mouse.row };
        let clicked = self.drawn.at(position);
        match (&self.dialog, mouse.kind) {
            (None, MouseEventKind::ScrollDown) => return self.act(Action::SelectNext),
            (None, MouseEventKind::ScrollUp) => return self.act(Action::SelectPrevious),
            (None, MouseEventKind::Down(MouseButton::Left)) => match clicked {
                Some((_, ClickTarget::View(key))) => return self.act(Action::Show(key)),
                Some((_, ClickTarget::Run(run))) => return self.act(Action::Select(run)),
                Some((_, ClickTarget::Sentence(sentence))) => return self.act(Action::SelectSentence(sentence)),
                Some((plane, ClickTarget::Plane)) => self.views[self.shown].point(plane, position),
                Some((chart, ClickTarget::Chart(x))) => self.point_at(chart, x, position),
                Some((_, ClickTarget::Answer(_))) | None => {}
            },
            (None, MouseEventKind::Drag(MouseButton::Left)) => match clicked {
                Some((plane, ClickTarget::Plane)) => self.views[self.shown].point(plane, position),
                Some((chart, ClickTarget::Chart(x))) => self.point_at(chart, x, position),
                _ => {}
            },
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

    /// Shows the moment that somebody points at in a chart: that of the middle of a cell.
    fn point_at(&mut self, chart: Rect, x: Axis, position: Position) {
        let share = (f64::from(position.x - chart.x) + 0.5) / f64::from(chart.width);
        self.board.point_playhead(x.low + share * (x.high - x.low));
    }
}
