//! Two runs side by side: the chosen side is the selected run.

use super::{App, Effect};
use crate::race::protocol::{Command, RunIndex, Target};
use crate::tui::view_kind::View;
use crate::tui::zigzag::Zigzag;

impl App {
    /// The runs side by side, and what is seen of them.
    pub fn zigzag(&self) -> &Zigzag {
        &self.zigzag
    }

    /// The selected run's side is chosen; a run that is on neither gives way to the one that is.
    pub(super) fn enter_zigzag(&mut self) {
        self.zigzag.choose(self.selected);
        self.select_chosen_side();
        self.look_side_by_side();
    }

    fn select_chosen_side(&mut self) {
        self.selected = self.zigzag.chosen_run().unwrap_or(self.selected);
    }

    pub(super) fn next_side(&mut self) {
        self.zigzag.next_side();
        self.select_chosen_side();
    }

    pub(super) fn change_side(&mut self, forward: bool) {
        if !self.zigzag.change_run(self.history.runs.len(), forward) {
            self.say("every run of this race is already on a side");
        }
        self.select_chosen_side();
        self.look_side_by_side();
    }

    pub(super) fn fewer_steps(&mut self) {
        let has_changed = self.zigzag.fewer_steps();
        self.say_steps(has_changed, "no fewer");
    }

    pub(super) fn more_steps(&mut self) {
        let has_changed = self.zigzag.more_steps();
        self.say_steps(has_changed, "no more");
    }

    fn say_steps(&mut self, has_changed: bool, end: &str) {
        let steps = self.zigzag.steps();
        self.say(match has_changed {
            true => format!("the last {steps} steps of each run"),
            false => format!("the last {steps} steps of each run: {end} can be shown"),
        });
        self.look_side_by_side();
    }

    /// Looks at both sides as they are now.
    pub(super) fn look_side_by_side(&mut self) {
        if self.view == View::Zigzag {
            self.needs_drawing |= self.zigzag.look(self.now, &self.history, &self.series);
        }
    }

    /// Asks for sketches of the runs that are looked at, and of no others: to sketch a step takes a tenth of the time
    /// of training it, or half of it at one sample a step.
    pub(super) fn sketch_requests(&mut self) -> Vec<Effect> {
        let is_shown = self.view == View::Zigzag;
        let wanted = (0..self.history.runs.len())
            .map(|run| self.zigzag.wants_sketches(run, &self.history, self.facts.epochs, is_shown));
        let asked = self.sketching.iter_mut().zip(wanted).enumerate();
        let changes = asked.filter(|(_, (asked, wanted))| **asked != *wanted);
        let request = |(run, (asked, on)): (RunIndex, (&mut bool, bool))| {
            *asked = on;
            Effect::Race(Target::Run(run), Command::Sketch { on })
        };
        let changes: Vec<(RunIndex, (&mut bool, bool))> = changes.collect();
        changes.into_iter().map(request).collect()
    }
}
