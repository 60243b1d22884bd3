//! What can be wrong with the text of a spec, and what was perhaps meant.

use crate::optim::setting::Dialect;
use crate::text::{Untrusted, did_you_mean, most_like};

/// What can be wrong with the text of a spec.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SpecError {
    /// No optimizer has this name.
    #[error("no optimizer is called `{name}`{} (there are {known})", did_you_mean(.suggestion))]
    UnknownName {
        /// What was written.
        name: Untrusted,
        /// The name that is most like it.
        suggestion: Option<&'static str>,
        /// All names.
        known: String,
    },
    /// No optimizer's name is like this pattern.
    #[error("no optimizer's name is like `{pattern}` (there are {known})")]
    NoMatch {
        /// What was written.
        pattern: Untrusted,
        /// All names.
        known: String,
    },
    /// No schedule has this name.
    #[error("{optimizer}: no schedule is called `{name}`{} (there are {known})", did_you_mean(.suggestion))]
    UnknownSchedule {
        /// The optimizer.
        optimizer: &'static str,
        /// What was written.
        name: Untrusted,
        /// The name that is most like it.
        suggestion: Option<&'static str>,
        /// All names.
        known: String,
    },
    /// The optimizer has no setting of this name.
    #[error("{optimizer} has no setting `{key}`{} (it has {known})", instead(.named, .suggestion))]
    UnknownKey {
        /// The optimizer.
        optimizer: &'static str,
        /// What was written.
        key: Untrusted,
        /// The key that is most like it.
        suggestion: Option<&'static str>,
        /// The optimizer of that name, where the key is one.
        named: Option<&'static str>,
        /// All keys.
        known: String,
    },
    /// The setting exists in the other dialect only.
    #[error("{optimizer} has no setting `{key}` in the {dialect} dialect; add dialect={other} to use it")]
    OtherDialect {
        /// The optimizer.
        optimizer: &'static str,
        /// The setting.
        key: &'static str,
        /// The dialect of the spec.
        dialect: Dialect,
        /// The one that has it.
        other: Dialect,
    },
    /// A schedule's setting without a schedule.
    #[error("{optimizer}: {key} is a setting of schedules; add schedule=NAME to use it (found in {families})")]
    NoSchedule {
        /// The optimizer.
        optimizer: &'static str,
        /// The setting.
        key: Untrusted,
        /// The schedules that have it.
        families: String,
    },
    /// A setting that other schedules have.
    #[error("{optimizer}: schedule={schedule} has no setting `{key}` (it has {known}); found in {families}")]
    OtherSchedule {
        /// The optimizer.
        optimizer: &'static str,
        /// The schedule of the spec.
        schedule: &'static str,
        /// The setting.
        key: Untrusted,
        /// The schedule's settings.
        known: String,
        /// The schedules that have it.
        families: String,
    },
    /// Not as many rates as pieces.
    #[error(
        "{optimizer}: values must be {needed} learning rates, one for each piece that boundaries make, not {given}"
    )]
    Pieces {
        /// The optimizer.
        optimizer: &'static str,
        /// Values that it takes.
        needed: usize,
        /// Values that are there.
        given: usize,
    },
    /// The learning rate is not the one the schedule begins with.
    #[error("{optimizer}: lr={lr} is not {first}, the first of values; leave lr out, it is the first of values")]
    FirstRate {
        /// The optimizer.
        optimizer: &'static str,
        /// The learning rate as it was written.
        lr: Untrusted,
        /// The first of the schedule's rates.
        first: String,
    },
    /// An average of parameters beside the one that the optimizer keeps itself, or what would part it from them.
    #[error("{optimizer} is evaluated at an average of its own: leave out {key}")]
    TwoAverages {
        /// The optimizer.
        optimizer: &'static str,
        /// The setting that asks for another.
        key: &'static str,
    },
    /// Two ways to clip.
    #[error("{optimizer}: of clip_norm, clip_value and global_clip_norm only one can be given; choose one")]
    TwoClips {
        /// The optimizer.
        optimizer: &'static str,
    },
    /// A value is none, or out of range.
    #[error("{optimizer}: {key}={value} is not allowed; {key} must be {range}")]
    BadValue {
        /// The optimizer.
        optimizer: &'static str,
        /// The setting.
        key: Untrusted,
        /// What was written.
        value: Untrusted,
        /// The values it may take.
        range: String,
    },
    /// A setting without a value.
    #[error("{optimizer}: `{part}` is no setting; write KEY=VALUE, with a comma between two")]
    NoValue {
        /// The optimizer.
        optimizer: &'static str,
        /// What was written.
        part: Untrusted,
    },
    /// A setting was given twice.
    #[error("{optimizer}: {key} is given twice; give it once")]
    Twice {
        /// The optimizer.
        optimizer: &'static str,
        /// The setting.
        key: Untrusted,
    },
}

/// What Keras and PyTorch call some of our settings.
const LIBRARY_NAMES: [(&str, &str); 11] = [
    ("learning_rate", "lr"),
    ("max_lr", "lr"),
    ("epsilon", "eps"),
    ("alpha", "rho"),
    ("alpha", "final"),
    ("batch_size", "batch"),
    ("initial_accumulator_value", "initial_accumulator"),
    ("warmup_steps", "warmup"),
    ("pct_start", "warmup"),
    ("step_size", "decay_steps"),
    ("gamma", "decay_rate"),
];

/// What was probably meant by a key that is not there: an optimizer of that name, or another key.
fn instead(named: &Option<&'static str>, suggestion: &Option<&'static str>) -> String {
    named.map_or_else(
        || did_you_mean(suggestion),
        |name| format!("; {name} is an optimizer of its own, which `optirace optimizers {name}` explains"),
    )
}

/// The key that `word` most likely means: what another library calls a setting, or a slip.
pub(super) fn key_most_like(word: &str, known: &[&'static str]) -> Option<&'static str> {
    let lower = word.to_lowercase();
    let of_library = LIBRARY_NAMES.iter().find(|(theirs, ours)| *theirs == lower && known.contains(ours));
    of_library.map(|(_, ours)| *ours).or_else(|| most_like(word, known))
}
