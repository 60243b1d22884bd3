//! Lists of optimizers that race together under one name.

use std::fmt::Write;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::optim::{Spec, SpecError};

/// A list of optimizers with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Preset {
    name: &'static str,
    about: &'static str,
    specs: &'static [&'static str],
}

/// All presets. A new one is an entry here.
const ALL: [Preset; 1] = [Preset {
    name: "textbook",
    about: "the lesson's optimizers with their defaults; its SGD learns from one sample at a time",
    specs: &[
        "sgd:batch=1,label=SGD batch 1",
        "sgd:batch=32,label=SGD batch 32",
        "momentum",
        "adagrad",
        "rmsprop",
        "adam",
    ],
}];

impl Preset {
    /// Its optimizers.
    pub(super) fn specs(self) -> Result<Vec<Spec>, SpecError> {
        self.specs.iter().map(|spec| spec.parse()).collect()
    }
}

impl ValueEnum for Preset {
    fn value_variants<'a>() -> &'a [Self] {
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name).help(self.about))
    }
}

/// Every preset written out, for the help.
pub(super) fn help() -> String {
    let mut text = "Race the optimizers of a preset:".to_owned();
    for Preset { name, about, specs } in ALL {
        let specs: Vec<String> = specs.iter().map(|spec| quoted(spec)).collect();
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{name}: {about} (-o {})", specs.join(" -o "));
    }
    text
}

/// As it is typed in a shell.
fn quoted(spec: &str) -> String {
    if spec.contains(' ') { format!("'{spec}'") } else { spec.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_holds_valid_optimizers() {
        for preset in ALL {
            assert!(preset.specs().is_ok_and(|specs| !specs.is_empty()), "{}", preset.name);
        }
    }
}
