//! Learning rates that change over a race by a formula.
//!
//! A spec names one with `schedule=NAME` and its settings with keys of their own: see [`Family`]. [`Schedule`] is what
//! was chosen, [`LrCurve`] is that laid out over a race of so many steps, and [`Rate`] is a curve with what a person
//! changed meanwhile.
//!
//! Steps count from 0, as Keras's `iterations` do: the first update of a race takes the rate of step 0. The spec's `lr`
//! is the rate before any decay (after the warm-up, where there is one); only `piecewise` names its rates itself.
//! Formulas are computed in double precision.

mod curve;
pub mod definition;
mod families;
mod length;
mod rate;
mod value;

pub use curve::LrCurve;
pub use definition::Family;
pub use families::{all, find};
pub use length::Length;
pub use rate::Rate;
pub use value::ScheduleValue;

use definition::{Key, ScheduleSetting};

/// A schedule and its settings, every default filled in.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Whose formula it is.
    pub family: &'static Family,
    values: Vec<(&'static ScheduleSetting, ScheduleValue)>,
}

impl Schedule {
    /// A schedule with its defaults for the learning rate `lr`.
    pub fn new(family: &'static Family, lr: f64) -> Self {
        // Defaults are written as a person writes them; that all of them can be read is tested.
        let read =
            |setting: &'static ScheduleSetting| setting.kind.parse(setting.default).map(|value| (setting, value));
        let mut schedule = Self { family, values: family.settings.iter().copied().filter_map(read).collect() };
        schedule.fill_rates(lr);
        schedule
    }

    /// Whether it has a setting of this name.
    pub fn has(&self, key: &str) -> bool {
        self.family.settings.iter().any(|setting| setting.name() == key)
    }

    /// Changes a setting that it [has](Self::has).
    ///
    /// # Errors
    /// What the setting must be, to follow "must be".
    pub fn set(&mut self, key: &str, text: &str) -> Result<(), &'static str> {
        for (setting, value) in self.values.iter_mut().filter(|(setting, _)| setting.name() == key) {
            *value = setting.kind.parse(text).ok_or_else(|| setting.kind.describe())?;
        }
        Ok(())
    }

    /// The learning rate it begins with, if it names its rates itself.
    pub fn first_rate(&self) -> Option<f64> {
        match self.value(Key::Values) {
            Some(ScheduleValue::Rates(rates)) => rates.first().copied(),
            _ => None,
        }
    }

    /// Where it has pieces and no rates were given: `lr` for the first, and a tenth of it for each one after.
    pub fn fill_rates(&mut self, lr: f64) {
        let pieces = self.pieces();
        if let Some((_, value)) = self.values.iter_mut().find(|(setting, _)| setting.key == Key::Values) {
            *value = ScheduleValue::Rates((0_u8..).take(pieces).map(|piece| lr / 10_f64.powi(piece.into())).collect());
        }
    }

    /// How many rates its pieces take, and how many it has, where that is not the same.
    pub fn rates_amiss(&self) -> Option<(usize, usize)> {
        match self.value(Key::Values) {
            Some(ScheduleValue::Rates(rates)) if rates.len() != self.pieces() => Some((self.pieces(), rates.len())),
            _ => None,
        }
    }

    fn pieces(&self) -> usize {
        match self.value(Key::Boundaries) {
            Some(ScheduleValue::Lengths(boundaries)) => boundaries.len() + 1,
            _ => 1,
        }
    }

    /// Every setting as key and value, in the order of its definition.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.values.iter().map(|(setting, value)| (setting.name(), setting.kind.print(value)))
    }

    /// The schedule laid out over a race of `steps` steps, with the learning rate `lr` before it decays.
    pub fn curve(&self, lr: f64, steps: u64) -> LrCurve {
        let mut curve = LrCurve::constant(lr, steps);
        curve.formula = self.family.curve;
        let race = curve.steps;
        for (setting, value) in &self.values {
            match (setting.key, value) {
                (Key::Warmup, ScheduleValue::Length(length)) => curve.warmup = length.steps(race, 0.0),
                (Key::Start, ScheduleValue::Number(number)) => curve.start = *number,
                (Key::DecayRate, ScheduleValue::Number(number)) => curve.decay_rate = *number,
                (Key::Staircase, ScheduleValue::Number(number)) => curve.staircase = *number != 0.0,
                (Key::Final, ScheduleValue::Number(number)) => curve.end = *number,
                (Key::Power, ScheduleValue::Number(number)) => curve.power = *number,
                (Key::Cycle, ScheduleValue::Number(number)) => curve.cycle = *number != 0.0,
                (Key::Boundaries, ScheduleValue::Lengths(lengths)) => {
                    curve.boundaries = lengths.iter().map(|length| length.steps(race, 0.0)).collect();
                }
                (Key::Values, ScheduleValue::Rates(rates)) => curve.values.clone_from(rates),
                // The length of the decay may be what the warm-up leaves: it follows.
                _ => {}
            }
        }
        if let Some(ScheduleValue::Length(length)) = self.value(Key::DecaySteps) {
            curve.decay_steps = length.steps(race, curve.warmup);
        }
        curve
    }

    fn value(&self, key: Key) -> Option<&ScheduleValue> {
        self.values.iter().find(|(setting, _)| setting.key == key).map(|(_, value)| value)
    }
}
