//! Who may train next: the place where the threads of a race meet. The rule is that of `limit`; this is the waiting.

mod grant;
mod limit;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::protocol::{Command, RunIndex, Target};
use limit::Slots;

pub use grant::{Ability, Grant, Pace, Standing};
pub use limit::{GRANT_SAMPLES, WINDOW_SAMPLES};

/// Lets the threads of a race train, or has them wait.
pub struct Scheduler {
    slots: Mutex<Slots>,
    /// Whether all were told to stop: what takes long ends early.
    stopping: Arc<AtomicBool>,
}

/// Where a run waits. One that has nothing to do is not woken when others are granted something.
#[derive(Default)]
pub struct Seat {
    woken: Condvar,
    interrupted: AtomicBool,
}

impl Seat {
    /// Whether the run is to ask again after its step: read between two steps, without a lock.
    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Acquire)
    }
}

impl Scheduler {
    /// For this many runs, of which at most `threads` train at the same time.
    pub fn new(runs: usize, threads: usize, pace: Pace) -> Self {
        let slots = Mutex::new(Slots::new(runs, threads, pace, Instant::now()));
        Self { slots, stopping: Arc::default() }
    }

    /// Becomes true when all runs are told to stop.
    pub fn stopping(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stopping)
    }

    /// Takes a command for some runs.
    pub fn send(&self, target: Target, command: Command) {
        if (target, &command) == (Target::All, &Command::Stop) {
            self.stopping.store(true, Ordering::Release);
        }
        let mut slots = self.lock();
        slots.advance(Instant::now());
        slots.send(target, command);
        for run in &slots.runs {
            run.seat.interrupted.store(true, Ordering::Release);
            // Even one that has nothing to do: how long it waits may have changed.
            run.seat.woken.notify_one();
        }
    }

    /// Where a run waits.
    pub fn seat(&self, run: RunIndex) -> Arc<Seat> {
        Arc::clone(&self.lock().runs[run].seat)
    }

    /// Takes the report of a run, then waits until it has something to do.
    pub fn next(&self, run: RunIndex, seat: &Seat, standing: Standing) -> Grant {
        let mut slots = self.lock();
        slots.report(run, standing);
        loop {
            slots.advance(Instant::now());
            let idle = |other: &RunIndex| *other != run && slots.next_grant(*other).is_some();
            (0..slots.runs.len()).filter(idle).for_each(|other| slots.runs[other].seat.woken.notify_one());
            if let Some(grant) = slots.grant(run) {
                seat.interrupted.store(slots.has_command(run), Ordering::Release);
                return grant;
            }
            slots = match slots.wait(run) {
                Some(time) => seat.woken.wait_timeout(slots, time).unwrap_or_else(PoisonError::into_inner).0,
                None => seat.woken.wait(slots).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    fn lock(&self) -> MutexGuard<'_, Slots> {
        // A worker panics outside of this lock; and if not, the counts in it are still whole.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_interrupts_a_run_until_it_has_taken_it() {
        let scheduler = Scheduler::new(2, 1, Pace::default());
        let set = |lr| Command::SetLr { lr };
        let standing = Standing { samples: 0, ability: Ability::Train { step_end: 32 } };
        scheduler.send(Target::All, set(0.25));
        scheduler.send(Target::Run(1), set(0.5));
        let [first, seat] = [0, 1].map(|run| scheduler.seat(run));
        assert!(first.is_interrupted() && seat.is_interrupted());
        assert_eq!(scheduler.next(1, &seat, standing), Grant::Obey(Target::All, set(0.25)));
        assert_eq!(scheduler.next(1, &seat, standing), Grant::Obey(Target::Run(1), set(0.5)));
        assert!(!seat.is_interrupted());
    }
}
