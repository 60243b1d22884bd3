//! One limit, in samples, moves a race: a run may begin a step while the samples that it has seen are below the limit.
//!
//! - While the race goes on, the limit is [`WINDOW_SAMPLES`] ahead of the slowest run; of a race that is slowed down it
//!   rises with the clock, up to there. Where [`Pace::pause_at`] says so it stays, and the race is paused.
//! - A pause lets every step end that has begun, and puts the limit to the most samples that any run has seen then: the
//!   others train up to it, so that all are at the same samples, as near as their minibatches allow.
//! - A step by hand puts it to the end of the chosen run's next step.
//! - A run that catches up ignores it until it is where the slowest of the others is.
//!
//! Runs that are furthest behind train first, and no more at the same time than there are threads for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Seat;
use crate::race::protocol::{Command, RunIndex, Target};

/// A run may be at most about this many samples ahead of the slowest.
pub const WINDOW_SAMPLES: u64 = 8192;

/// How many samples a run trains on, about, before it asks again.
pub const GRANT_SAMPLES: u64 = 2048;

/// A run that is slowed down trains this share of a second's samples at once, so that its caches stay warm.
const BURST: f64 = 0.2;

/// The fewest samples of a burst: where fewer come together, each step is done when its time has come.
const SMALLEST_BURST: f64 = 256.0;

/// The shortest time for which a run waits for the clock, in seconds.
const SHORTEST_WAIT: f64 = 0.001;

/// The longest, in seconds.
const LONGEST_WAIT: f64 = 60.0;

/// How a race is paced. None of it changes a number.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pace {
    /// Samples a second of each run at most; `None` at full speed.
    pub speed: Option<f64>,
    /// Whether it begins paused.
    pub paused: bool,
    /// Samples seen at which it pauses.
    pub pause_at: Vec<u64>,
}

impl Pace {
    fn first_mode(&self) -> Mode {
        if self.paused { Mode::Paused } else { Mode::Running }
    }
}

/// What a run is to do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Grant {
    /// Carry out a command that was sent to it.
    Obey(Target, Command),
    /// Report that it is paused.
    Pause,
    /// Report that it is slowed down.
    Throttle,
    /// Train at least one step, and on while the samples seen are below this number.
    Train {
        /// The number.
        until: u64,
    },
}

/// How far a run is, as it reports when it asks for its next grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
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
    Train {
        /// Samples that it will have seen after its next step.
        step_end: u64,
    },
    /// It has ended; the others need not wait for it.
    Nothing,
}

/// All runs of a race, and the limit.
pub(super) struct Slots {
    pub(super) runs: Vec<RunSlot>,
    threads: usize,
    pace: Pace,
    mode: Mode,
    limit: f64,
    /// When the limit was raised last, and whether the clock alone holds it back.
    raised: Instant,
    is_slowed: bool,
    /// Runs whose steps by hand were not begun yet.
    steps: VecDeque<RunIndex>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Running,
    /// A pause comes: steps that have begun come to their end first.
    Pausing,
    Paused,
}

/// What is known of a run.
#[derive(Default)]
pub(super) struct RunSlot {
    pub(super) seat: Arc<Seat>,
    standing: Standing,
    /// While it catches up: where the others were when it began to. Among them it moves on from there by half of what
    /// it trains, so that they go on and it still catches up.
    head_start: Option<u64>,
    is_training: bool,
    /// Whether it has reported that it is paused since it trained last.
    has_paused: bool,
    has_throttled: bool,
    inbox: VecDeque<(Target, Command)>,
}

impl Default for Standing {
    fn default() -> Self {
        Self { samples: 0, ability: Ability::Begin }
    }
}

impl RunSlot {
    /// It begins again; what it was asked to do before it has still to do.
    fn begin_again(&mut self, head_start: Option<u64>) {
        (self.standing, self.head_start) = (Standing::default(), head_start);
        (self.has_paused, self.has_throttled) = (false, false);
    }

    /// Where it stands among the others, which wait for it, and for a thread.
    fn place(&self) -> u64 {
        let samples = self.standing.samples;
        self.head_start.map_or(samples, |head_start| samples.max(head_start + samples / 2))
    }

    fn has_ended(&self) -> bool {
        self.standing.ability == Ability::Nothing
    }

    /// Whether the others have to wait for it.
    fn is_waited_for(&self) -> bool {
        !self.has_ended() && self.head_start.is_none()
    }
}

impl Slots {
    pub(super) fn new(runs: usize, threads: usize, pace: Pace, now: Instant) -> Self {
        let runs = (0..runs).map(|_| RunSlot::default()).collect();
        let (mode, steps) = (pace.first_mode(), VecDeque::new());
        Self { runs, threads, pace, mode, limit: 0.0, raised: now, is_slowed: false, steps }
    }

    /// What is said of the pace is carried out here; all other commands by the runs.
    pub(super) fn send(&mut self, target: Target, command: Command) {
        match (&command, target) {
            (Command::Pause, _) if self.mode == Mode::Running => self.mode = Mode::Pausing,
            (Command::Resume, _) if self.mode != Mode::Running => {
                self.mode = Mode::Running;
                self.steps.clear();
                for run in &mut self.runs {
                    run.has_paused = false;
                    run.inbox.push_back((target, command.clone()));
                }
            }
            (Command::Step, Target::Run(run)) if self.mode != Mode::Running => self.steps.push_back(run),
            (Command::Step, Target::All) if self.mode != Mode::Running => {
                self.steps.extend(self.runs.iter().position(|run| !run.has_ended()));
            }
            (Command::Speed { samples_per_second }, _) => {
                self.pace.speed = *samples_per_second;
                if self.mode == Mode::Running {
                    self.limit = self.furthest() as f64;
                }
            }
            (Command::Restart { .. }, Target::All) => {
                (self.mode, self.limit) = (self.pace.first_mode(), 0.0);
                self.runs.iter_mut().for_each(|run| run.begin_again(None));
            }
            (Command::Restart { .. }, Target::Run(run)) => {
                let there = self.there(run);
                self.runs[run].begin_again(there);
            }
            _ => {}
        }
        if !matches!(command, Command::Pause | Command::Resume | Command::Step | Command::Speed { .. }) {
            let named = self.runs.iter_mut().enumerate().filter(|(index, _)| target.names(*index));
            named.for_each(|(_, run)| run.inbox.push_back((target, command.clone())));
        }
    }

    /// Whether a command waits for the run.
    pub(super) fn has_command(&self, run: RunIndex) -> bool {
        !self.runs[run].inbox.is_empty()
    }

    /// Where a run has to come that is not where the others are: to the slowest of them, or to where they have ended.
    fn there(&self, run: RunIndex) -> Option<u64> {
        let others = || self.runs.iter().enumerate().filter(move |(index, _)| *index != run).map(|(_, other)| other);
        let slowest = others().filter(|other| other.is_waited_for()).map(|other| other.standing.samples).min();
        slowest.or_else(|| others().filter(|other| other.has_ended()).map(|other| other.standing.samples).max())
    }

    /// The most samples that any run has seen that has not ended.
    fn furthest(&self) -> u64 {
        self.runs.iter().filter(|run| !run.has_ended()).map(|run| run.standing.samples).max().unwrap_or(0)
    }

    /// Takes in what a run reports.
    pub(super) fn report(&mut self, run: RunIndex, standing: Standing) {
        let there = self.there(run);
        let own = &mut self.runs[run];
        own.is_training = false;
        // A run that has not yet heard that it begins again speaks of samples that no longer count.
        if own.inbox.iter().any(|(_, command)| matches!(command, Command::Restart { .. })) {
            return;
        }
        // One that was extended while the race is paused has to report that again.
        own.has_paused &= !own.has_ended() || standing.ability == Ability::Nothing;
        own.standing = standing;
        // Where it is counted to be and where it is are the same: it has caught up.
        if there.is_none_or(|there| standing.samples >= there) || own.place() == standing.samples {
            own.head_start = None;
        }
    }

    /// Has the limit be what it is by now.
    pub(super) fn advance(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(std::mem::replace(&mut self.raised, now)).as_secs_f64();
        self.is_slowed = false;
        match self.mode {
            Mode::Running => {
                let slowest = self.runs.iter().filter(|run| !run.has_ended()).map(RunSlot::place).min();
                let most = (slowest.unwrap_or(0) + WINDOW_SAMPLES) as f64;
                let due = self.pace.speed.map_or(most, |speed| self.limit + speed * passed);
                self.is_slowed = due < most;
                let raised = self.limit.max(due.min(most));
                let stops = self.pace.pause_at.iter().map(|&samples| samples as f64);
                let stop = stops.filter(|stop| *stop > self.limit && *stop <= raised).min_by(f64::total_cmp);
                self.limit = stop.unwrap_or(raised);
                if stop.is_some() {
                    self.mode = Mode::Paused;
                }
            }
            Mode::Pausing if self.runs.iter().all(|run| !run.is_training) => {
                (self.mode, self.limit) = (Mode::Paused, self.furthest() as f64);
            }
            Mode::Paused if self.waited_for().all(|run| !run.is_training && !self.is_below(run)) => {
                let next = self.steps.pop_front().map(|run| self.runs[run].standing.ability);
                if let Some(Ability::Train { step_end }) = next {
                    self.limit = self.limit.max(step_end as f64);
                }
            }
            Mode::Pausing | Mode::Paused => {}
        }
    }

    fn waited_for(&self) -> impl Iterator<Item = &RunSlot> {
        self.runs.iter().filter(|run| run.is_waited_for())
    }

    /// How far below the limit a run has to be before it trains.
    fn burst(&self) -> f64 {
        let burst = self.pace.speed.filter(|_| self.is_slowed).map_or(0.0, |speed| speed * BURST);
        if burst < SMALLEST_BURST { 1.0 } else { burst.min(GRANT_SAMPLES as f64) }
    }

    fn is_below(&self, run: &RunSlot) -> bool {
        match run.standing.ability {
            Ability::Begin => true,
            Ability::Nothing => false,
            Ability::Train { .. } if self.mode == Mode::Pausing => false,
            Ability::Train { .. } => {
                run.head_start.is_some() || run.standing.samples as f64 + self.burst() <= self.limit
            }
        }
    }

    fn may_train(&self, run: RunIndex) -> bool {
        let waits = |run: &RunSlot| !run.is_training && self.is_below(run);
        let place = (self.runs[run].place(), run);
        // Of those that wait, those furthest behind take what threads are free.
        let ahead_in_line =
            self.runs.iter().enumerate().filter(|(index, other)| waits(other) && (other.place(), *index) < place);
        let training = self.runs.iter().filter(|run| run.is_training).count();
        waits(&self.runs[run]) && training + ahead_in_line.count() < self.threads
    }

    /// What the run may do now. Commands come before training.
    pub(super) fn next_grant(&self, run: RunIndex) -> Option<Grant> {
        let own = &self.runs[run];
        if let Some((target, command)) = own.inbox.front() {
            return Some(Grant::Obey(*target, command.clone()));
        }
        if self.is_below(own) {
            let until = (self.limit as u64).min(own.standing.samples + GRANT_SAMPLES);
            return self.may_train(run).then_some(Grant::Train { until });
        }
        match self.mode {
            Mode::Paused if !own.has_paused => Some(Grant::Pause),
            Mode::Running if self.is_slowed && !own.has_throttled && !own.has_ended() => Some(Grant::Throttle),
            _ => None,
        }
    }

    /// Hands out what the run may do now.
    pub(super) fn grant(&mut self, run: RunIndex) -> Option<Grant> {
        let grant = self.next_grant(run)?;
        let own = &mut self.runs[run];
        match grant {
            Grant::Obey(..) => drop(own.inbox.pop_front()),
            Grant::Pause => own.has_paused = true,
            Grant::Throttle => own.has_throttled = true,
            Grant::Train { .. } => (own.is_training, own.has_paused) = (true, false),
        }
        Some(grant)
    }

    /// How long until the clock may let a run train that has nothing to do.
    pub(super) fn wait(&self, run: RunIndex) -> Option<Duration> {
        let speed = self.pace.speed.filter(|_| self.mode == Mode::Running && !self.runs[run].has_ended())?;
        let missing = self.runs[run].standing.samples as f64 + self.burst() - self.limit;
        Some(Duration::from_secs_f64((missing / speed).clamp(SHORTEST_WAIT, LONGEST_WAIT)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(samples: u64) -> Standing {
        Standing { samples, ability: Ability::Train { step_end: samples + 32 } }
    }

    fn slots(samples: &[u64], threads: usize) -> Slots {
        paced(samples, threads, Pace::default())
    }

    fn paced(samples: &[u64], threads: usize, pace: Pace) -> Slots {
        let mut slots = Slots::new(samples.len(), threads, pace, Instant::now());
        samples.iter().enumerate().for_each(|(run, &samples)| slots.report(run, at(samples)));
        slots.advance(slots.raised);
        slots
    }

    fn may_train(slots: &Slots) -> Vec<RunIndex> {
        (0..slots.runs.len()).filter(|&run| slots.may_train(run)).collect()
    }

    fn samples(slots: &Slots) -> Vec<u64> {
        slots.runs.iter().map(|run| run.standing.samples).collect()
    }

    /// Hands out grants until every run waits, and has them carried out in steps of these minibatches; where they are.
    fn settled(slots: &mut Slots, batches: &[u64]) -> Vec<u64> {
        slots.advance(slots.raised);
        while (0..batches.len()).any(|run| slots.next_grant(run).is_some()) {
            for (run, batch) in batches.iter().enumerate() {
                let Some(grant) = slots.grant(run) else { continue };
                let mut samples = slots.runs[run].standing.samples;
                if let Grant::Train { until } = grant {
                    samples = until.max(samples + 1).div_ceil(*batch) * batch;
                }
                slots.report(run, Standing { samples, ability: Ability::Train { step_end: samples + batch } });
                slots.advance(slots.raised);
            }
        }
        samples(slots)
    }

    fn all_are_paused(slots: &Slots) -> bool {
        slots.mode == Mode::Paused && slots.runs.iter().all(|run| run.has_paused)
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
        slots.report(0, Standing { samples: 0, ability: Ability::Nothing });
        slots.advance(slots.raised);
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
        assert!(all_are_paused(&slots));
        slots.send(Target::All, Command::Pause);
        assert_eq!(settled(&mut slots, &batches), [736, 736, 750, 1024], "a second pause moves nobody");
    }

    #[test]
    fn a_step_of_the_chosen_run_takes_the_others_along() {
        let batches = [1, 32, 50, 512];
        let mut slots = paced(&[0; 4], 2, Pace { paused: true, ..Pace::default() });
        assert_eq!(settled(&mut slots, &batches), [0; 4]);
        slots.send(Target::Run(1), Command::Step);
        assert_eq!(settled(&mut slots, &batches), [32, 32, 50, 512]);
        slots.send(Target::Run(1), Command::Step);
        slots.send(Target::Run(1), Command::Step);
        assert_eq!(settled(&mut slots, &batches), [96, 96, 100, 512], "each of two steps is done");
        slots.send(Target::Run(3), Command::Step);
        assert_eq!(settled(&mut slots, &batches), [1024, 1024, 1050, 1024]);
        assert!(all_are_paused(&slots));
        slots.send(Target::Run(1), Command::Resume);
        assert!((0..4).all(|run| matches!(slots.grant(run), Some(Grant::Obey(_, Command::Resume)))));
        slots.advance(slots.raised);
        assert_eq!(slots.grant(0), Some(Grant::Train { until: 1024 + GRANT_SAMPLES }));
    }

    #[test]
    fn a_run_that_begins_again_catches_up_while_the_race_is_paused() {
        let mut slots = slots(&[100_000, 100_000], 2);
        slots.send(Target::All, Command::Pause);
        settled(&mut slots, &[32, 32]);
        slots.send(Target::Run(1), Command::Restart { lr: None });
        assert_eq!(settled(&mut slots, &[32, 32]), [100_000, 100_000]);
        assert!(all_are_paused(&slots) && slots.runs[1].head_start.is_none(), "from there on as the others");
    }

    #[test]
    fn a_run_that_begins_again_catches_up_while_the_others_go_on() {
        for threads in [1, 2, 8] {
            let mut slots = slots(&[100_000; 3], threads);
            slots.send(Target::Run(1), Command::Restart { lr: None });
            assert!(matches!(slots.grant(1), Some(Grant::Obey(..))));
            let mut grants = [0_u64; 3];
            while slots.runs[1].head_start.is_some() {
                slots.advance(slots.raised);
                // All that may, do: as if every grant took the same time.
                let granted: Vec<RunIndex> = (0..3).filter(|&run| slots.grant(run).is_some()).collect();
                assert!(!granted.is_empty(), "somebody may always train");
                for run in granted {
                    let samples = slots.runs[run].standing.samples + GRANT_SAMPLES;
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
        slots.send(Target::All, restart.clone());
        slots.report(0, Standing { samples: 9_999, ability: Ability::Nothing });
        assert_eq!(slots.grant(0), Some(Grant::Obey(Target::All, restart)));
        assert_eq!(samples(&slots), [0]);
        slots.report(0, at(0));
        slots.advance(slots.raised);
        assert!(matches!(slots.grant(0), Some(Grant::Train { .. })));
    }

    /// Where two runs are, ten times a second, and how many grants they took.
    fn after_seconds(slots: &mut Slots, batches: &[u64], tenths: u32) -> (Vec<u64>, usize) {
        let mut grants = 0;
        for _ in 0..tenths {
            slots.advance(slots.raised + Duration::from_millis(100));
            for (run, batch) in batches.iter().enumerate() {
                while let Some(grant) = slots.grant(run) {
                    let mut samples = slots.runs[run].standing.samples;
                    if let Grant::Train { until } = grant {
                        samples = until.max(samples + 1).div_ceil(*batch) * batch;
                        grants += 1;
                    }
                    slots.report(run, Standing { samples, ability: Ability::Train { step_end: samples + batch } });
                }
            }
        }
        (samples(slots), grants)
    }

    #[test]
    fn a_slow_race_moves_with_the_clock() {
        let mut slots = paced(&[0, 0], 2, Pace { speed: Some(4096.0), ..Pace::default() });
        let (samples, grants) = after_seconds(&mut slots, &[32, 64], 100);
        assert!(samples.iter().all(|samples| (40_000..=40_960).contains(samples)), "{samples:?}");
        assert!(grants <= 2 * 50, "{grants} bursts in ten seconds");
        assert!(slots.runs.iter().all(|run| run.has_throttled));
        slots.send(Target::All, Command::Speed { samples_per_second: Some(32.0) });
        let (slow, grants) = after_seconds(&mut slots, &[32, 64], 100);
        assert!(
            (9..=11).contains(&((slow[0] - samples[0]) / 32)) && grants <= 17,
            "{samples:?} {slow:?}: one step a second"
        );
        // No time that passes while it is paused is made up for.
        slots.send(Target::All, Command::Pause);
        let (paused, _) = after_seconds(&mut slots, &[32, 64], 100);
        slots.send(Target::All, Command::Resume);
        let (resumed, _) = after_seconds(&mut slots, &[32, 64], 10);
        assert!(resumed[0] <= paused[0] + 64, "{paused:?} {resumed:?}");
        slots.send(Target::All, Command::Speed { samples_per_second: None });
        slots.advance(slots.raised);
        assert_eq!(slots.grant(0), Some(Grant::Train { until: resumed[0] + GRANT_SAMPLES }));
    }

    #[test]
    fn a_race_pauses_where_it_was_asked_to_each_time_it_comes_there() {
        let pace = Pace { speed: None, paused: false, pause_at: vec![50_000, 1_000] };
        let mut slots = paced(&[0, 0], 2, pace);
        for _ in 0..2 {
            assert_eq!(settled(&mut slots, &[32, 500]), [1_024, 1_000]);
            assert!(all_are_paused(&slots));
            slots.send(Target::All, Command::Resume);
            assert_eq!(settled(&mut slots, &[32, 500]), [50_016, 50_000]);
            slots.send(Target::All, Command::Restart { lr: None });
        }
    }
}
