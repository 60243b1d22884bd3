//! What is known of a family of schedules before a race: its name, formula, settings, and where it comes from.

use super::curve::LrCurve;
use super::value::Kind;
use crate::optim::setting::Domain;

/// The settings that schedules have; each means the same in every family that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// `warmup`
    Warmup,
    /// `start`
    Start,
    /// `decay_steps`
    DecaySteps,
    /// `decay_rate`
    DecayRate,
    /// `staircase`
    Staircase,
    /// `final`
    Final,
    /// `power`
    Power,
    /// `cycle`
    Cycle,
    /// `boundaries`
    Boundaries,
    /// `values`
    Values,
}

/// A setting of a family of schedules.
#[derive(Debug)]
pub struct ScheduleSetting {
    /// Which it is.
    pub key: Key,
    /// What it does here.
    pub meaning: &'static str,
    /// The values it may take.
    pub kind: Kind,
    /// Its default, as it would be written.
    pub default: &'static str,
}

impl ScheduleSetting {
    /// Its key in a spec.
    pub fn name(&self) -> &'static str {
        match self.key {
            Key::Warmup => "warmup",
            Key::Start => "start",
            Key::DecaySteps => "decay_steps",
            Key::DecayRate => "decay_rate",
            Key::Staircase => "staircase",
            Key::Final => "final",
            Key::Power => "power",
            Key::Cycle => "cycle",
            Key::Boundaries => "boundaries",
            Key::Values => "values",
        }
    }
}

/// All there is to know of a family of schedules.
#[derive(Debug)]
pub struct Family {
    /// Its name in a spec.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub idea: &'static str,
    /// Its formula, one line each: s counts the steps since the warm-up, from 0.
    pub formula: &'static [&'static str],
    /// Where it comes from, and what its settings are called there, one line each.
    pub source: &'static [&'static str],
    /// Its settings.
    pub settings: &'static [&'static ScheduleSetting],
    /// The learning rate of a step, counted from 0.
    pub curve: fn(&LrCurve, f64) -> f64,
}

/// The length of the warm-up.
pub static WARMUP: ScheduleSetting = ScheduleSetting {
    key: Key::Warmup,
    meaning: "length of the warm-up, in which the rate rises in a straight line from start·lr to lr",
    kind: Kind::LengthOrNone,
    default: "0",
};

/// Where the warm-up begins.
pub static START: ScheduleSetting = ScheduleSetting {
    key: Key::Start,
    meaning: "share of lr with which the warm-up begins",
    kind: Kind::Number(Domain::NonNegative),
    default: "0",
};

/// The whole of the race after the warm-up.
pub static DECAY_OVER_THE_REST: ScheduleSetting = ScheduleSetting {
    key: Key::DecaySteps,
    meaning: "length of the decay after the warm-up; `rest` is all that the warm-up leaves of the race",
    kind: Kind::LengthOrRest,
    default: "rest",
};

/// Whether the rate falls in stairs.
pub static STAIRCASE: ScheduleSetting = ScheduleSetting {
    key: Key::Staircase,
    meaning: "whether the rate falls in stairs, one each decay_steps",
    kind: Kind::Number(Domain::Flag),
    default: "false",
};
