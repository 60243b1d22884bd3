//! What happens in the race, and what is asked of it.

use super::App;
use crate::board::lr;
use crate::board::playhead::Playhead;
use crate::board::status::{Status, Tone};
use crate::race::history::RunState;
use crate::race::protocol::{Command, Event, EventKind, Target};
use crate::text::grouped;
use crate::tui::dialog::{Dialog, Question};
use crate::tui::effect::Effect;

/// How many epochs a race is extended by.
const MORE_EPOCHS: u32 = 5;

impl App {
    pub(super) fn handle_race(&mut self, event: Event) -> Vec<Effect> {
        let had_ended = self.board.history.has_ended();
        let generation = self.board.history.generation;
        let is_current = event.generation >= generation && event.run < self.board.history.runs.len();
        let report = if is_current { self.report(&event) } else { None };
        self.board.history.apply(event);
        if self.board.history.generation != generation {
            self.forget_requests();
            self.board.playhead = Playhead::default();
            self.board.pause_asked = self.board.pace.paused;
        }
        if let Some(report) = report {
            self.board.status = Some(report);
        }
        if self.board.history.has_ended() && !had_ended { self.race_ended() } else { Vec::new() }
    }

    /// What an event says to the person at the screen. Has to be asked before the history takes the event in.
    fn report(&mut self, event: &Event) -> Option<Status> {
        let run = event.run;
        let label = self.board.label(run).to_owned();
        let (text, tone) = match &event.kind {
            EventKind::LrChanged { step, lr, scale, .. } => {
                if self.board.asked_lr[run].is_some_and(|asked| (asked - lr).abs() <= 1e-6 * lr.abs()) {
                    self.board.asked_lr[run] = None;
                }
                self.lr_changes += 1;
                let history = &self.board.history.runs[run];
                let schedule = history.info.spec.schedule.as_ref();
                let before = if schedule.is_some() { lr::short(history.lr) } else { lr::text(history.lr) };
                let rest = schedule.map_or_else(String::new, |schedule| {
                    format!("; the rest of its {} schedule × {}", schedule.family.name, lr::short(*scale))
                });
                let change = format!("lr {before} → {} from step {step}{rest}", lr::text(*lr));
                let others = match self.lr_changes {
                    1 => String::new(),
                    count => format!(" ({} others changed, too)", count - 1),
                };
                (format!("{label}: {change}{others}"), Tone::Passing)
            }
            EventKind::Diverged { step, why, .. } => {
                let diverged = format!("{label} diverged at step {step}");
                let text = match why {
                    Some(why) => format!("{diverged}: {why}. r restarts it"),
                    None => format!(
                        "{diverged}: a number was no longer finite. r restarts it, perhaps with a lower learning rate"
                    ),
                };
                (text, Tone::Lasting)
            }
            // The race may pause by itself, where it was told to.
            EventKind::Paused { samples, .. } => {
                if std::mem::replace(&mut self.board.pause_asked, true) {
                    return None;
                }
                (format!("paused at {} samples, as planned; space goes on", grouped(*samples)), Tone::Lasting)
            }
            EventKind::Resumed { .. } => {
                self.board.pause_asked = false;
                return None;
            }
            EventKind::Failed { message } => (format!("{label} failed: {message}. r restarts it"), Tone::Error),
            _ => return None,
        };
        Some(Status::new(text, tone, self.board.now))
    }

    fn forget_requests(&mut self) {
        self.board.asked_epochs = 0;
        self.board.asked_lr.iter_mut().for_each(|asked| *asked = None);
        self.board.throughput.reset();
    }

    fn race_ended(&mut self) -> Vec<Effect> {
        let all_died = !self.board.history.runs.iter().any(|run| run.state == RunState::Finished);
        let text = if all_died {
            "The race has ended: no run is left. r restarts one or all, w writes what was measured"
        } else {
            "The race has ended. w writes the results, e trains five more epochs, r restarts"
        };
        self.board.say_in(Tone::Lasting, text);
        // A folder that was named on the command line is where the results are expected.
        if self.saving.has_chosen_folder() { self.save() } else { Vec::new() }
    }

    pub(super) fn toggle_pause(&mut self) -> Vec<Effect> {
        if self.board.history.has_ended() {
            self.board.say("the race has ended: e trains five more epochs, r restarts it");
            return Vec::new();
        }
        self.board.pause_asked = !self.board.pause_asked;
        self.board.throughput.reset();
        vec![Effect::Race(Target::All, if self.board.pause_asked { Command::Pause } else { Command::Resume })]
    }

    pub(super) fn step(&mut self) -> Vec<Effect> {
        if self.board.is_paused() && !self.board.history.runs[self.board.selected].state.has_ended() {
            return vec![Effect::Race(Target::Run(self.board.selected), Command::Step)];
        }
        if self.board.is_paused() {
            let label = self.board.label(self.board.selected).to_owned();
            self.board.say(format!("{label} has ended: there is no next step of it; ↑ ↓ choose another run"));
            return Vec::new();
        }
        self.board.say(match (self.board.history.has_ended(), self.board.pause_asked) {
            (true, _) => "the race has ended: a comma looks one step back, e trains five more epochs",
            (false, true) => "still pausing: some run has not stopped yet",
            (false, false) => "space pauses first; then . does one step",
        });
        Vec::new()
    }

    pub(super) fn extend(&mut self) -> Vec<Effect> {
        let can_train = |state: &RunState| !state.has_ended() || *state == RunState::Finished;
        if !self.board.history.runs.iter().any(|run| can_train(&run.state)) {
            self.board.say("no run is left that could train further; r restarts the race");
            return Vec::new();
        }
        let is_scheduled = self.board.history.runs.iter().any(|run| run.info.spec.schedule.is_some());
        let schedules =
            if is_scheduled { "; schedules stay as long as they were planned, and go on from there" } else { "" };
        // What was asked for and is not confirmed yet counts, too.
        let epochs = self.board.asked_epochs.max(self.board.history.epochs) + MORE_EPOCHS;
        self.board.asked_epochs = epochs;
        self.board.say(format!("{MORE_EPOCHS} more epochs: {epochs} in all{schedules}"));
        // A race that ended while it was stepped through goes on running.
        let resumes = self.board.history.has_ended() && std::mem::take(&mut self.board.pause_asked);
        let resume = resumes.then_some(Effect::Race(Target::All, Command::Resume));
        std::iter::once(Effect::Race(Target::All, Command::Extend { epochs: MORE_EPOCHS })).chain(resume).collect()
    }

    /// A run that died begins again by itself; otherwise the race does.
    pub(super) fn ask_restart(&mut self) -> Vec<Effect> {
        match self.selected_dead() {
            Some(run) => self.ask_again(run, None),
            None => self.ask_restart_all(),
        }
    }

    pub(super) fn ask_restart_all(&mut self) -> Vec<Effect> {
        if self.board.is_preparing() || !self.has_unsaved() {
            return self.restart();
        }
        self.dialog = Some(Dialog::Question { question: Question::Restart, focus: 0 });
        Vec::new()
    }

    pub(super) fn restart(&mut self) -> Vec<Effect> {
        self.board.say("restarted: the same initial weights, the same samples, each run's first learning rate");
        // A race that was paused runs when it begins again, unless it began paused.
        self.board.pause_asked = self.board.pace.paused;
        vec![Effect::Race(Target::All, Command::Restart { lr: None })]
    }
}
