//! What is said between a race and whoever watches it: commands in, events out.

use std::time::SystemTime;

use super::metrics::{EpochRecord, Score, StepRecord, Window};
use super::watch::{Snapshot, StepSketch};

/// Index of a run within its race, in the order in which the specs were given.
pub type RunIndex = usize;

/// What a person, or a program, asks of a race.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Command {
    /// Every run stops after the step it is in and answers [`EventKind::Paused`].
    Pause,
    /// Every paused run goes on.
    Resume,
    /// Every paused run does one step, then is paused again and answers [`EventKind::Paused`].
    Step,
    /// A new learning rate for one run, from its next step on; what is left of its schedule is scaled with it.
    SetLr {
        /// The run.
        run: RunIndex,
        /// The new learning rate.
        lr: f64,
    },
    /// A new learning rate for every run, from its next step on.
    SetLrAll {
        /// The new learning rate.
        lr: f64,
    },
    /// The learning rate that the spec of one run plans, from its next step on, whatever a person made of it.
    FirstLr {
        /// The run.
        run: RunIndex,
    },
    /// Every run begins again from its initial weights and first learning rate; what was measured is thrown away.
    Restart,
    /// One run begins again from its initial weights, with its first learning rate or another; what was measured of it
    /// is thrown away. The others go on, half as fast until it has caught up.
    RestartRun {
        /// The run.
        run: RunIndex,
        /// The learning rate it begins with, unless its first.
        lr: Option<f64>,
    },
    /// Every run that has not died trains for more epochs than planned. A schedule stays as long as it was planned:
    /// its formula goes on beyond.
    Extend {
        /// How many more.
        epochs: u32,
    },
    /// One run sketches every step from its next on, or no longer does. It goes on through a restart.
    Sketch {
        /// The run.
        run: RunIndex,
        /// Whether it does.
        on: bool,
    },
    /// Every run sends its first weights, those it has now, and more as it trains, or no longer does. It goes on
    /// through a restart.
    Snapshots {
        /// Whether they do.
        on: bool,
    },
    /// Every run stops after the step it is in, for good.
    Stop,
}

/// Something that happened in one run.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The run it happened in.
    pub run: RunIndex,
    /// How often the race had been restarted when it happened.
    pub generation: u32,
    /// What happened.
    pub kind: EventKind,
}

/// What can happen in a run.
#[derive(Debug, Clone, PartialEq)]
pub enum EventKind {
    /// The run begins: its initial weights are made.
    Started {
        /// When it began.
        began: SystemTime,
        /// SHA-256 of the initial weights, in hexadecimal.
        weights_sha256: String,
        /// SHA-256 of the order of samples in the first epoch, in hexadecimal.
        order_sha256: String,
    },
    /// The run was begun again, alone: nothing that was measured of it before counts any more.
    Restarted {
        /// Steps it had done.
        step: u32,
    },
    /// Steps done since the last such event, in order.
    Progress {
        /// A record for each step.
        steps: Vec<StepRecord>,
        /// A record for each window that ended among them.
        windows: Vec<Window>,
        /// A sketch of each step, as far as [`Command::Sketch`] asked for them.
        sketches: Vec<StepSketch>,
    },
    /// All weights of the run, as [`Command::Snapshots`] asked for them.
    Snapshot(Snapshot),
    /// An epoch was evaluated.
    Epoch(EpochRecord),
    /// A person changed the learning rate.
    LrChanged {
        /// The first step that is trained with it.
        step: u32,
        /// Samples seen before that step.
        samples: u64,
        /// The new learning rate.
        lr: f64,
    },
    /// The number of planned epochs changed.
    Extended {
        /// Steps done so far.
        step: u32,
        /// Samples seen so far.
        samples: u64,
        /// Epochs planned from now on.
        epochs: u32,
    },
    /// The run has stopped and waits: the answer to a pause, and to each step while paused. A run that has ended
    /// answers too.
    Paused {
        /// Steps done so far.
        step: u32,
        /// Samples seen so far.
        samples: u64,
    },
    /// The run goes on after a pause.
    Resumed {
        /// Steps done so far.
        step: u32,
        /// Samples seen so far.
        samples: u64,
    },
    /// Loss, gradient or update was no longer a finite number; the run trains no further.
    Diverged {
        /// The step in which it happened.
        step: u32,
        /// Samples seen, that step's included.
        samples: u64,
    },
    /// The run's thread panicked; the run trains no further.
    Failed {
        /// What the panic said.
        message: String,
    },
    /// All planned epochs are done.
    Finished {
        /// Steps done.
        step: u32,
        /// Samples seen.
        samples: u64,
        /// Evaluation on the test samples.
        test: Score,
    },
    /// The run was stopped before its planned end.
    Stopped {
        /// Steps done.
        step: u32,
        /// Samples seen.
        samples: u64,
    },
}
