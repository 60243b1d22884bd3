//! The sentence in the status line.

use std::time::Duration;

use serde::Serialize;

/// How long a passing sentence is shown.
const STANDS: Duration = Duration::from_secs(8);

/// How a sentence is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Tone {
    /// It answers a key, and passes.
    Passing,
    /// it is shown until something else is said.
    Lasting,
    /// Something went wrong; it is shown until something else is said.
    Error,
}

/// A sentence for the person at the screen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    /// The sentence.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
    since: Duration,
}

impl Status {
    /// A sentence said at `now`.
    pub fn new(text: impl Into<String>, tone: Tone, now: Duration) -> Self {
        Self { text: text.into(), tone, since: now }
    }

    /// Whether it has stood long enough.
    pub fn has_passed(&self, now: Duration) -> bool {
        self.tone == Tone::Passing && now.saturating_sub(self.since) > STANDS
    }
}
