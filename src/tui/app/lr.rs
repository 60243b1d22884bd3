//! Changing learning rates.

use super::{App, Effect};
use crate::race::history::RunState;
use crate::race::protocol::{Command, RunIndex};
use crate::tui::dialog::{Dialog, LrInput};
use crate::tui::lr;

impl App {
    pub(super) fn lr_up(&mut self) -> Vec<Effect> {
        self.change_lr(|app, run| lr::rung_above(app.lr(run)))
    }

    pub(super) fn lr_down(&mut self) -> Vec<Effect> {
        self.change_lr(|app, run| lr::rung_below(app.lr(run)))
    }

    pub(super) fn first_lr(&mut self) -> Vec<Effect> {
        self.change_lr(|app, run| Some(app.history.runs[run].info.spec.lr))
    }

    pub(super) fn type_lr(&mut self) -> Vec<Effect> {
        self.dialog = Some(Dialog::Lr(LrInput::default()));
        Vec::new()
    }

    /// Sets what was typed.
    pub(super) fn set_lr(&mut self, lr: f64) -> Vec<Effect> {
        if !self.to_all {
            return self.change_lr(|_, _| Some(lr));
        }
        let living: Vec<RunIndex> = (0..self.history.runs.len()).filter(|run| self.can_change(*run)).collect();
        if living.is_empty() {
            self.say("no run is left that could train with it");
            return Vec::new();
        }
        living.into_iter().for_each(|run| self.asked_lr[run] = Some(lr));
        self.say(format!("all runs: learning rate {} from their next step", lr::text(lr)));
        vec![Effect::Race(Command::SetLrAll { lr })]
    }

    pub(super) fn toggle_all(&mut self) {
        self.to_all = !self.to_all;
        self.say(match self.to_all {
            true => "changes of learning rate now go to all runs, each from its own rate".to_owned(),
            false => format!("changes of learning rate now go to {} alone", self.label(self.selected)),
        });
    }

    /// Changes the rate of the selected run, or of all, to what `new_lr` says for each.
    fn change_lr(&mut self, new_lr: impl Fn(&Self, RunIndex) -> Option<f64>) -> Vec<Effect> {
        let runs = if self.to_all { 0..self.history.runs.len() } else { self.selected..self.selected + 1 };
        let living: Vec<RunIndex> = runs.filter(|run| self.can_change(*run)).collect();
        if living.is_empty() {
            let whose = if self.to_all { "every run" } else { self.label(self.selected) };
            self.say(format!("{whose} trains no further, so its learning rate stays; r restarts the race"));
            return Vec::new();
        }
        let mut effects = Vec::new();
        for run in living {
            match new_lr(self, run) {
                Some(lr) if lr != self.lr(run) => {
                    self.asked_lr[run] = Some(lr);
                    effects.push(Effect::Race(Command::SetLr { run, lr }));
                }
                Some(_) => {}
                None => self.say(format!("{}: the ladder ends here; = types any rate", self.label(run))),
            }
        }
        if let [Effect::Race(Command::SetLr { run, lr })] = effects[..] {
            self.say(format!("{}: learning rate {} from its next step", self.label(run), lr::text(lr)));
        } else if !effects.is_empty() {
            self.say("all runs: new learning rates from their next step");
        }
        effects
    }

    /// A finished run may be extended and train with the new rate; a dead one may not.
    fn can_change(&self, run: RunIndex) -> bool {
        let state = &self.history.runs[run].state;
        !state.has_ended() || *state == RunState::Finished
    }
}
