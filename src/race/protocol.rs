//! What is said between a race and whoever watches it: commands in, events out.

use std::time::SystemTime;

use super::measure::{EpochRecord, Score, StepRecord, Window};
use super::recording::{PathRecording, RecordedTrail, Snapshot, StepSketch};
use crate::text::Untrusted;

/// Index of a run within its race, in the order in which the specs were given.
pub type RunIndex = usize;

/// Whom a command is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Every run.
    All,
    /// This run alone.
    Run(RunIndex),
}

impl Target {
    /// Whether a run is meant.
    pub fn names(self, run: RunIndex) -> bool {
        match self {
            Self::All => true,
            Self::Run(one) => one == run,
        }
    }
}

/// What a person, or a program, asks of a race. Each is sent to a [`Target`].
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// The race pauses, whatever the target: steps that have begun come to their end, then the runs that have seen
    /// fewer samples train on until they have seen as many. Every run answers [`EventKind::Paused`] once it has.
    Pause,
    /// A paused race goes on, whatever the target; every run answers [`EventKind::Resumed`].
    Resume,
    /// While the race is paused: the run does its next step, and the others train until they have seen as many samples.
    /// Sent to all, it is for the first run that has not ended.
    Step,
    /// The race goes no faster than this, whatever the target. It changes no number.
    Speed {
        /// Samples a second of each run; `None` at full speed.
        samples_per_second: Option<f64>,
    },
    /// A new learning rate, from the run's next step on; what is left of its schedule is scaled with it.
    SetLr {
        /// The new learning rate.
        lr: f64,
    },
    /// The learning rate that the spec plans, from the run's next step on, whatever a person made of it.
    FirstLr,
    /// The run begins again from its initial weights, with its first learning rate or another; what was measured of it
    /// is thrown away. If it does so alone, the others go on, half as fast until it has caught up.
    Restart {
        /// The learning rate it begins with, unless its first.
        lr: Option<f64>,
    },
    /// The run trains for more epochs than planned, unless it has died. A schedule stays as long as it was planned: its
    /// formula goes on beyond.
    Extend {
        /// Epochs that are added.
        epochs: u32,
    },
    /// What the run records of its steps from its next on, so that their path can be drawn. It goes on through a
    /// restart.
    RecordPath {
        /// What it records.
        recording: PathRecording,
    },
    /// The run answers with the path of its last steps, [`EventKind::Trail`]; those whose updates it has not recorded
    /// it does again.
    Trail {
        /// How many of its last steps.
        steps: usize,
        /// The last of them; the newest where `None`.
        at: Option<u32>,
    },
    /// The run sends its first weights, those it has now, and more as it trains, or no longer does. It goes on through
    /// a restart.
    Snapshots {
        /// Whether it does.
        on: bool,
    },
    /// The run answers with the weights it has now, [`EventKind::PresentWeights`], if it has trained.
    PresentWeights,
    /// The run stops after the step it is in, for good.
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
        weights_sha256: Untrusted,
        /// SHA-256 of the order of samples in the first epoch, in hexadecimal.
        order_sha256: Untrusted,
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
        /// A sketch of each step, as far as [`Command::RecordPath`] asked for them.
        sketches: Vec<StepSketch>,
        /// Learning rate of the step after them.
        next_lr: f64,
    },
    /// All weights of the run, as [`Command::Snapshots`] asked for them.
    Snapshot(Snapshot),
    /// The weights of the run as they are: the answer to [`Command::PresentWeights`].
    PresentWeights(Snapshot),
    /// The path of the run's last steps: the answer to [`Command::Trail`].
    Trail(RecordedTrail),
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
        /// What the run's schedule is multiplied by from that step on.
        scale: f64,
        /// Learning rate of that step: the new one, but 0 where the schedule is 0.
        next_lr: f64,
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
    /// The run stands still until it is resumed: the answer to a pause, and to each step while paused. A run that has
    /// ended answers too.
    Paused {
        /// Steps done so far.
        step: u32,
        /// Samples seen so far.
        samples: u64,
    },
    /// The run waits for the clock, as [`Command::Speed`] asks: it would be faster.
    Throttled,
    /// The run goes on after a pause, if it was paused.
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
        /// What in its optimizer made it so, where that is known.
        why: Option<Untrusted>,
    },
    /// The run's thread panicked; the run trains no further.
    Failed {
        /// What the panic said.
        message: Untrusted,
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

/// What an event means to whoever waits for the end of a race.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Milestone {
    /// Steps were done.
    Steps,
    /// An epoch was evaluated.
    Epoch,
    /// The run has ended.
    Ended,
    /// Nothing that brings the run nearer to its end.
    Other,
}

impl EventKind {
    /// What it means to whoever waits for the end of the race.
    pub fn milestone(&self) -> Milestone {
        match self {
            Self::Progress { .. } => Milestone::Steps,
            Self::Epoch(_) => Milestone::Epoch,
            Self::Diverged { .. } | Self::Failed { .. } | Self::Finished { .. } | Self::Stopped { .. } => {
                Milestone::Ended
            }
            Self::Started { .. }
            | Self::Restarted { .. }
            | Self::Snapshot(_)
            | Self::PresentWeights(_)
            | Self::Trail(_)
            | Self::LrChanged { .. }
            | Self::Extended { .. }
            | Self::Paused { .. }
            | Self::Throttled
            | Self::Resumed { .. } => Milestone::Other,
        }
    }
}
