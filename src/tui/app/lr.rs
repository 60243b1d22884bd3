//! Changing learning rates.

use super::{App, Effect};
use crate::board::lr;
use crate::race::history::RunState;
use crate::race::protocol::{Command, RunIndex, Target};

impl App {
    pub(super) fn lr_up(&mut self) -> Vec<Effect> {
        self.climb(lr::rung_above)
    }

    pub(super) fn lr_down(&mut self) -> Vec<Effect> {
        self.climb(lr::rung_below)
    }

    /// A rung up or down the ladder. Where a schedule stands at 0 there is nothing to climb from.
    fn climb(&mut self, next: fn(f64) -> Option<f64>) -> Vec<Effect> {
        if !self.to_all && self.lr(self.selected) == 0.0 {
            let label = self.label(self.selected);
            self.say(format!(
                "{label}: its schedule stands at 0 here, and a multiple of 0 is 0; = types its full rate"
            ));
            return Vec::new();
        }
        self.change_lr(|app, run| match app.lr(run) {
            0.0 => Some(0.0),
            lr => next(lr),
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
            [run] => self.say(format!("{}: the learning rate of its spec from its next step", self.label(run))),
            _ => self.say("all runs: the learning rates of their specs from their next steps"),
        }
        for &run in &runs {
            // Which rate a schedule will have by then is not known here.
            let spec = &self.history.runs[run].info.spec;
            self.asked_lr[run] = spec.schedule.is_none().then_some(spec.lr);
        }
        runs.into_iter().map(|run| Effect::Race(Target::Run(run), Command::FirstLr)).collect()
    }

    /// Whose learning rate the keys change, and what it is.
    pub fn lr_target(&self) -> (&str, Option<f64>) {
        if let Some(surface) = self.shown_surface() {
            let walk = &surface.walks()[surface.selected()];
            return (walk.label(), Some(walk.lr()));
        }
        if self.to_all { ("all runs", None) } else { (self.label(self.selected), Some(self.lr(self.selected))) }
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
        vec![Effect::Race(Target::All, Command::SetLr { lr })]
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
        if let Some(run) = self.selected_dead().filter(|_| !self.to_all)
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
                Some(lr) if lr != self.lr(run) => {
                    self.asked_lr[run] = Some(lr);
                    effects.push(Effect::Race(Target::Run(run), Command::SetLr { lr }));
                }
                Some(_) => {}
                None => self.say(format!("{}: the ladder ends here; = types any rate", self.label(run))),
            }
        }
        if let [Effect::Race(Target::Run(run), Command::SetLr { lr })] = effects[..] {
            self.say(format!("{}: learning rate {} from its next step", self.label(run), lr::text(lr)));
        } else if !effects.is_empty() {
            self.say("all runs: new learning rates from their next step");
        }
        effects
    }

    /// Whether a run trains with the rate, or the whole schedule, of its spec.
    fn is_as_first(&self, run: RunIndex) -> bool {
        let history = &self.history.runs[run];
        match (self.asked_lr[run], &history.info.spec.schedule) {
            (Some(asked), None) => asked == history.info.spec.lr,
            (Some(_), Some(_)) => false,
            (None, None) => history.lr == history.info.spec.lr,
            (None, Some(_)) => history.lr_scale == 1.0,
        }
    }

    /// The runs that a change goes to, as far as they can take one.
    fn addressed(&self) -> Vec<RunIndex> {
        let runs = if self.to_all { 0..self.history.runs.len() } else { self.selected..self.selected + 1 };
        runs.filter(|run| self.can_change(*run)).collect()
    }

    fn none_to_change(&mut self) -> Vec<Effect> {
        let whose = if self.to_all { "every run" } else { self.label(self.selected) };
        self.say(format!("{whose} trains no further, so its learning rate stays; r begins again"));
        Vec::new()
    }

    /// A finished run may be extended and train with the new rate; a dead one may not.
    fn can_change(&self, run: RunIndex) -> bool {
        let state = &self.history.runs[run].state;
        !state.has_ended() || *state == RunState::Finished
    }
}
