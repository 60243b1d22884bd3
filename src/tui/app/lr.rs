//! Changing learning rates.

use super::App;
use crate::board::lr;
use crate::race::history::RunState;
use crate::race::protocol::{Command, RunIndex, Target};
use crate::tui::effect::Effect;

impl App {
    /// A rung up or down the ladder. Where a schedule is at 0 there is nothing to climb from.
    pub(super) fn climb(&mut self, up: bool) -> Vec<Effect> {
        if !self.board.to_all && self.board.lr(self.board.selected) == 0.0 {
            let label = self.board.label(self.board.selected);
            self.board.say(format!(
                "{label}: its schedule stands at 0 here, and a multiple of 0 is 0; = types its full rate"
            ));
            return Vec::new();
        }
        self.change_lr(|app, run| match app.board.lr(run) {
            0.0 => Some(0.0),
            lr => app.board.ladders[run].climb(lr, up),
        })
    }

    pub(super) fn first_lr(&mut self) -> Vec<Effect> {
        let mut runs = self.addressed();
        if runs.is_empty() {
            return self.none_to_change();
        }
        runs.retain(|run| !self.is_as_first(*run));
        match runs[..] {
            [] => {}
            [run] => {
                self.board.say(format!("{}: the learning rate of its spec from its next step", self.board.label(run)))
            }
            _ => self.board.say("all runs: the learning rates of their specs from their next steps"),
        }
        for &run in &runs {
            // Which rate a schedule will have by then is not known here.
            let spec = &self.board.history.runs[run].info.spec;
            self.board.asked_lr[run] = spec.schedule.is_none().then_some(spec.lr);
        }
        runs.into_iter().map(|run| Effect::Race(Target::Run(run), Command::FirstLr)).collect()
    }

    /// Sets what was typed.
    pub(super) fn set_lr(&mut self, lr: f64) -> Vec<Effect> {
        if !self.board.to_all {
            return self.change_lr(|_, _| Some(lr));
        }
        let living: Vec<RunIndex> = (0..self.board.history.runs.len()).filter(|run| self.can_change(*run)).collect();
        if living.is_empty() {
            self.board.say("no run is left that could train with it");
            return Vec::new();
        }
        living.into_iter().for_each(|run| self.board.asked_lr[run] = Some(lr));
        self.board.say(format!("all runs: learning rate {} from their next step", lr::text(lr)));
        vec![Effect::Race(Target::All, Command::SetLr { lr })]
    }

    pub(super) fn toggle_all(&mut self) {
        self.board.to_all = !self.board.to_all;
        self.board.say(match self.board.to_all {
            true => "changes of learning rate now go to all runs, each from its own rate".to_owned(),
            false => format!("changes of learning rate now go to {} alone", self.board.label(self.board.selected)),
        });
    }

    /// Changes the rate of the selected run, or of all, to what `new_lr` says for each.
    fn change_lr(&mut self, mut new_lr: impl FnMut(&mut Self, RunIndex) -> Option<f64>) -> Vec<Effect> {
        if let Some(run) = self.selected_dead().filter(|_| !self.board.to_all)
            && let Some(lr) = new_lr(self, run)
        {
            return self.ask_again(run, Some(lr));
        }
        let living = self.addressed();
        if living.is_empty() {
            return self.none_to_change();
        }
        let mut effects = Vec::new();
        for run in living {
            match new_lr(self, run) {
                Some(lr) if lr != self.board.lr(run) => {
                    self.board.asked_lr[run] = Some(lr);
                    effects.push(Effect::Race(Target::Run(run), Command::SetLr { lr }));
                }
                Some(_) => {}
                None => self.board.say(format!("{}: the ladder ends here; = types any rate", self.board.label(run))),
            }
        }
        if let [Effect::Race(Target::Run(run), Command::SetLr { lr })] = effects[..] {
            self.board.say(format!("{}: learning rate {} from its next step", self.board.label(run), lr::text(lr)));
        } else if !effects.is_empty() {
            self.board.say("all runs: new learning rates from their next step");
        }
        effects
    }

    /// Whether a run trains with the rate, or the whole schedule, of its spec.
    fn is_as_first(&self, run: RunIndex) -> bool {
        let history = &self.board.history.runs[run];
        match (self.board.asked_lr[run], &history.info.spec.schedule) {
            (Some(asked), None) => asked == history.info.spec.lr,
            (Some(_), Some(_)) => false,
            (None, None) => history.lr == history.info.spec.lr,
            (None, Some(_)) => history.lr_scale == 1.0,
        }
    }

    /// The runs that a change goes to, as far as they can take one.
    fn addressed(&self) -> Vec<RunIndex> {
        let runs = if self.board.to_all {
            0..self.board.history.runs.len()
        } else {
            self.board.selected..self.board.selected + 1
        };
        runs.filter(|run| self.can_change(*run)).collect()
    }

    fn none_to_change(&mut self) -> Vec<Effect> {
        let whose = if self.board.to_all { "every run" } else { self.board.label(self.board.selected) };
        self.board.say(format!("{whose} trains no further, so its learning rate stays; r begins again"));
        Vec::new()
    }

    /// A finished run may be extended and train with the new rate; a dead one may not.
    fn can_change(&self, run: RunIndex) -> bool {
        let state = &self.board.history.runs[run].state;
        !state.has_ended() || *state == RunState::Finished
    }
}
