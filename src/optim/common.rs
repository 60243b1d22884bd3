//! Settings that any optimizer may be given beside its own, in every dialect the same: one table for what is read,
//! printed, explained and built.

use super::setting::Domain;

/// What a setting is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// What parameters lose by themselves.
    Decay,
    /// How large a gradient may be.
    Clip,
    /// What is left out of an update.
    Update,
    /// Where the network is evaluated, if not at its parameters.
    Average,
    /// Where gradients are taken, if not at the parameters.
    Sharpness,
}

impl Group {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 5] = [Self::Decay, Self::Clip, Self::Update, Self::Average, Self::Sharpness];

    /// Its name, as the heading of a list.
    pub fn name(self) -> &'static str {
        match self {
            Self::Decay => "Decay",
            Self::Clip => "Clip (one of them at most)",
            Self::Update => "Update",
            Self::Average => "Average (where the network is evaluated, and its weights are kept; steps go on from θ)",
            Self::Sharpness => "Sharpness (two gradients a step)",
        }
    }
}

/// A setting that any optimizer may be given; without it nothing of it is done.
#[derive(Debug)]
pub struct CommonSetting {
    /// Its key in a spec.
    pub key: &'static str,
    /// What it is about.
    pub group: Group,
    /// The values it may take.
    pub domain: Domain,
    /// What it does, in lines of a list.
    pub meaning: &'static [&'static str],
    /// Whether it may change while an optimizer trains: what is kept stays as it is then.
    pub live: bool,
}

/// All of them, in the order in which they are printed.
pub static ALL: &[CommonSetting] = &[
    CommonSetting {
        key: "weight_decay",
        group: Group::Decay,
        domain: Domain::NonNegative,
        meaning: &[
            "before each update θ ← θ − θ·weight_decay·lr, for kernels and biases (decoupled: not the",
            "weight_decay of PyTorch's SGD and Adam, which adds to the gradient)",
        ],
        live: true,
    },
    CommonSetting {
        key: "l2",
        group: Group::Decay,
        domain: Domain::NonNegative,
        meaning: &[
            "each parameter's gradient, once clipped, grows by l2·θ (coupled: what PyTorch's SGD and",
            "Adam call weight_decay)",
        ],
        live: true,
    },
    CommonSetting {
        key: "decay_bias",
        group: Group::Decay,
        domain: Domain::Flag,
        meaning: &["whether biases decay too, by weight_decay and l2: true unless given"],
        live: true,
    },
    CommonSetting {
        key: "clip_norm",
        group: Group::Clip,
        domain: Domain::Positive,
        meaning: &[
            "each variable's gradient, a kernel or a bias, is scaled down to at most this norm (Keras's",
            "clipnorm)",
        ],
        live: true,
    },
    CommonSetting {
        key: "clip_value",
        group: Group::Clip,
        domain: Domain::Positive,
        meaning: &["each element of the gradient is kept from −clip_value to clip_value (Keras's clipvalue)"],
        live: true,
    },
    CommonSetting {
        key: "global_clip_norm",
        group: Group::Clip,
        domain: Domain::Positive,
        meaning: &[
            "the gradient of all variables together is scaled down to at most this norm (Keras's",
            "global_clipnorm)",
        ],
        live: true,
    },
    CommonSetting {
        key: "cautious",
        group: Group::Update,
        domain: Domain::Flag,
        meaning: &[
            "an update is kept only where it goes down the gradient, and the rest of its variable's is scaled up",
            "by as much as that takes of their number (Liang et al. 2024, arXiv:2411.16085)",
        ],
        live: true,
    },
    CommonSetting {
        key: "lookahead",
        group: Group::Average,
        domain: Domain::Count,
        meaning: &[
            "slow weights: every so many steps they go half of the way to θ, and θ goes to where they are",
            "(Zhang, Lucas, Ba & Hinton 2019, arXiv:1907.08610, who have 5)",
        ],
        live: false,
    },
    CommonSetting {
        key: "ema",
        group: Group::Average,
        domain: Domain::Share,
        meaning: &["a mean of θ of which this share is kept each step (Keras's use_ema, which has 0.99)"],
        live: false,
    },
    CommonSetting {
        key: "sam",
        group: Group::Sharpness,
        domain: Domain::Positive,
        meaning: &[
            "the gradient is that at θ + sam·g ÷ (‖g‖ + 1e-12), ‖g‖ of all variables (sharpness-aware",
            "minimisation: Foret, Kleiner, Mobahi & Neyshabur 2021, arXiv:2010.01412, who have 0.05)",
        ],
        live: true,
    },
];

/// The setting of this key.
pub fn find(key: &str) -> Option<&'static CommonSetting> {
    ALL.iter().find(|setting| setting.key == key)
}

/// Those that an optimizer was given.
#[derive(Debug, Clone, Default)]
pub struct CommonValues(Vec<(&'static CommonSetting, f64)>);

impl CommonValues {
    /// A value, if there is one.
    pub fn value(&self, key: &str) -> Option<f64> {
        self.0.iter().find(|(setting, _)| setting.key == key).map(|(_, value)| *value)
    }

    /// A value that does something: one that is given, and is not 0.
    pub fn acting(&self, key: &str) -> Option<f64> {
        self.value(key).filter(|value| *value != 0.0)
    }

    /// Sets a value, in place of an earlier one.
    pub fn set(&mut self, setting: &'static CommonSetting, value: f64) {
        self.0.retain(|(known, _)| known.key != setting.key);
        self.0.push((setting, value));
    }

    /// Those of the table that have a value, in its order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static CommonSetting, f64)> {
        ALL.iter().filter_map(|setting| Some((setting, self.value(setting.key)?)))
    }

    /// How many of a group have a value.
    pub fn count(&self, group: Group) -> usize {
        self.0.iter().filter(|(setting, _)| setting.group == group).count()
    }
}
