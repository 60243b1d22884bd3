//! Beginning a run again that died, while the others go on.

use super::App;
use crate::board::lr;
use crate::race::protocol::{Command, RunIndex, Target};
use crate::tui::dialog::{Answer, Dialog, Question};
use crate::tui::effect::Effect;

impl App {
    /// The selected run, if it died and could begin again by itself.
    pub(super) fn selected_dead(&self) -> Option<RunIndex> {
        Some(self.board.selected).filter(|run| self.board.history.runs[*run].state.has_died())
    }

    /// Asks whether a run that died should begin again: with this learning rate, or with its first.
    pub(super) fn ask_again(&mut self, run: RunIndex, lr: Option<f64>) -> Vec<Effect> {
        self.dialog = Some(Dialog::Question { question: Question::RunAgain { run, lr }, focus: 0 });
        Vec::new()
    }

    pub(super) fn answer_again(&mut self, run: RunIndex, lr: Option<f64>, answer: Answer) -> Vec<Effect> {
        match answer {
            Answer::Do => self.begin_again(run, lr),
            Answer::Lower => self.begin_again(run, Some(self.board.lr(run) / 10.0)),
            Answer::All => self.ask_restart_all(),
            Answer::WriteFirst | Answer::Stay => Vec::new(),
        }
    }

    fn begin_again(&mut self, run: RunIndex, lr: Option<f64>) -> Vec<Effect> {
        let rate = lr.map_or_else(|| "its first learning rate".to_owned(), |lr| format!("lr {}", lr::text(lr)));
        self.board.say(format!("{} begins again, with {rate}; the others go on", self.board.label(run)));
        self.board.asked_lr[run] = None;
        // A race that ended while it was stepped through goes on running.
        let resumes = self.board.history.has_ended() && std::mem::take(&mut self.board.pause_asked);
        let resume = resumes.then_some(Effect::Race(Target::All, Command::Resume));
        std::iter::once(Effect::Race(Target::Run(run), Command::Restart { lr })).chain(resume).collect()
    }
}
