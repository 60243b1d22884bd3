//! What is known of an optimizer before it runs: its name, formula, settings, and whose definition is meant.

use super::rule::Rule;
use super::setting::{Dialect, Setting, SettingValues};

/// What the learning rate means: every optimizer's first setting.
pub const LR_MEANING: &str = "learning rate: how far a step goes along the direction the optimizer chose";

/// What an optimizer looks at to update an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptimizerKind {
    /// That element alone.
    Elementwise,
    /// That element alone; the network is evaluated elsewhere than at the parameters.
    EvaluatedElsewhere,
    /// Sums over its variable or over all of them, beside that element.
    Sums,
}

impl OptimizerKind {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 3] = [Self::Elementwise, Self::EvaluatedElsewhere, Self::Sums];

    /// What it is, as the heading of a list.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Elementwise => "Elementwise: each parameter is updated from its own gradient alone",
            Self::EvaluatedElsewhere => {
                "Evaluated elsewhere: gradients are taken at the parameters, but an average is judged"
            }
            Self::Sums => {
                "Sums over a variable or all: a norm, or a mean, of many parameters enters the update of each"
            }
        }
    }
}

/// An optimizer as one library defines it.
#[derive(Debug)]
pub struct Form {
    /// Whose definition it is.
    pub dialect: Dialect,
    /// Where that library has it.
    pub library: &'static str,
    /// Default learning rate.
    pub lr: f64,
    /// Default decoupled weight decay; `None` where there is none by default.
    pub weight_decay: Option<f64>,
    /// The formulas of a step, one line each.
    pub formula: &'static [&'static str],
}

/// The weight with which the gradient of so many steps ago (0: this step's) enters an update, up to a factor that all
/// have in common.
pub type Weight = fn(&SettingValues, u32) -> f64;

/// How gradients of past steps enter an update.
#[derive(Debug, Clone, Copy)]
pub enum Memory {
    /// No such weights are known.
    Unknown,
    /// Summed with these weights; where gradients are divided by what was kept of their size, before that.
    Weights(Weight),
    /// As [`Memory::Weights`], and then only the sign of the sum counts.
    Sign(Weight),
}

/// All there is to know of an optimizer.
#[derive(Debug)]
pub struct Definition {
    /// Its name in a spec.
    pub name: &'static str,
    /// Its name on the screen.
    pub title: &'static str,
    /// What it does, in a sentence.
    pub idea: &'static str,
    /// What it looks at to update an element.
    pub kind: OptimizerKind,
    /// Its dialects, the default one first; there is always one.
    pub forms: &'static [Form],
    /// Its own settings, beyond the learning rate.
    pub settings: &'static [Setting],
    /// How the libraries differ.
    pub differences: &'static str,
    /// Where it can go wrong.
    pub caution: &'static str,
    /// Where it was published.
    pub paper: &'static str,
    /// How gradients of past steps enter an update.
    pub memory: Memory,
    /// Makes its rule for networks.
    pub build_f32: fn(&SettingValues) -> Box<dyn Rule<f32>>,
    /// Makes its rule for test functions.
    pub build_f64: fn(&SettingValues) -> Box<dyn Rule<f64>>,
}

impl Definition {
    /// The dialect that is meant where none is named.
    pub fn default_dialect(&self) -> Dialect {
        self.forms.first().map_or_else(Dialect::default, |form| form.dialect)
    }

    /// Its dialects, the default one first.
    pub fn dialects(&self) -> impl Iterator<Item = Dialect> {
        self.forms.iter().map(|form| form.dialect)
    }

    /// Its definition in `dialect`, if there is one.
    pub fn form(&self, dialect: Dialect) -> Option<&'static Form> {
        let forms: &'static [Form] = self.forms;
        forms.iter().find(|form| form.dialect == dialect)
    }

    /// The settings that this dialect knows, each with its default.
    pub fn settings_in(&self, dialect: Dialect) -> impl Iterator<Item = (&'static Setting, f64)> {
        let settings: &'static [Setting] = self.settings;
        settings.iter().filter_map(move |setting| setting.default_in(dialect).map(|default| (setting, default)))
    }
}

/// The cosine between one update and the next where gradients are nothing but noise, each independent of the last:
/// what they have in common is what both remember.
pub fn noise_cosine(weight: impl Fn(u32) -> f64) -> f64 {
    /// Steps after which a memory has nothing left, or is as good as endless.
    const LONGEST_MEMORY: u32 = 100_000;
    /// Share of the sum so far that a weight must have to count.
    const NEGLIGIBLE: f64 = 1e-12;
    let (mut squares, mut products, mut last) = (0.0, 0.0, weight(0));
    for age in 1..=LONGEST_MEMORY {
        let next = weight(age);
        squares += last * last;
        products += last * next;
        if next * next <= NEGLIGIBLE * squares {
            break;
        }
        last = next;
    }
    products / squares
}
