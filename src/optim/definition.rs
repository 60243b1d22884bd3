//! What is known of an optimizer before it runs: its name, formula, settings, and whose definition is meant.

use super::rule::Rule;
use super::setting::{Dialect, PerDialect, Setting, SettingValues};

/// What the learning rate means: every optimizer's first setting.
pub const LR_MEANING: &str = "learning rate: how far a step goes along the direction the optimizer chose";

/// All there is to know of an optimizer.
#[derive(Debug)]
pub struct Definition {
    /// Its name in a spec.
    pub name: &'static str,
    /// Its name on the screen.
    pub title: &'static str,
    /// What it does, in a sentence.
    pub idea: &'static str,
    /// Default learning rate.
    pub lr: PerDialect<f64>,
    /// Its own settings, beyond the learning rate.
    pub settings: &'static [Setting],
    /// The formulas of a step, one line each.
    pub formula: PerDialect<&'static [&'static str]>,
    /// How the two libraries differ.
    pub differences: &'static str,
    /// Where it can go wrong.
    pub caution: &'static str,
    /// Where it was published.
    pub paper: &'static str,
    /// The weight with which the gradient of so many steps ago (0: this step's) enters an update, up to a factor that
    /// all have in common; where gradients are divided by what was kept of their size, before that. `None` where no
    /// such weights are known.
    pub memory: Option<fn(&SettingValues, u32) -> f64>,
    /// Makes its rule for networks.
    pub build_f32: fn(&SettingValues) -> Box<dyn Rule<f32>>,
    /// Makes its rule for test functions.
    pub build_f64: fn(&SettingValues) -> Box<dyn Rule<f64>>,
}

impl Definition {
    /// The settings that this dialect knows, each with its default.
    pub fn settings_in(&self, dialect: Dialect) -> impl Iterator<Item = (&'static Setting, f64)> {
        let settings: &'static [Setting] = self.settings;
        settings.iter().filter_map(move |setting| setting.default.of(dialect).map(|default| (setting, default)))
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
