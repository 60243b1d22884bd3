//! From text to a spec.

use std::str::FromStr;

use super::Spec;
use super::error::{SpecError, key_most_like};
use crate::optim::common::{self, Group};
use crate::optim::definition::{Definition, OptimizerKind};
use crate::optim::optimizers;
use crate::optim::schedule::{self, Family, Schedule};
use crate::optim::setting::{Dialect, Domain};
use crate::text::{most_like, shortest};

/// Longest label: a table has to hold it.
const LONGEST_LABEL: usize = 32;

impl FromStr for Spec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, settings) = text.split_once(':').map_or((text, None), |(name, rest)| (name, Some(rest)));
        let optimizer = optimizers::find(name).ok_or_else(|| {
            let known = all_names();
            SpecError::UnknownName { name: name.into(), suggestion: most_like(name, &known), known: known.join(", ") }
        })?;
        let pairs = pairs(optimizer, settings)?;
        let given = |key: &str| pairs.iter().find(|(known, _)| *known == key).map(|(_, value)| *value);
        // The dialect decides the defaults and the keys, and the schedule has keys of its own: they come first wherever
        // they were written.
        let mut spec = Self::new(optimizer, dialect(optimizer, given("dialect"))?);
        if let Some(name) = given("schedule") {
            spec.schedule = Some(Schedule::new(family(optimizer, name)?, spec.lr));
        }
        for (key, value) in pairs.iter().filter(|(key, _)| !["dialect", "schedule"].contains(key)) {
            spec.set(key, value)?;
        }
        spec.fit_rates(given("lr"), given("values").is_some())?;
        if spec.common.count(Group::Clip) > 1 {
            return Err(SpecError::TwoClips { optimizer: optimizer.name });
        }
        // Its rule moves θ and the average together, biases as kernels: what parts them is not to be passed over.
        let parts = |group: Group, key: &str| matches!(group, Group::Average | Group::Update) || key == "decay_bias";
        let average = spec.common.iter().find(|(setting, _)| parts(setting.group, setting.key));
        if let (OptimizerKind::EvaluatedElsewhere, Some((setting, _))) = (optimizer.kind, average) {
            return Err(SpecError::TwoAverages { optimizer: optimizer.name, key: setting.key });
        }
        Ok(spec)
    }
}

fn all_names() -> Vec<&'static str> {
    optimizers::all().iter().map(|definition| definition.name).collect()
}

impl Spec {
    /// The spec that `text` is, or one with its settings of each optimizer whose name is like it: `*` stands for
    /// anything in `adam*:lr=0.01`.
    ///
    /// # Errors
    /// What is wrong with the text, with the first of the optimizers that does not take its settings.
    pub fn parse_pattern(text: &str) -> Result<Vec<Self>, SpecError> {
        let (name, settings) = text.split_at(text.find(':').unwrap_or(text.len()));
        if !name.contains('*') {
            return Ok(vec![text.parse()?]);
        }
        let matching = optimizers::matching(name);
        if matching.is_empty() {
            return Err(SpecError::NoMatch { pattern: name.into(), known: all_names().join(", ") });
        }
        matching.into_iter().map(|definition| format!("{}{settings}", definition.name).parse()).collect()
    }
}

fn pairs<'a>(optimizer: &'static Definition, settings: Option<&'a str>) -> Result<Vec<(&'a str, &'a str)>, SpecError> {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for part in settings.into_iter().flat_map(|settings| settings.split(',')) {
        let no_value = || SpecError::NoValue { optimizer: optimizer.name, part: part.into() };
        let (key, value) = part.split_once('=').ok_or_else(no_value)?;
        if pairs.iter().any(|(known, _)| *known == key) {
            return Err(SpecError::Twice { optimizer: optimizer.name, key: key.into() });
        }
        pairs.push((key, value));
    }
    Ok(pairs)
}

fn dialect(optimizer: &'static Definition, name: Option<&str>) -> Result<Dialect, SpecError> {
    let Some(name) = name else { return Ok(optimizer.default_dialect()) };
    let known: Vec<&'static str> = optimizer.dialects().map(Dialect::name).collect();
    optimizer.dialects().find(|dialect| dialect.name() == name).ok_or_else(|| SpecError::BadValue {
        optimizer: optimizer.name,
        key: "dialect".into(),
        value: name.into(),
        range: known.join(" or "),
    })
}

fn family(optimizer: &'static Definition, name: &str) -> Result<&'static Family, SpecError> {
    schedule::find(name).ok_or_else(|| {
        let known: Vec<&'static str> = schedule::all().iter().map(|family| family.name).collect();
        SpecError::UnknownSchedule {
            optimizer: optimizer.name,
            name: name.into(),
            suggestion: most_like(name, &known),
            known: known.join(", "),
        }
    })
}

/// The schedules that have this setting, with commas between them; none if it is no schedule's.
fn families_with(key: &str) -> Option<String> {
    let has_it = |family: &&&'static Family| family.settings.iter().any(|setting| setting.name() == key);
    let names: Vec<&str> = schedule::all().iter().filter(has_it).map(|family| family.name).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

impl Spec {
    fn set(&mut self, key: &str, text: &str) -> Result<(), SpecError> {
        let optimizer = self.optimizer.name;
        let bad = |range: &str| SpecError::BadValue {
            optimizer,
            key: key.into(),
            value: text.into(),
            range: range.to_owned(),
        };
        let number = |domain: Domain| domain.parse(text).ok_or_else(|| bad(domain.describe()));
        match key {
            "lr" => self.lr = number(Domain::Positive)?,
            "batch" => {
                let range = "a whole number from 1, or full for all training samples";
                self.batch = Some(text.parse().map_err(|_| bad(range))?);
            }
            "label" => {
                let fits = (1..=LONGEST_LABEL).contains(&text.chars().count());
                if !fits || text.trim() != text {
                    return Err(bad("1 to 32 characters, without commas and without spaces at its ends"));
                }
                let range = "text without `/`, other than `.` and `..`, and without control, bidirectional or \
                             zero-width characters";
                self.label = Some(text.parse().map_err(|_| bad(range))?);
            }
            _ => match (self.schedule.as_mut().filter(|schedule| schedule.has(key)), common::find(key)) {
                (Some(schedule), _) => schedule.set(key, text).map_err(bad)?,
                // Where an optimizer has a setting of its own by that name, it is meant.
                (None, Some(common)) if self.values.value_mut(key).is_none() => {
                    self.common.set(common, number(common.domain)?);
                    self.values.decay_bias = self.common.value("decay_bias") != Some(0.0);
                }
                _ => return self.set_own(key, text),
            },
        }
        Ok(())
    }

    /// Sets one of the optimizer's own settings.
    fn set_own(&mut self, key: &str, text: &str) -> Result<(), SpecError> {
        let optimizer = self.optimizer.name;
        let setting = self.optimizer.settings.iter().find(|setting| setting.key == key);
        let setting = setting.ok_or_else(|| self.unknown_key(key))?;
        let Some(value) = self.values.value_mut(key) else {
            // A setting has a default in one dialect at least.
            let other = setting.default.first().map_or(self.dialect, |(dialect, _)| *dialect);
            return Err(SpecError::OtherDialect { optimizer, key: setting.key, dialect: self.dialect, other });
        };
        *value = setting.domain.parse(text).ok_or_else(|| SpecError::BadValue {
            optimizer,
            key: key.into(),
            value: text.into(),
            range: setting.domain.describe().to_owned(),
        })?;
        Ok(())
    }

    /// The learning rate and the rates that a schedule names have to agree: what was not given follows from the other.
    fn fit_rates(&mut self, lr: Option<&str>, rates_given: bool) -> Result<(), SpecError> {
        let optimizer = self.optimizer.name;
        let Some(schedule) = &mut self.schedule else { return Ok(()) };
        if !rates_given {
            schedule.fill_rates(self.lr);
        }
        if let Some((needed, given)) = schedule.rates_amiss() {
            return Err(SpecError::Pieces { optimizer, needed, given });
        }
        let Some(first) = schedule.first_rate() else { return Ok(()) };
        match lr {
            Some(lr) if self.lr != first => {
                Err(SpecError::FirstRate { optimizer, lr: lr.into(), first: shortest(first) })
            }
            _ => {
                self.lr = first;
                Ok(())
            }
        }
    }

    fn unknown_key(&self, key: &str) -> SpecError {
        let optimizer = self.optimizer.name;
        let of_schedule = self.schedule.as_ref().map(|schedule| schedule.family);
        let schedule_keys: Vec<&'static str> =
            of_schedule.iter().flat_map(|family| family.settings).map(|setting| setting.name()).collect();
        match (of_schedule, families_with(key)) {
            (None, Some(families)) => SpecError::NoSchedule { optimizer, key: key.into(), families },
            (Some(family), Some(families)) => SpecError::OtherSchedule {
                optimizer,
                schedule: family.name,
                key: key.into(),
                known: schedule_keys.join(", "),
                families,
            },
            (_, None) => {
                let own = self.optimizer.settings_in(self.dialect).map(|(setting, _)| setting.key);
                let common = common::ALL.iter().map(|setting| setting.key);
                let common = std::iter::once("schedule").chain(common).chain(["batch", "dialect", "label"]);
                let known: Vec<&'static str> =
                    std::iter::once("lr").chain(own).chain(schedule_keys).chain(common).collect();
                SpecError::UnknownKey {
                    optimizer,
                    key: key.into(),
                    suggestion: key_most_like(key, &known),
                    named: optimizers::find(key).map(|definition| definition.name),
                    known: known.join(", "),
                }
            }
        }
    }
}
