//! Lists of optimizers that race together under one name.

use std::fmt::Write;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::optim::{Spec, SpecError};
use crate::tui::app::Opening;

/// A list of optimizers with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Preset {
    name: &'static str,
    about: &'static str,
    specs: &'static [&'static str],
    opening: Opening,
    /// Where to see more of it in the files.
    files: &'static str,
}

/// All presets. A new one is an entry here.
const ALL: [Preset; 8] = [
    Preset {
        name: "zigzag",
        about: "SGD beside Adam, step by step",
        specs: &["sgd", "adam"],
        opening: Opening {
            view: '2',
            look: "Look at the paths: SGD's turns back again and again, Adam's is one bow",
            press: "Press space to pause, then . for a step; b shows both paths at one scale, ? explains the picture",
        },
        files: "In steps.csv see turn, the angle between one update and the next: about 90° for SGD, 25° for Adam",
    },
    Preset {
        name: "rates",
        about: "SGD with a learning rate that is too small, a right one, and one that is too large",
        specs: &["sgd:lr=0.001,label=too small", "sgd:lr=0.1,label=right", "sgd:lr=3,label=too large"],
        opening: Opening {
            view: '1',
            look: "Look at the losses: one creeps, one falls, one guesses for ever",
            press: "Choose a run with ↑ ↓, change its rate with ← →, and press r to begin again",
        },
        files: "In the table below see val acc: of ten classes whoever guesses hits one in ten",
    },
    Preset {
        name: "schedules",
        about: "momentum with a learning rate that stays, and with rates that fall",
        specs: &[
            "momentum:lr=0.05,label=constant",
            "momentum:lr=0.05,schedule=step,label=step",
            "momentum:lr=0.05,schedule=cosine,label=cosine",
        ],
        opening: Opening {
            view: '1',
            look: "Look at the end: where the rate falls, the loss swings less and settles lower",
            press: "Press 4 to see the rates and the length of each step",
        },
        files: "In steps.csv see lr and update_norm: the steps shrink with the rate",
    },
    Preset {
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
        opening: Opening {
            view: '1',
            look: "Look at how soon each curve falls; the race ends with a ranking",
            press: "Press 2 for the zigzag, 6 for what a lesson says and whether it holds here",
        },
        files: "In steps.csv see roughness: with one sample a step the loss jumps five times as far from step to step",
    },
    Preset {
        name: "adam-family",
        about: "Adam and seven that mend it",
        specs: &["adam", "adam:amsgrad=true,label=AMSGrad", "adamw", "nadam", "radam", "adamax", "adabelief", "adopt"],
        opening: Opening {
            view: '1',
            look: "Look how close they end: but for Adamax, whose steps are the shortest, within half a percent",
            press: "Press 4: RAdam begins with short steps; press 2: Nadam's way bends more than Adam's",
        },
        files: "In steps.csv see update_norm of the first steps, RAdam's a tenth of Adam's, and turn, Nadam's twice",
    },
    Preset {
        name: "sign",
        about: "three of which only the sign of the gradient counts, beside SGD and Adam",
        specs: &["sgd:lr=0.1", "adam", "signsgd:lr=3e-4", "signum:lr=3e-4", "lion:lr=3e-4"],
        opening: Opening {
            view: '4',
            look: "Look at the length of each step: of the three it stays, of SGD it follows the gradient",
            press: "Press 2: SignSGD zigzags; Signum and Lion smooth the gradient before they take its sign",
        },
        files: "In steps.csv see update_norm: where each parameter moves by 3e-4 it is 0.08 from first to last",
    },
    Preset {
        name: "no-lr",
        about: "three that want no learning rate tuned, or no schedule, beside SGD and Adam",
        specs: &["sgd", "adam", "prodigy", "schedulefree-sgd", "schedulefree-adamw"],
        opening: Opening {
            view: '4',
            look: "Look at the first steps: Prodigy's grow a hundredfold and more until it has found its rate",
            press: "Press 1: Schedule-Free is judged at an average, which is as calm as if its rate had fallen",
        },
        files: "In steps.csv see update_norm: Prodigy's first step is 0.0008 long, its 13th 0.6",
    },
    Preset {
        name: "2026",
        about: "eight worth a look in 2026, beside SGD and Adam",
        specs: &[
            "sgd",
            "adam",
            "adamw",
            "adamw:cautious=true,label=Cautious AdamW",
            "nadam",
            "lion:lr=3e-4",
            "ademamix",
            "schedulefree-sgd",
            "schedulefree-adamw",
            "prodigy",
        ],
        opening: Opening {
            view: '1',
            look: "Look who is at 85 % first, and how little parts them then: half a percent may be chance",
            press: "Press 2 for the ways of two, 4 for their steps; optirace optimizers NAME explains each",
        },
        files: "In the table below see 85 % val acc beside compute s: who is soon there, and at which price",
    },
];

impl Preset {
    /// What there is to see without a screen.
    pub(super) fn hint(self) -> String {
        format!("{}. {}", self.opening.look, self.files)
    }

    /// What the screen opens with.
    pub(super) fn opening(self) -> Opening {
        self.opening
    }

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
    for Preset { name, about, specs, .. } in ALL {
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
