//! Who may train next: the place where the threads of a race meet. The rule is that of `limit`; this is the waiting.

mod limit;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::protocol::{Command, RunIndex, Target};
use limit::Slots;

pub use limit::{Ability, GRANT_SAMPLES, Grant, Standing, WINDOW_SAMPLES};

/// Lets the threads of a race train, or has them wait.
pub struct Scheduler {
    slots: Mutex<Slots>,
    /// Where each run waits. One that has nothing to do is not woken when others are granted something.
    woken: Vec<Condvar>,
    /// Whether a run is to ask again after its step: read between two steps, without a lock.
    interrupted: Vec<AtomicBool>,
    /// Whether all were told to stop: what takes long ends early.
    stopping: Arc<AtomicBool>,
}

impl Scheduler {
    /// For this many runs, of which at most `threads` train at the same time.
    pub fn new(runs: usize, threads: usize) -> Self {
        Self {
            slots: Mutex::new(Slots::new(runs, threads)),
            woken: (0..runs).map(|_| Condvar::new()).collect(),
            interrupted: (0..runs).map(|_| AtomicBool::new(false)).collect(),
            stopping: Arc::default(),
        }
    }

    /// Becomes true when all runs are told to stop.
    pub fn stopping(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stopping)
    }

    /// Takes a command for some runs.
    pub fn send(&self, target: Target, command: Command) {
        if (target, command) == (Target::All, Command::Stop) {
            self.stopping.store(true, Ordering::Release);
        }
        let mut slots = self.lock();
        slots.send(target, command);
        self.interrupted.iter().for_each(|interrupted| interrupted.store(true, Ordering::Release));
        self.wake(&slots);
    }

    /// A run begins again by itself, while the others go on.
    pub fn begin_again(&self, run: RunIndex) {
        self.lock().begin_again(run);
    }

    /// Raises the limit of a paused race to the samples that the chosen run will have seen after its next step.
    pub fn step_to(&self, samples: u64) {
        let mut slots = self.lock();
        slots.step_to(samples);
        self.wake(&slots);
    }

    /// Whether the run is to ask again after its step.
    pub fn is_interrupted(&self, run: RunIndex) -> bool {
        self.interrupted[run].load(Ordering::Acquire)
    }

    /// Takes the report of a run, then waits until it has something to do.
    pub fn next(&self, run: RunIndex, standing: Standing) -> Grant {
        let mut slots = self.lock();
        slots.report(run, standing);
        self.wake(&slots);
        loop {
            if let Some(grant) = slots.grant(run) {
                self.interrupted[run].store(slots.has_command(run), Ordering::Release);
                return grant;
            }
            slots = self.woken[run].wait(slots).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Wakes those that have something to do.
    fn wake(&self, slots: &Slots) {
        let limit = slots.limit();
        for (run, woken) in self.woken.iter().enumerate() {
            if slots.next_grant(run, limit).is_some() {
                woken.notify_one();
            }
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
        let scheduler = Scheduler::new(2, 1);
        let set = |lr| Command::SetLr { lr };
        let standing = Standing { generation: 0, samples: 0, ability: Ability::Train };
        scheduler.send(Target::All, set(0.25));
        scheduler.send(Target::Run(1), set(0.5));
        assert!(scheduler.is_interrupted(0) && scheduler.is_interrupted(1));
        assert_eq!(scheduler.next(1, standing), Grant::Obey(Target::All, set(0.25)));
        assert_eq!(scheduler.next(1, standing), Grant::Obey(Target::Run(1), set(0.5)));
        assert!(!scheduler.is_interrupted(1));
    }
}
