//! What a person may set: a number or a flag, with the values it may take and its default in each dialect.

use std::fmt;

use crate::text::shortest;

/// Whose definition of an optimizer is meant: the libraries differ in formulas and defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// Keras 3.
    #[default]
    Keras,
    /// PyTorch.
    Torch,
    /// Optax.
    Optax,
    /// The authors' own program.
    Reference,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Keras, Self::Torch, Self::Optax, Self::Reference];

    /// Its name in a spec.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keras => "keras",
            Self::Torch => "torch",
            Self::Optax => "optax",
            Self::Reference => "reference",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A default for each dialect that has one.
pub type PerDialect = &'static [(Dialect, f64)];

/// The values a setting may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// Above 0, and no more than a single-precision number holds.
    Positive,
    /// 0 or more, and no more than a single-precision number holds.
    NonNegative,
    /// 0 or less, and no less than a single-precision number holds.
    NonPositive,
    /// From 0 to below 1.
    Fraction,
    /// Above 0 and below 1.
    Share,
    /// A whole number from 1.
    Count,
    /// `true` or `false`, kept as 1 and 0.
    Flag,
}

impl Domain {
    /// Whether `value` is allowed. It must also be a number that single precision can hold.
    pub fn contains(self, value: f64) -> bool {
        let largest = f64::from(f32::MAX);
        match self {
            Self::Positive => value >= f64::from(f32::MIN_POSITIVE) && value <= largest,
            Self::NonNegative => value == 0.0 || Self::Positive.contains(value),
            Self::NonPositive => Self::NonNegative.contains(-value),
            // Just below 1 rounds to 1 in single precision, which would be outside.
            Self::Fraction => (0.0..1.0).contains(&value) && (value as f32) < 1.0,
            Self::Share => Self::Positive.contains(value) && Self::Fraction.contains(value),
            Self::Count => value >= 1.0 && value.fract() == 0.0 && value <= f64::from(u32::MAX),
            Self::Flag => value == 0.0 || value == 1.0,
        }
    }

    /// The value of `text`, if it is one that is allowed.
    pub fn parse(self, text: &str) -> Option<f64> {
        let value = match (self, text) {
            (Self::Flag, "true") => 1.0,
            (Self::Flag, "false") => 0.0,
            (Self::Flag, _) => return None,
            _ => text.parse().ok()?,
        };
        self.contains(value).then_some(value)
    }

    /// A value as text that reads back as it.
    pub fn print(self, value: f64) -> String {
        if self == Self::Flag { (value != 0.0).to_string() } else { shortest(value) }
    }

    /// The range in words, to follow "must be".
    pub fn describe(self) -> &'static str {
        match self {
            Self::Positive => "a number from 1.2e-38 to 3.4e38",
            Self::NonNegative => "0 or a number from 1.2e-38 to 3.4e38",
            Self::NonPositive => "0 or a number from -3.4e38 to -1.2e-38",
            Self::Fraction => "a number from 0 to below 1",
            Self::Share => "a number above 0 and below 1",
            Self::Count => "a whole number from 1",
            Self::Flag => "true or false",
        }
    }
}

/// A number, or a flag, that decides how an optimizer steps.
#[derive(Debug)]
pub struct Setting {
    /// Its key in a spec.
    pub key: &'static str,
    /// What it does, with its unit where it has one.
    pub meaning: &'static str,
    /// The values it may take.
    pub domain: Domain,
    /// Its default in each dialect that has such a setting.
    pub default: PerDialect,
    /// Whether it may change while an optimizer trains: what it keeps stays as it is then.
    pub live: bool,
}

impl Setting {
    /// Its default in `dialect`, if that has such a setting.
    pub fn default_in(&self, dialect: Dialect) -> Option<f64> {
        self.default.iter().find(|(of, _)| *of == dialect).map(|(_, value)| *value)
    }
}

/// The settings of an optimizer that its dialect knows, each with its value, in the order of its definition.
#[derive(Debug, Clone)]
pub struct SettingValues {
    /// Whose definition is meant.
    pub dialect: Dialect,
    /// Whether biases decay as kernels do.
    pub decay_bias: bool,
    values: Vec<(&'static Setting, f64)>,
}

impl SettingValues {
    /// The defaults of a dialect.
    pub fn new(settings: &'static [Setting], dialect: Dialect) -> Self {
        let default = |setting: &'static Setting| Some((setting, setting.default_in(dialect)?));
        Self { dialect, decay_bias: true, values: settings.iter().filter_map(default).collect() }
    }

    /// A value; 0 where the dialect has no such setting.
    pub fn value(&self, key: &str) -> f64 {
        self.values.iter().find(|(setting, _)| setting.key == key).map_or(0.0, |(_, value)| *value)
    }

    /// Whether a flag is set.
    pub fn flag(&self, key: &str) -> bool {
        self.value(key) != 0.0
    }

    /// Every setting with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Setting, f64)> {
        self.values.iter().copied()
    }

    /// To change a value, if the dialect has such a setting.
    pub(super) fn value_mut(&mut self, key: &str) -> Option<&mut f64> {
        self.values.iter_mut().find(|(setting, _)| setting.key == key).map(|(_, value)| value)
    }
}
