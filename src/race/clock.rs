//! The CPU time of a thread, so that a step's cost is known on a machine with fewer cores than runs.

use std::time::Duration;

use crate::system::thread_cpu_time;

/// Adds up the CPU time that the calling thread spends between [`ComputeClock::start`] and [`ComputeClock::lap`].
pub struct ComputeClock {
    total: Duration,
    since: Duration,
}

impl ComputeClock {
    /// A clock that has counted nothing.
    pub fn new() -> Self {
        Self { total: Duration::ZERO, since: thread_cpu_time() }
    }

    /// Counts from here on: what passed since the last lap is left out.
    pub fn start(&mut self) {
        self.since = thread_cpu_time();
    }

    /// Counts what passed since the start or the last lap; all that was counted, in seconds.
    pub fn lap(&mut self) -> f64 {
        let now = thread_cpu_time();
        self.total += now.saturating_sub(self.since);
        self.since = now;
        self.seconds()
    }

    /// All that was counted, in seconds.
    pub fn seconds(&self) -> f64 {
        self.total.as_secs_f64()
    }
}
