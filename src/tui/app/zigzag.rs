//! Two runs side by side.

use super::{App, Effect};
use crate::race::protocol::Target;
use crate::tui::view_kind::View;
use crate::tui::zigzag::{Watched, Zigzag};

impl App {
    /// The runs side by side, and what is seen of them.
    pub fn zigzag(&self) -> &Zigzag {
        &self.zigzag
    }

    /// The selected run stays selected; once there are runs on both sides, only a person changes them.
    pub(super) fn enter_zigzag(&mut self) {
        self.zigzag.open(self.selected, &self.history);
        if !self.zigzag.sides().contains(&self.selected) {
            let label = self.label(self.selected).to_owned();
            self.say(format!("{label} is on neither side; [ ] puts another run on a side, tab chooses one"));
        }
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

    pub(super) fn toggle_shared_plane(&mut self) {
        self.zigzag.toggle_shared();
        self.say(match self.zigzag.is_shared() {
            true => "both paths on one plane and one scale",
            false => "each path on its own plane, at its own scale",
        });
        self.look_side_by_side();
    }

    /// Looks at both sides as they are now.
    pub(super) fn look_side_by_side(&mut self) {
        if self.view == View::Zigzag {
            let parameters = self.facts.architecture.parameters();
            self.needs_drawing |= self.zigzag.look(self.now, &self.history, &self.series, parameters);
        }
    }

    /// Asks for recordings of the runs that are looked at, and of no others until the end of the race: to record a step
    /// takes a tenth of the time of training it, or half of it at one sample a step.
    pub(super) fn path_recordings(&mut self) -> Vec<Effect> {
        let commands = self.zigzag.requests(Watched {
            history: &self.history,
            planned_epochs: self.facts.epochs,
            parameters: self.facts.architecture.parameters(),
            is_shown: self.view == View::Zigzag,
            selected: self.selected,
            now: self.now,
        });
        let effects = commands.into_iter().map(|(run, command)| Effect::Race(Target::Run(run), command));
        effects.collect()
    }
}
