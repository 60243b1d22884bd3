//! The CPU time of a thread, so that a step's cost is known on a machine with fewer cores than runs.

use std::time::Duration;
#[cfg(not(unix))]
use std::time::Instant;

/// Adds up the CPU time that the calling thread spends between [`ComputeClock::start`] and [`ComputeClock::lap`].
///
/// Where the system cannot tell a thread's CPU time, it is wall time.
pub struct ComputeClock {
    total: Duration,
    since: Reading,
}

impl ComputeClock {
    /// A clock that has counted nothing.
    pub fn new() -> Self {
        Self { total: Duration::ZERO, since: now() }
    }

    /// Counts from here on: what passed since the last lap is left out.
    pub fn start(&mut self) {
        self.since = now();
    }

    /// Counts what passed since the start or the last lap; all that was counted, in seconds.
    pub fn lap(&mut self) -> f64 {
        let now = now();
        self.total += between(self.since, now);
        self.since = now;
        self.seconds()
    }

    /// All that was counted, in seconds.
    pub fn seconds(&self) -> f64 {
        self.total.as_secs_f64()
    }
}

#[cfg(unix)]
type Reading = rustix::time::Timespec;

#[cfg(unix)]
fn now() -> Reading {
    rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime)
}

#[cfg(unix)]
fn between(from: Reading, to: Reading) -> Duration {
    let nanoseconds = (to.tv_sec - from.tv_sec) * 1_000_000_000 + (to.tv_nsec - from.tv_nsec);
    Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(0))
}

#[cfg(not(unix))]
type Reading = Instant;

#[cfg(not(unix))]
fn now() -> Reading {
    Instant::now()
}

#[cfg(not(unix))]
fn between(from: Reading, to: Reading) -> Duration {
    to - from
}
