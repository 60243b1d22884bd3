//! One limit, in samples, moves a race: a run may begin a step while the samples that it has seen are below the limit.
//!
//! - While the race goes on, the limit is [`WINDOW_SAMPLES`] ahead of the slowest run.
//! - A pause lets every step end that has begun, and puts the limit to the most samples that any run has seen then: the
//!   others train up to it, so that all are at the same samples, as near as their minibatches allow.
//! - A step by hand puts it to the end of the chosen run's next step.
//!
//! Runs that are furthest behind train first, and no more at the same time than there are threads for.

use std::collections::VecDeque;

use crate::race::protocol::{Command, RunIndex, Target};

/// A run may be at most about this many samples ahead of the slowest.
pub const WINDOW_SAMPLES: u64 = 8192;

/// How many samples a run trains on, about, before it asks again.
pub const GRANT_SAMPLES: u64 = 2048;

/// What a run is to do next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Grant {
    /// Carry out a command that was sent to it.
    Obey(Target, Command),
    /// Report that it is paused.
    Pause,
    /// Report that it goes on.
    Resume,
    /// Train at least one step, and on while the samples seen are below this number.
    Train {
        /// The number.
        until: u64,
    },
}

/// How far a run is, as it reports when it asks for its next grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How often it knows the race to have been restarted.
    pub generation: u32,
    /// Samples seen.
    pub samples: u64,
    /// What it can do.
    pub ability: Ability,
}

/// What a run can do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ability {
    /// It has to be evaluated before its first step; no limit holds it back from that.
    Begin,
    /// It can train.
    Train,
    /// It has ended; the others need not wait for it.
    Nothing,
}

/// All runs of a race, and the limit.
pub(super) struct Slots {
    runs: Vec<RunSlot>,
    threads: usize,
    generation: u32,
    pause: Pause,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pause {
    No,
    /// Steps that have begun come to their end first.
    Coming,
    /// With this limit.
    At(u64),
}

/// What is known of a run.
struct RunSlot {
    samples: u64,
    ability: Ability,
    /// Where the slowest of the others was when this run was begun again by itself, in samples, until it has caught up.
    head_start: u64,
    is_training: bool,
    reported: Reported,
    inbox: VecDeque<(Target, Command)>,
}

/// What a run has reported of a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reported {
    /// It goes on.
    Running,
    /// It was paused, and now trains up to a limit that was raised.
    Stepping,
    /// It is paused.
    Paused,
}

impl RunSlot {
    fn new(head_start: u64) -> Self {
        Self {
            samples: 0,
            ability: Ability::Begin,
            head_start,
            is_training: false,
            reported: Reported::Running,
            inbox: VecDeque::new(),
        }
    }

    /// It begins again; what it was asked to do before it has still to do.
    fn begin_again(&mut self, head_start: u64) {
        let Self { is_training, .. } = *self;
        *self = Self { is_training, inbox: std::mem::take(&mut self.inbox), ..Self::new(head_start) };
    }

    /// Its place among the others: at its samples; if it was begun again by itself, where the slowest of them
    /// was, and on by half of what it trains, so that the others go on and it still catches up.
    fn place(&self) -> u64 {
        self.samples.max(self.head_start + self.samples / 2)
    }

    fn has_ended(&self) -> bool {
        self.ability == Ability::Nothing
    }
}

impl Slots {
    pub(super) fn new(runs: usize, threads: usize) -> Self {
        Self { runs: (0..runs).map(|_| RunSlot::new(0)).collect(), threads, generation: 0, pause: Pause::No }
    }

    /// A pause, and its end, are carried out here; all other commands by the runs. A race that is restarted trains.
    pub(super) fn send(&mut self, target: Target, command: Command) {
        match (command, target) {
            (Command::Pause, _) if self.pause == Pause::No => {
                self.pause = Pause::Coming;
                self.settle();
                return;
            }
            (Command::Pause, _) => return,
            (Command::Resume, _) => return self.pause = Pause::No,
            (Command::Restart { .. }, Target::All) => {
                self.generation += 1;
                self.pause = Pause::No;
                self.runs.iter_mut().for_each(|run| run.begin_again(0));
            }
            _ => {}
        }
        // A step is one run's; where all are named, that of the first that has a next one.
        let target = match self.runs.iter().position(|run| !run.has_ended()) {
            Some(first) if (command, target) == (Command::Step, Target::All) => Target::Run(first),
            _ => target,
        };
        let named = self.runs.iter_mut().enumerate().filter(|(index, _)| target.names(*index));
        named.for_each(|(_, run)| run.inbox.push_back((target, command)));
    }

    /// Whether a command waits for the run.
    pub(super) fn has_command(&self, run: RunIndex) -> bool {
        !self.runs[run].inbox.is_empty()
    }

    /// A run begins again by itself.
    pub(super) fn begin_again(&mut self, run: RunIndex) {
        let slowest = self.slowest(|other| other != run).unwrap_or(0);
        self.runs[run].begin_again(slowest);
    }

    /// Raises the limit of a paused race to so many samples. One that goes on has its own limit.
    pub(super) fn step_to(&mut self, samples: u64) {
        if let Pause::At(limit) = &mut self.pause {
            *limit = samples.max(*limit);
        }
    }

    /// Fixes the limit of a pause that was coming, once no step is under way.
    fn settle(&mut self) {
        if self.pause == Pause::Coming && self.runs.iter().all(|run| !run.is_training) {
            let racing = self.runs.iter().filter(|run| !run.has_ended());
            self.pause = Pause::At(racing.map(|run| run.samples).max().unwrap_or(0));
        }
    }

    /// Takes in what a run reports.
    pub(super) fn report(&mut self, run: RunIndex, standing: Standing) {
        let slowest = self.slowest(|other| other != run);
        let own = &mut self.runs[run];
        own.is_training = false;
        // A run that has not yet heard of a restart speaks of samples that no longer count.
        if standing.generation == self.generation {
            let goes_on = own.has_ended() && standing.ability != Ability::Nothing;
            if goes_on && own.reported == Reported::Paused {
                // It was extended while the race is paused, and has to report that again.
                own.reported = Reported::Stepping;
            }
            (own.samples, own.ability) = (standing.samples, standing.ability);
            if slowest.is_none_or(|slowest| own.samples >= slowest) {
                own.head_start = 0;
            }
        }
        self.settle();
    }

    /// The place of the slowest of those that have not ended.
    fn slowest(&self, counts: impl Fn(RunIndex) -> bool) -> Option<u64> {
        let those = self.runs.iter().enumerate().filter(|(index, run)| !run.has_ended() && counts(*index));
        those.map(|(_, run)| run.place()).min()
    }

    /// A run may begin a step while the samples it has seen are below this; none may while a pause is coming.
    pub(super) fn limit(&self) -> u64 {
        match self.pause {
            Pause::No => self.slowest(|_| true).unwrap_or(0) + WINDOW_SAMPLES,
            Pause::Coming => 0,
            Pause::At(limit) => limit,
        }
    }

    fn is_below(&self, limit: u64, run: &RunSlot) -> bool {
        match run.ability {
            Ability::Begin => true,
            // One that catches up has its place between the others.
            Ability::Train if self.pause == Pause::No => run.place() < limit,
            Ability::Train => run.samples < limit,
            Ability::Nothing => false,
        }
    }

    fn may_train(&self, run: RunIndex, limit: u64) -> bool {
        let training = self.runs.iter().filter(|run| run.is_training).count();
        let own = &self.runs[run];
        if own.is_training || training >= self.threads || !self.is_below(limit, own) {
            return false;
        }
        // Of those that wait, those furthest behind take what threads are free.
        let ahead_in_line = self.runs.iter().enumerate().filter(|(index, other)| {
            let waits = !other.is_training && self.is_below(limit, other);
            waits && (other.place(), *index) < (own.place(), run)
        });
        ahead_in_line.count() < self.threads - training
    }

    /// What the run may do now. Commands come before training; a step by hand waits until the one before has been done.
    pub(super) fn next_grant(&self, run: RunIndex, limit: u64) -> Option<Grant> {
        let own = &self.runs[run];
        let is_below = self.is_below(limit, own);
        let waits = self.pause == Pause::Coming || (self.pause != Pause::No && is_below);
        match own.inbox.front() {
            Some((_, Command::Step)) if waits => {}
            Some(&(target, command)) => return Some(Grant::Obey(target, command)),
            None => {}
        }
        match (self.pause, own.reported) {
            (Pause::No, Reported::Running) | (Pause::Coming, _) | (Pause::At(_), Reported::Paused) => {}
            (Pause::No, _) => return Some(Grant::Resume),
            (Pause::At(_), _) if is_below => {}
            (Pause::At(_), _) => return Some(Grant::Pause),
        }
        self.may_train(run, limit).then(|| Grant::Train { until: limit.min(own.samples + GRANT_SAMPLES) })
    }

    /// Hands out what the run may do now.
    pub(super) fn grant(&mut self, run: RunIndex) -> Option<Grant> {
        let grant = self.next_grant(run, self.limit())?;
        let own = &mut self.runs[run];
        match grant {
            Grant::Obey(..) => drop(own.inbox.pop_front()),
            Grant::Pause => own.reported = Reported::Paused,
            Grant::Resume => own.reported = Reported::Running,
            Grant::Train { .. } => {
                own.is_training = true;
                if own.reported == Reported::Paused {
                    own.reported = Reported::Stepping;
                }
            }
        }
        Some(grant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(samples: u64) -> Standing {
        Standing { generation: 0, samples, ability: Ability::Train }
    }

    fn slots(samples: &[u64], threads: usize) -> Slots {
        let mut slots = Slots::new(samples.len(), threads);
        samples.iter().enumerate().for_each(|(run, &samples)| slots.report(run, at(samples)));
        slots
    }

    fn may_train(slots: &Slots) -> Vec<RunIndex> {
        (0..slots.runs.len()).filter(|&run| slots.may_train(run, slots.limit())).collect()
    }

    /// Hands out grants until every run waits, and has them carried out in steps of these minibatches; where they are.
    fn settled(slots: &mut Slots, batches: &[u64]) -> Vec<u64> {
        while (0..batches.len()).any(|run| slots.next_grant(run, slots.limit()).is_some()) {
            for (run, batch) in batches.iter().enumerate() {
                let Some(grant) = slots.grant(run) else { continue };
                let mut samples = slots.runs[run].samples;
                match grant {
                    Grant::Train { until } => samples = until.max(samples + 1).div_ceil(*batch) * batch,
                    Grant::Obey(_, Command::Step) => slots.step_to(samples + batch),
                    _ => {}
                }
                slots.report(run, at(samples));
            }
        }
        slots.runs.iter().map(|run| run.samples).collect()
    }

    fn all_are(slots: &Slots, reported: Reported) -> bool {
        slots.runs.iter().all(|run| run.reported == reported)
    }

    #[test]
    fn those_furthest_behind_take_the_free_threads() {
        let mut slots = slots(&[300, 100, 200, 100], 2);
        assert_eq!(may_train(&slots), [1, 3]);
        slots.runs[1].is_training = true;
        assert_eq!(may_train(&slots), [3]);
        slots.runs[3].is_training = true;
        assert!(may_train(&slots).is_empty());
    }

    #[test]
    fn a_run_too_far_ahead_waits_even_if_a_thread_is_free() {
        let mut slots = slots(&[0, WINDOW_SAMPLES - 1, WINDOW_SAMPLES], 8);
        assert_eq!(may_train(&slots), [0, 1]);
        slots.runs[0].ability = Ability::Nothing;
        assert_eq!(may_train(&slots), [1, 2], "one that has ended is not waited for");
    }

    #[test]
    fn paused_runs_stand_at_the_same_samples_as_near_as_their_minibatches_allow() {
        let batches = [1, 32, 50, 512];
        let mut slots = slots(&[700, 704, 0, 512], 2);
        // A step is under way when the pause comes: its end counts.
        slots.runs[1].is_training = true;
        slots.send(Target::All, Command::Pause);
        assert_eq!(slots.grant(0), None, "nobody begins a step before");
        slots.report(1, at(736));
        assert_eq!(settled(&mut slots, &batches), [736, 736, 750, 1024]);
        assert!(all_are(&slots, Reported::Paused));
        slots.send(Target::All, Command::Pause);
        assert_eq!(settled(&mut slots, &batches), [736, 736, 750, 1024], "a second pause moves nobody");
    }

    #[test]
    fn a_step_of_the_chosen_run_takes_the_others_along() {
        let batches = [1, 32, 50, 512];
        let mut slots = slots(&[0; 4], 2);
        slots.send(Target::All, Command::Pause);
        assert_eq!(settled(&mut slots, &batches), [0; 4]);
        slots.send(Target::Run(1), Command::Step);
        assert_eq!(settled(&mut slots, &batches), [32, 32, 50, 512]);
        slots.send(Target::Run(1), Command::Step);
        slots.send(Target::Run(1), Command::Step);
        assert_eq!(settled(&mut slots, &batches), [96, 96, 100, 512], "each of two steps is done");
        slots.send(Target::Run(3), Command::Step);
        assert_eq!(settled(&mut slots, &batches), [1024, 1024, 1050, 1024]);
        assert!(all_are(&slots, Reported::Paused));
        slots.send(Target::All, Command::Resume);
        assert!((0..4).all(|run| slots.grant(run) == Some(Grant::Resume)));
        assert_eq!(slots.grant(0), Some(Grant::Train { until: 1024 + GRANT_SAMPLES }));
    }

    #[test]
    fn a_run_that_begins_again_catches_up_while_the_race_is_paused() {
        let mut slots = slots(&[100_000, 100_000], 2);
        slots.send(Target::All, Command::Pause);
        settled(&mut slots, &[32, 32]);
        slots.begin_again(1);
        assert_eq!(settled(&mut slots, &[32, 32]), [100_000, 100_000]);
        slots.send(Target::All, Command::Resume);
        assert_eq!([slots.runs[0].place(), slots.runs[1].place()], [100_000, 100_000], "from there on as the others");
    }

    #[test]
    fn a_run_that_begins_again_catches_up_while_the_others_go_on() {
        for threads in [1, 2, 8] {
            let mut slots = slots(&[100_000; 3], threads);
            slots.begin_again(1);
            let mut grants = [0_u64; 3];
            while slots.runs[1].samples + WINDOW_SAMPLES < slots.runs[0].samples {
                // All that may, do: as if every grant took the same time.
                let granted: Vec<RunIndex> = (0..3).filter(|&run| slots.grant(run).is_some()).collect();
                assert!(!granted.is_empty(), "somebody may always train");
                for run in granted {
                    let samples = slots.runs[run].samples + GRANT_SAMPLES;
                    slots.report(run, at(samples));
                    grants[run] += 1;
                }
            }
            let (others, own) = (grants[0].min(grants[2]), grants[1]);
            assert!(2 * others + 10 >= own, "the others went on: {grants:?} with {threads} threads");
            assert!(own <= 2 * 100_000 / GRANT_SAMPLES + 10, "it caught up: {grants:?} with {threads} threads");
        }
    }

    #[test]
    fn after_a_restart_old_reports_do_not_count() {
        let mut slots = slots(&[0], 1);
        assert_eq!(slots.grant(0), Some(Grant::Train { until: GRANT_SAMPLES }));
        let restart = Command::Restart { lr: None };
        slots.send(Target::All, restart);
        slots.report(0, Standing { generation: 0, samples: 9_999, ability: Ability::Nothing });
        assert_eq!(slots.grant(0), Some(Grant::Obey(Target::All, restart)));
        assert_eq!(slots.runs[0].samples, 0);
        slots.report(0, Standing { generation: 1, ..at(0) });
        assert!(matches!(slots.grant(0), Some(Grant::Train { .. })));
    }
}
