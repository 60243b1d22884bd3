//! The lesson's sentences, what each claims, how that is measured and what the measure must be.

use super::measures::{self, Measured};
use super::trial::Trial;
use super::verdict::Bound::{self, Above, Below};

/// A sentence of the lesson.
#[derive(Debug)]
pub struct Sentence {
    /// Its number in the lesson, from 1.
    pub number: u8,
    /// What it says.
    pub text: &'static str,
    /// What has to be so for it to hold.
    pub claims: &'static [Claim],
}

/// Something that can be measured, and what it must be.
#[derive(Debug)]
pub struct Claim {
    /// What is measured.
    pub what: &'static str,
    /// What a value of it looks like.
    pub unit: ClaimUnit,
    /// What it must be.
    pub bound: Bound,
    /// Measures it on one seed.
    pub measure: fn(&Trial<'_>) -> Measured,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimUnit {
    /// A number.
    Number,
    /// A multiple of something else.
    Times,
    /// A share, in percent.
    Percent,
    /// A difference of shares, in points of a hundred.
    Points,
    /// An angle, in degrees.
    Degrees,
    /// 1 on a seed where it is so, 0 where not.
    Seeds,
}

impl ClaimUnit {
    /// A value as it is written, with its unit.
    pub fn show(self, value: f64) -> String {
        let sign = match self {
            Self::Number => "",
            Self::Times => "×",
            Self::Percent => " %",
            Self::Points => " points",
            Self::Degrees => "°",
            Self::Seeds => " of all seeds",
        };
        format!("{}{sign}", self.digits(value))
    }

    /// A value as it is written, without its unit.
    pub fn digits(self, value: f64) -> String {
        match self {
            Self::Percent | Self::Points => rounded(100.0 * value),
            Self::Seeds => format!("{} %", rounded(100.0 * value)),
            Self::Number | Self::Times | Self::Degrees => rounded(value),
        }
    }
}

/// Two or three digits, or the whole number.
fn rounded(value: f64) -> String {
    let size = value.abs();
    let decimals = match () {
        () if (value == value.round() && size < 1e6) || size >= 100.0 => 0,
        () if size >= 10.0 => 1,
        () if size >= 0.095 => 2,
        () if size >= 0.0095 => 3,
        () if size >= 0.00095 => 4,
        () => return format!("{value:.1e}"),
    };
    format!("{value:.decimals$}")
}

/// All sentences, in the order of the lesson.
pub const SENTENCES: [Sentence; 16] = [
    Sentence {
        number: 1,
        text: "Flatten has no parameters and changes no number; training with it equals training on flattened input.",
        claims: &[
            claim(
                "parameters beside those of the Dense layers",
                ClaimUnit::Number,
                Below(0.5),
                measures::flatten_parameters,
            ),
            claim(
                "numbers that differ from training on flattened samples",
                ClaimUnit::Number,
                Below(0.5),
                measures::flatten_differences,
            ),
        ],
    },
    Sentence {
        number: 2,
        text: "SGD on one sample a step is quick per step and needs the least memory.",
        claims: &[
            claim("time of a step ÷ with 32 samples", ClaimUnit::Times, Below(0.5), measures::step_time),
            claim(
                "numbers kept per parameter: fewest of the others − SGD",
                ClaimUnit::Number,
                Above(0.5),
                measures::memory,
            ),
        ],
    },
    Sentence {
        number: 3,
        text: "SGD's loss swings up and down and falls only on average.",
        claims: &[
            claim("steps whose loss is above the last one's", ClaimUnit::Percent, Above(0.25), measures::rises),
            claim("mean loss, last tenth ÷ first tenth", ClaimUnit::Times, Below(0.8), measures::fall),
        ],
    },
    Sentence {
        number: 4,
        text: "Near the minimum SGD keeps swinging and does not settle.",
        claims: &[
            claim("mean update, last fifth ÷ second fifth", ClaimUnit::Times, Above(0.5), measures::step_left),
            claim("straightness in the last fifth", ClaimUnit::Number, Below(0.3), measures::straightness_left),
        ],
    },
    Sentence {
        number: 5,
        text: "A learning rate lowered over time lets SGD settle.",
        claims: &[
            claim("mean update at the end ÷ at a constant rate", ClaimUnit::Times, Below(0.2), measures::settling),
            claim("val loss: constant rate − lowered", ClaimUnit::Number, Above(0.0), measures::settled_loss),
        ],
    },
    Sentence {
        number: 6,
        text: "SGD's randomness helps it out of a local minimum and hinders it from resting in the global one.",
        claims: &[
            claim(
                "starts in the local well that noise leads out of it",
                ClaimUnit::Percent,
                Above(0.1),
                measures::escapes,
            ),
            claim("distance from the global minimum with noise", ClaimUnit::Number, Above(0.1), measures::restlessness),
            claim("and without", ClaimUnit::Number, Below(0.01), measures::rest),
        ],
    },
    Sentence {
        number: 7,
        text: "Momentum starts slowly, gathers speed, and gets there sooner.",
        claims: &[
            claim("growth of its first updates ÷ SGD's", ClaimUnit::Times, Above(2.0), measures::gathered_speed),
            claim("samples to SGD's best val accuracy ÷ SGD's", ClaimUnit::Times, Below(0.7), measures::sooner),
        ],
    },
    Sentence {
        number: 8,
        text: "Momentum zigzags less than SGD.",
        claims: &[claim("angle between updates: SGD − momentum", ClaimUnit::Degrees, Above(10.0), measures::turn)],
    },
    Sentence {
        number: 9,
        text: "With SGD a learning rate too small takes too long, one too large diverges.",
        claims: &[
            claim("SGD's val accuracy: best rate − lowest rate", ClaimUnit::Points, Above(0.1), measures::too_small),
            claim("seeds on which the highest rate diverges", ClaimUnit::Seeds, Above(0.5), measures::too_large),
        ],
    },
    Sentence {
        number: 10,
        text: "AdaGrad gives each parameter its own rate.",
        claims: &[claim("effective rates: 90th percentile ÷ 10th", ClaimUnit::Times, Above(2.0), measures::own_rates)],
    },
    Sentence {
        number: 11,
        text: "AdaGrad's updates weaken as it goes on, towards none.",
        claims: &[
            claim("median effective rate, end ÷ start", ClaimUnit::Times, Below(0.5), measures::fade),
            claim("and end ÷ middle", ClaimUnit::Times, Below(0.9), measures::late_fade),
        ],
    },
    Sentence {
        number: 12,
        text: "RMSprop does not fade so, and beats AdaGrad.",
        claims: &[
            claim("effective rate, end ÷ start, ÷ AdaGrad's", ClaimUnit::Times, Above(1.5), measures::holds_out),
            claim("val accuracy: RMSprop − AdaGrad", ClaimUnit::Points, Above(0.01), measures::beats_adagrad),
        ],
    },
    Sentence {
        number: 13,
        text: "RMSprop mostly converges faster than momentum and Nesterov.",
        claims: &[claim("mean training loss ÷ the lower of theirs", ClaimUnit::Times, Below(0.99), measures::faster)],
    },
    Sentence {
        number: 14,
        text: "Adam, which joins momentum and RMSprop, is a good first choice.",
        claims: &[claim("val accuracy: best of all − Adam", ClaimUnit::Points, Below(0.01), measures::behind_best)],
    },
    Sentence {
        number: 15,
        text: "AdaGrad, RMSprop and Adam spare the tuning of the learning rate.",
        claims: &[claim(
            "learning rates that work: adaptive − others",
            ClaimUnit::Points,
            Above(0.05),
            measures::spared_tuning,
        )],
    },
    Sentence {
        number: 16,
        text: "The default learning rate of AdaGrad, RMSprop and Adam is 0.001.",
        claims: &[claim(
            "of AdaGrad, RMSprop and Adam have it",
            ClaimUnit::Number,
            Above(2.5),
            measures::default_rates,
        )],
    },
];

const fn claim(what: &'static str, unit: ClaimUnit, bound: Bound, measure: fn(&Trial<'_>) -> Measured) -> Claim {
    Claim { what, unit, bound, measure }
}
