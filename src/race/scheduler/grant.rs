//! What a race is asked about its pace, and what its runs are told.

use crate::race::protocol::{Command, Target};

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
