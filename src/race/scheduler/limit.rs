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
use super::grant::{Ability, Grant, Pace, Standing};
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

/// When the clock of a race that begins now has begun: nobody waits for the first burst.
fn a_burst_before(now: Instant) -> Instant {
    now.checked_sub(Duration::from_secs_f64(BURST)).unwrap_or(now)
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

impl Mode {
    fn at_start(pace: &Pace) -> Self {
        if pace.paused { Self::Paused } else { Self::Running }
    }
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
        let (mode, steps) = (Mode::at_start(&pace), VecDeque::new());
        let raised = a_burst_before(now);
        Self { runs, threads, pace, mode, limit: 0.0, raised, is_slowed: false, steps }
    }

    /// What is said of the pace is carried out here; all other commands by the runs.
    pub(super) fn send(&mut self, target: Target, command: Command) {
        let is_paused = self.mode != Mode::Running;
        match (&command, target) {
            (Command::Pause, _) if is_paused => {}
            (Command::Pause, _) => self.mode = Mode::Pausing,
            (Command::Resume, _) if is_paused => {
                self.mode = Mode::Running;
                self.steps.clear();
                self.runs.iter_mut().for_each(|run| run.has_paused = false);
                self.pass_on(Target::All, command);
            }
            (Command::Step, Target::Run(run)) if is_paused => self.steps.push_back(run),
            (Command::Step, Target::All) if is_paused => {
                self.steps.extend(self.runs.iter().position(|run| !run.has_ended()));
            }
            (Command::Resume | Command::Step, _) => {}
            (Command::Speed { samples_per_second }, _) => {
                self.pace.speed = *samples_per_second;
                if !is_paused {
                    self.limit = self.furthest() as f64;
                }
            }
            (Command::Restart { .. }, Target::All) => {
                (self.mode, self.limit) = (Mode::at_start(&self.pace), 0.0);
                self.raised = a_burst_before(self.raised);
                self.runs.iter_mut().for_each(|run| run.begin_again(None));
                self.pass_on(target, command);
            }
            (Command::Restart { .. }, Target::Run(run)) => {
                let there = self.there(run);
                self.runs[run].begin_again(there);
                self.pass_on(target, command);
            }
            _ => self.pass_on(target, command),
        }
    }

    fn pass_on(&mut self, target: Target, command: Command) {
        let named = self.runs.iter_mut().enumerate().filter(|(index, _)| target.names(*index));
        named.for_each(|(_, run)| run.inbox.push_back((target, command.clone())));
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
                let raised = self.limit.max(due.min(most));
                let stops = self.pace.pause_at.iter().map(|&samples| samples as f64);
                let stop = stops.filter(|stop| *stop > self.limit && *stop <= raised).min_by(f64::total_cmp);
                self.limit = stop.unwrap_or(raised);
                // Up to where it pauses the clock holds nobody back.
                self.is_slowed = due < most && stop.is_none();
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
mod tests;
