//! What is measured of a run: one table, [`MEASURES`], from which the header, the rows and the documentation of
//! `steps.csv`, the charts and the numbers beside the paths are made.
//!
//! A new measure is an entry in that table and its computation: a field of [`StepRecord`] or [`WindowRecord`], filled
//! in by the [`meter`].

pub mod effective_lr;
pub mod meter;
pub mod observed;
pub mod probe;
pub mod records;

use std::fmt::Write as _;

pub use effective_lr::{EffectiveLr, EffectiveLrMeter, MOST_SAMPLED};
pub use records::{EpochRecord, Score, StepRecord, WINDOW_STEPS, Window, WindowRecord, step_bytes};

/// Something that is measured of a run.
#[derive(Debug)]
pub struct Measure {
    /// Its column in `steps.csv`.
    pub name: &'static str,
    /// What it is called on the screen.
    pub title: &'static str,
    /// The same in eight characters.
    pub label: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// The lowest and the highest value it can have.
    pub range: (f64, f64),
    /// Whether its curves are smoothed as a person chose.
    pub is_smoothed: bool,
    /// What it is, in a few words.
    pub summary: &'static str,
    /// What it is, as the documentation of `steps.csv` has it; that it is measured once a window is said there for all.
    pub meaning: &'static str,
    /// Where it is found.
    pub of: Of,
    /// Where it is found in an evaluation, if there.
    pub of_score: Option<fn(Score) -> f32>,
}

/// What a measure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A whole number.
    Count,
    /// Seconds.
    Seconds,
    /// Natural units of information.
    Nats,
    /// A share, a cosine, a ratio.
    Ratio,
    /// A length in weight space, or a step ÷ a gradient.
    Length,
    /// Degrees.
    Degrees,
}

impl Unit {
    /// What is written behind a number.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Degrees => "°",
            Self::Count | Self::Seconds | Self::Nats | Self::Ratio | Self::Length => "",
        }
    }
}

/// Where a measure is found, and how often it is taken.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    /// In the record of every step.
    Step(fn(&StepRecord) -> MeasuredValue),
    /// In the record of every window.
    Window(fn(&WindowRecord) -> MeasuredValue),
}

/// A measured value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MeasuredValue {
    /// A whole number.
    Whole(u64),
    /// Seconds, written to the microsecond.
    Seconds(f64),
    /// A number; one that is not finite says that the run diverged.
    Number(f32),
    /// A number that does not exist where it is `NaN`.
    Maybe(f32),
}

impl MeasuredValue {
    /// As a number; `NaN` where it does not exist.
    pub fn number(self) -> f64 {
        match self {
            Self::Whole(whole) => whole as f64,
            Self::Seconds(seconds) => seconds,
            Self::Number(number) | Self::Maybe(number) => number.into(),
        }
    }
}

impl Measure {
    /// Whether it is taken once a window, and not of every step.
    pub fn is_of_windows(&self) -> bool {
        matches!(self.of, Of::Window(_))
    }

    /// Its value in a step and the window that ends there, if one does; `None` if it is not taken there.
    pub fn value(&self, step: &StepRecord, window: Option<&WindowRecord>) -> Option<MeasuredValue> {
        match self.of {
            Of::Step(of) => Some(of(step)),
            Of::Window(of) => window.map(of),
        }
    }

    /// The measure with this column.
    pub fn named(name: &str) -> Option<&'static Self> {
        MEASURES.iter().find(|measure| measure.name == name)
    }
}

/// What most measures have in common.
const PLAIN: Measure = Measure {
    name: "",
    title: "",
    label: "",
    unit: Unit::Count,
    range: (0.0, f64::INFINITY),
    is_smoothed: false,
    summary: "",
    meaning: "",
    of: Of::Step(|_| MeasuredValue::Whole(0)),
    of_score: None,
};

/// Everything that is measured, in the order of the columns of `steps.csv`.
pub const MEASURES: &[Measure] = &[
    Measure {
        name: "step",
        meaning: "number of the optimizer update, from 1",
        of: Of::Step(|step| MeasuredValue::Whole(step.step.into())),
        ..PLAIN
    },
    Measure {
        name: "epoch",
        meaning: "number of the pass over the training samples, from 1",
        of: Of::Step(|step| MeasuredValue::Whole(step.epoch.into())),
        ..PLAIN
    },
    Measure {
        name: "samples",
        meaning: "training samples seen, this step's minibatch included",
        of: Of::Step(|step| MeasuredValue::Whole(step.samples)),
        ..PLAIN
    },
    Measure {
        name: "compute_s",
        unit: Unit::Seconds,
        meaning: "CPU time of training steps so far, in seconds",
        of: Of::Step(|step| MeasuredValue::Seconds(step.compute_s)),
        ..PLAIN
    },
    LR,
    LOSS,
    ACCURACY,
    GRAD_NORM,
    UPDATE_NORM,
    UPDATE_COSINE,
    STRAIGHTNESS,
    DISTANCE,
    GRADIENT_COSINE,
    ROUGHNESS,
    TURN,
    Measure {
        name: "effective_lr_p10",
        unit: Unit::Length,
        meaning: "\\|Δθ\\| ÷ \\|g\\| of single parameters in that step: 10th percentile over those whose gradient is \
                  not 0; \
                  of more than 1024 parameters, as many are looked at",
        of: Of::Window(|window| MeasuredValue::Maybe(window.effective_lr.p10)),
        ..PLAIN
    },
    EFFECTIVE_LR,
    Measure {
        name: "effective_lr_p90",
        unit: Unit::Length,
        meaning: "likewise, 90th percentile",
        of: Of::Window(|window| MeasuredValue::Maybe(window.effective_lr.p90)),
        ..PLAIN
    },
    Measure {
        name: "effective_lr_still",
        meaning: "how many parameters have a gradient of 0 in that step and are left out",
        of: Of::Window(|window| MeasuredValue::Whole(window.effective_lr.still.into())),
        ..PLAIN
    },
];

/// Learning rate.
pub const LR: Measure = Measure {
    name: "lr",
    title: "learning rate",
    unit: Unit::Length,
    meaning: "learning rate of the step, as its schedule and the person at the keys have it",
    of: Of::Step(|step| MeasuredValue::Number(step.lr)),
    ..PLAIN
};

/// Cross-entropy.
pub const LOSS: Measure = Measure {
    name: "loss",
    title: "loss",
    unit: Unit::Nats,
    is_smoothed: true,
    meaning: "mean cross-entropy of the minibatch before its update, in nats",
    of: Of::Step(|step| MeasuredValue::Number(step.loss)),
    of_score: Some(|score| score.loss),
    ..PLAIN
};

/// Share of samples classified correctly.
pub const ACCURACY: Measure = Measure {
    name: "accuracy",
    title: "accuracy",
    unit: Unit::Ratio,
    range: (0.0, 1.0),
    is_smoothed: true,
    meaning: "share of the minibatch classified correctly before its update, 0 to 1",
    of: Of::Step(|step| MeasuredValue::Number(step.accuracy)),
    of_score: Some(|score| score.accuracy),
    ..PLAIN
};

/// Length of the gradient.
pub const GRAD_NORM: Measure = Measure {
    name: "grad_norm",
    title: "gradient norm",
    unit: Unit::Length,
    is_smoothed: true,
    meaning: "‖g‖₂ over all parameters, before any clipping",
    of: Of::Step(|step| MeasuredValue::Number(step.grad_norm)),
    ..PLAIN
};

/// Length of the update.
pub const UPDATE_NORM: Measure = Measure {
    name: "update_norm",
    title: "update norm",
    unit: Unit::Length,
    is_smoothed: true,
    meaning: "‖θ(t+1) − θ(t)‖₂ over all parameters",
    of: Of::Step(|step| MeasuredValue::Number(step.update_norm)),
    ..PLAIN
};

/// Cosine between consecutive updates.
pub const UPDATE_COSINE: Measure = Measure {
    name: "update_cosine",
    label: "upd cos",
    unit: Unit::Ratio,
    range: (-1.0, 1.0),
    summary: "mean cosine between updates",
    meaning: "cosine between this update and the one before; empty at step 1 and where either is zero",
    of: Of::Step(|step| MeasuredValue::Maybe(step.update_cosine)),
    ..PLAIN
};

/// How far the window came for how far it walked.
pub const STRAIGHTNESS: Measure = Measure {
    name: "straightness",
    label: "straight",
    unit: Unit::Ratio,
    range: (0.0, 1.0),
    summary: "net distance ÷ path length",
    meaning: "‖θ(t) − θ(t−50)‖ ÷ Σ‖Δθ‖ over the window: 1 is a straight line",
    of: Of::Window(|window| MeasuredValue::Number(window.straightness)),
    ..PLAIN
};

/// Distance from the start.
pub const DISTANCE: Measure = Measure {
    name: "distance",
    label: "distance",
    unit: Unit::Length,
    summary: "from the initial weights",
    meaning: "‖θ(t) − θ(0)‖₂, θ(t) being where the network is evaluated",
    of: Of::Window(|window| MeasuredValue::Number(window.distance)),
    ..PLAIN
};

/// Cosine between the gradients of the probe batch.
pub const GRADIENT_COSINE: Measure = Measure {
    name: "gradient_cosine",
    label: "grad cos",
    unit: Unit::Ratio,
    range: (-1.0, 1.0),
    summary: "cosine between gradients",
    meaning: "at some of these windows: cosine between the gradients of one fixed probe batch there and at the last \
              window's end",
    of: Of::Window(|window| MeasuredValue::Maybe(window.gradient_cosine)),
    ..PLAIN
};

/// How restless the loss is.
pub const ROUGHNESS: Measure = Measure {
    name: "roughness",
    label: "rough",
    unit: Unit::Nats,
    summary: "spread of loss differences",
    meaning: "standard deviation (population) of the loss differences from step to step over the window, in nats",
    of: Of::Window(|window| MeasuredValue::Number(window.roughness)),
    ..PLAIN
};

/// Angle between consecutive updates.
pub const TURN: Measure = Measure {
    name: "turn",
    label: "turn",
    unit: Unit::Degrees,
    range: (0.0, 180.0),
    summary: "mean angle between updates",
    meaning: "mean angle between consecutive updates over the window, in degrees",
    of: Of::Window(|window| MeasuredValue::Maybe(window.turn)),
    ..PLAIN
};

/// Median of the effective learning rates of single parameters.
pub const EFFECTIVE_LR: Measure = Measure {
    name: "effective_lr_p50",
    title: "effective lr",
    unit: Unit::Length,
    meaning: "likewise, median",
    of: Of::Window(|window| MeasuredValue::Maybe(window.effective_lr.p50)),
    ..PLAIN
};

/// The columns of `steps.csv` and what they are, as a table in Markdown.
pub fn columns_in_markdown() -> String {
    let mut text = "| column | what it is |\n|---|---|\n| `run` | label, unique in the race |\n\
                    | `optimizer` | name of its optimizer, as in a spec |\n"
        .to_owned();
    for Measure { name, meaning, .. } in MEASURES {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| `{name}` | {meaning} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_has_a_name_of_its_own_and_is_explained() {
        for (index, measure) in MEASURES.iter().enumerate() {
            assert!(!measure.name.is_empty() && !measure.meaning.is_empty(), "{measure:?}");
            assert!(MEASURES[..index].iter().all(|other| other.name != measure.name), "{measure:?}");
            assert!(measure.label.chars().count() <= 8 && measure.range.0 < measure.range.1, "{measure:?}");
        }
        let is_of_windows = |name| Measure::named(name).map(Measure::is_of_windows);
        assert_eq!([is_of_windows("loss"), is_of_windows("turn"), is_of_windows("?")], [Some(false), Some(true), None]);
    }
}
