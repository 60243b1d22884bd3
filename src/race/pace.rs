//! Fair pace: who may train next. Runs that are behind go first, no run gets far ahead of the slowest, and no more
//! train at the same time than there are threads for.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::protocol::{Command, RunIndex};

/// A run may begin to train only while it is at most this many samples ahead of the slowest.
pub const WINDOW_SAMPLES: u64 = 8192;

/// How many samples a run trains on before it asks again.
pub const TURN_SAMPLES: u64 = 2048;

/// What a run is to do next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Turn {
    /// Train on about [`TURN_SAMPLES`] samples, then report.
    Train,
    /// Obey.
    Obey(Command),
}

/// What a run wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// To train on.
    Train,
    /// To be left alone until a command comes: it is paused, or it has ended.
    Rest {
        /// Whether the others need not wait for it: it has ended.
        ended: bool,
    },
}

/// The place where the threads of a race meet.
pub struct Pace {
    state: Mutex<State>,
    /// Where each run waits. One that has nothing to do is not woken when others take their turns.
    woken: Vec<Condvar>,
    /// Whether a command waits for a run: read between two steps, without a lock.
    mail: Vec<AtomicBool>,
}

struct State {
    runs: Vec<Standing>,
    training: usize,
    threads: usize,
    generation: u32,
}

struct Standing {
    samples: u64,
    /// Where the slowest of the others stood when this run was begun again by itself, in samples.
    head_start: u64,
    wish: Wish,
    training: bool,
    inbox: VecDeque<Command>,
}

impl Pace {
    /// For this many runs, of which at most `threads` train at the same time.
    pub fn new(runs: usize, threads: usize) -> Self {
        Self {
            state: Mutex::new(State {
                runs: (0..runs).map(|_| Standing::new(0)).collect(),
                training: 0,
                threads,
                generation: 0,
            }),
            woken: (0..runs).map(|_| Condvar::new()).collect(),
            mail: (0..runs).map(|_| AtomicBool::new(false)).collect(),
        }
    }

    /// Puts a command into the inbox of one run, or of all. After a restart every run stands at 0 samples.
    pub fn send(&self, command: Command, to: Option<RunIndex>) {
        let mut state = self.lock();
        if command == Command::Restart {
            state.generation += 1;
            for run in &mut state.runs {
                (run.samples, run.head_start, run.wish) = (0, 0, Wish::Train);
            }
        }
        for (index, run) in state.runs.iter_mut().enumerate() {
            if to.is_none_or(|only| only == index) {
                run.inbox.push_back(command);
                self.mail[index].store(true, Ordering::Release);
            }
        }
        self.wake(&state);
    }

    /// A run begins again by itself. So that the others go on and it still catches up, it stands where the slowest of
    /// them does, and moves on by half of what it trains until it really is there.
    pub fn begin_again(&self, run: RunIndex) {
        let mut state = self.lock();
        let slowest = state.slowest(|other| other != run).unwrap_or(0);
        let own = &mut state.runs[run];
        (own.samples, own.head_start, own.wish) = (0, slowest, Wish::Train);
    }

    /// Whether a command waits for this run.
    pub fn has_mail(&self, run: RunIndex) -> bool {
        self.mail[run].load(Ordering::Acquire)
    }

    /// Tells where a run stands in the race's `generation`, and what it wants; then waits until it has something to
    /// do. Commands come before training.
    pub fn next(&self, run: RunIndex, generation: u32, samples: u64, wish: Wish) -> Turn {
        let mut state = self.lock();
        if state.runs[run].training {
            state.runs[run].training = false;
            state.training -= 1;
        }
        // A run that has not yet heard of a restart speaks of samples that no longer count.
        if generation == state.generation {
            state.runs[run].samples = samples;
            state.runs[run].wish = wish;
        }
        self.wake(&state);
        loop {
            if let Some(command) = state.runs[run].inbox.pop_front() {
                self.mail[run].store(!state.runs[run].inbox.is_empty(), Ordering::Release);
                return Turn::Obey(command);
            }
            if state.may_train(run) {
                state.runs[run].training = true;
                state.training += 1;
                return Turn::Train;
            }
            state = self.woken[run].wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Wakes those that have something to do.
    fn wake(&self, state: &State) {
        for (run, woken) in self.woken.iter().enumerate() {
            if !state.runs[run].inbox.is_empty() || state.may_train(run) {
                woken.notify_one();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A worker panics outside of this lock; and if not, the counts in it are still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Standing {
    fn new(samples: u64) -> Self {
        Self { samples, head_start: 0, wish: Wish::Train, training: false, inbox: VecDeque::new() }
    }

    /// Where the run stands among the others: at its samples, unless it was begun again by itself and is catching up.
    fn place(&self) -> u64 {
        self.samples.max(self.head_start + self.samples / 2)
    }
}

impl State {
    /// Where the slowest stands of those that have not ended.
    fn slowest(&self, counts: impl Fn(RunIndex) -> bool) -> Option<u64> {
        let racing = |run: &Standing| run.wish != Wish::Rest { ended: true };
        let those = self.runs.iter().enumerate().filter(|(index, run)| racing(run) && counts(*index));
        those.map(|(_, run)| run.place()).min()
    }

    fn may_train(&self, run: RunIndex) -> bool {
        let own = &self.runs[run];
        if own.wish != Wish::Train || own.training || self.training >= self.threads {
            return false;
        }
        if own.place() > self.slowest(|_| true).unwrap_or(0) + WINDOW_SAMPLES {
            return false;
        }
        // Of those that wait for a turn, those furthest behind take what threads are free.
        let ahead_in_line = self.runs.iter().enumerate().filter(|(index, other)| {
            other.wish == Wish::Train && !other.training && (other.place(), *index) < (own.place(), run)
        });
        ahead_in_line.count() < self.threads - self.training
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(samples: &[u64], threads: usize) -> State {
        let runs = samples.iter().map(|&samples| Standing::new(samples)).collect();
        State { runs, training: 0, threads, generation: 0 }
    }

    fn may_train(state: &State) -> Vec<RunIndex> {
        (0..state.runs.len()).filter(|&run| state.may_train(run)).collect()
    }

    #[test]
    fn those_furthest_behind_take_the_free_threads() {
        let mut state = state(&[300, 100, 200, 100], 2);
        assert_eq!(may_train(&state), [1, 3]);
        state.runs[1].training = true;
        state.training = 1;
        assert_eq!(may_train(&state), [3]);
        state.runs[3].training = true;
        state.training = 2;
        assert!(may_train(&state).is_empty());
    }

    #[test]
    fn a_run_too_far_ahead_waits_even_if_a_thread_is_free() {
        let mut state = state(&[0, WINDOW_SAMPLES, WINDOW_SAMPLES + 1], 8);
        assert_eq!(may_train(&state), [0, 1]);
        state.runs[0].wish = Wish::Rest { ended: false };
        assert_eq!(may_train(&state), [1], "a paused run is waited for");
        state.runs[0].wish = Wish::Rest { ended: true };
        assert_eq!(may_train(&state), [1, 2], "one that has ended is not");
    }

    #[test]
    fn commands_come_before_training_and_in_order() {
        let pace = Pace::new(2, 1);
        pace.send(Command::Pause, None);
        pace.send(Command::SetLr { run: 1, lr: 0.5 }, Some(1));
        assert!(pace.has_mail(0) && pace.has_mail(1));
        assert_eq!(pace.next(1, 0, 0, Wish::Train), Turn::Obey(Command::Pause));
        assert_eq!(pace.next(1, 0, 0, Wish::Train), Turn::Obey(Command::SetLr { run: 1, lr: 0.5 }));
        assert!(!pace.has_mail(1));
    }

    #[test]
    fn a_run_that_begins_again_catches_up_while_the_others_go_on() {
        for threads in [1, 2, 8] {
            let pace = Pace::new(3, threads);
            pace.lock().runs.iter_mut().for_each(|run| run.samples = 100_000);
            pace.begin_again(1);
            let mut state = pace.lock();
            let mut turns = [0_u64; 3];
            while state.runs[1].samples + WINDOW_SAMPLES < state.runs[0].samples {
                // All that may, do: as if every turn took the same time.
                let mut granted = Vec::new();
                for run in 0..3 {
                    if state.may_train(run) {
                        state.runs[run].training = true;
                        state.training += 1;
                        granted.push(run);
                    }
                }
                assert!(!granted.is_empty(), "somebody may always train");
                for run in granted {
                    state.runs[run].training = false;
                    state.runs[run].samples += TURN_SAMPLES;
                    turns[run] += 1;
                }
                state.training = 0;
            }
            let (others, own) = (turns[0].min(turns[2]), turns[1]);
            assert!(2 * others + 10 >= own, "the others went on: {turns:?} with {threads} threads");
            assert!(own <= 2 * 100_000 / TURN_SAMPLES + 10, "it caught up: {turns:?} with {threads} threads");
        }
    }

    #[test]
    fn after_a_restart_old_news_does_not_count() {
        let pace = Pace::new(1, 1);
        assert_eq!(pace.next(0, 0, 0, Wish::Train), Turn::Train);
        pace.send(Command::Restart, None);
        assert_eq!(pace.next(0, 0, 9_999, Wish::Rest { ended: true }), Turn::Obey(Command::Restart));
        assert_eq!(pace.lock().runs[0].samples, 0);
        assert_eq!(pace.next(0, 1, 0, Wish::Train), Turn::Train);
    }
}
