//! Time: how fast the race goes, keys that move the playhead, and what other keys mean while it is in the past.

use super::App;
use crate::race::protocol::{Command, Target};
use crate::tui::effect::Effect;
use crate::tui::keymap::Action;

impl App {
    /// Does what moves the playhead, or means something else while a moment of the past is shown.
    pub(super) fn act_in_time(&mut self, action: Action) -> Option<Vec<Effect>> {
        if !self.view().is_of_race() {
            return None;
        }
        let board = &mut self.board;
        let is_back = board.playhead.is_back();
        match action {
            Action::Faster | Action::Slower => {
                board.change_speed(action == Action::Faster);
                let samples_per_second = board.pace.speed;
                return Some(vec![Effect::Race(Target::All, Command::Speed { samples_per_second })]);
            }
            Action::StepBack => {
                if !board.step_playhead(false) {
                    board.say("this is where the selected run began");
                }
            }
            Action::Step if is_back => {
                board.step_playhead(true);
            }
            Action::PageBack => board.page_playhead(false),
            Action::PageForward => board.page_playhead(true),
            Action::ShowStart => board.put_playhead(Some(0)),
            Action::ShowNewest => board.put_playhead(None),
            Action::TogglePause if is_back => board.toggle_playing(),
            _ if is_back && action.changes_lr() => {
                board.say("learning rates change at the newest moment only; End goes there");
            }
            _ => return None,
        }
        if is_back && !self.board.playhead.is_back() {
            self.board.say("the newest moment of the race");
        }
        Some(Vec::new())
    }
}
