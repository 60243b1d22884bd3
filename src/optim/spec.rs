//! The text that names an optimizer and its settings: `NAME[:KEY=VALUE[,KEY=VALUE]…]`.

use std::fmt;
use std::str::FromStr;

use super::batch::BatchSize;
use super::definition::{Definition, Dialect, Domain, PerDialect};
use super::element::Optimizer;
use super::registry;

/// An optimizer and its settings, every default filled in.
///
/// Parsed from text such as `adam:lr=0.01,beta1=0.8,dialect=torch` and printed as such, in full.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The optimizer.
    pub optimizer: &'static Definition,
    /// Whose definition of it is meant.
    pub dialect: Dialect,
    /// Learning rate of the first step.
    pub lr: f64,
    /// Its own minibatch; the race's where `None`.
    pub batch: Option<BatchSize>,
    /// Its name in the race, where a person gave one.
    pub label: Option<String>,
    /// The optimizer's own settings that its dialect knows, in the order of its definition.
    values: Vec<(&'static str, f64)>,
}

/// What can be wrong with the text of a spec.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SpecError {
    /// No optimizer has this name.
    #[error("no optimizer is called `{name}`{} (there are {known})", did_you_mean(.suggestion))]
    UnknownName {
        /// What was written.
        name: String,
        /// The name that is most like it.
        suggestion: Option<&'static str>,
        /// All names.
        known: String,
    },
    /// The optimizer has no setting of this name.
    #[error("{optimizer} has no setting `{key}`{} (it has {known})", did_you_mean(.suggestion))]
    UnknownKey {
        /// The optimizer.
        optimizer: &'static str,
        /// What was written.
        key: String,
        /// The key that is most like it.
        suggestion: Option<&'static str>,
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
    /// A value is none, or out of range.
    #[error("{optimizer}: {key}={value} is not allowed; {key} must be {range}")]
    BadValue {
        /// The optimizer.
        optimizer: &'static str,
        /// The setting.
        key: String,
        /// What was written.
        value: String,
        /// The values it may take.
        range: String,
    },
    /// A setting without a value.
    #[error("{optimizer}: `{part}` is no setting; write KEY=VALUE, with a comma between two")]
    NoValue {
        /// The optimizer.
        optimizer: &'static str,
        /// What was written.
        part: String,
    },
    /// A setting was given twice.
    #[error("{optimizer}: {key} is given twice; give it once")]
    Twice {
        /// The optimizer.
        optimizer: &'static str,
        /// The setting.
        key: String,
    },
}

/// A suggestion, to follow what is wrong.
pub(crate) fn did_you_mean(suggestion: &Option<&'static str>) -> String {
    suggestion.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// Keys that every optimizer has.
const COMMON_KEYS: [&str; 4] = ["lr", "batch", "dialect", "label"];

/// Longest label: a table has to hold it.
const LONGEST_LABEL: usize = 32;

impl Spec {
    /// `optimizer` with all defaults of `dialect`.
    pub fn new(optimizer: &'static Definition, dialect: Dialect) -> Self {
        let values = optimizer.settings_in(dialect).map(|(setting, default)| (setting.key, default)).collect();
        Self { optimizer, dialect, lr: optimizer.lr.of(dialect), batch: None, label: None, values }
    }

    /// The value of one of the optimizer's own settings; 0 where its dialect has no such setting.
    pub fn value(&self, key: &str) -> f64 {
        self.values.iter().find(|(known, _)| *known == key).map_or(0.0, |(_, value)| *value)
    }

    /// Whether one of the optimizer's own flags is set.
    pub fn flag(&self, key: &str) -> bool {
        self.value(key) != 0.0
    }

    /// The optimizer, at its first step, for `f32` parameters.
    pub fn build_f32(&self) -> Box<dyn Optimizer<f32>> {
        (self.optimizer.build_f32)(self)
    }

    /// The optimizer, at its first step, for `f64` parameters.
    pub fn build_f64(&self) -> Box<dyn Optimizer<f64>> {
        (self.optimizer.build_f64)(self)
    }

    /// What differs from the defaults, as `KEY=VALUE` parts; the label is left out.
    pub fn differences(&self) -> Vec<String> {
        let defaults = Self::new(self.optimizer, self.dialect);
        self.parts()
            .into_iter()
            .zip(defaults.parts())
            .filter(|(own, default)| own.1 != default.1 && own.0 != "dialect")
            .map(|(own, _)| format!("{}={}", own.0, own.1))
            .chain((self.dialect != Dialect::default()).then(|| format!("dialect={}", self.dialect)))
            .collect()
    }

    /// Every setting but the label, as key and value; `batch` is empty where the race decides.
    fn parts(&self) -> Vec<(&'static str, String)> {
        let own = self.values.iter().map(|&(key, value)| {
            let is_flag = self.optimizer.settings.iter().any(|s| s.key == key && s.domain == Domain::Flag);
            (key, if is_flag { (value != 0.0).to_string() } else { number(value) })
        });
        std::iter::once(("lr", number(self.lr)))
            .chain(own)
            .chain([
                ("dialect", self.dialect.to_string()),
                ("batch", self.batch.map_or_else(String::new, |batch| batch.to_string())),
            ])
            .collect()
    }

    fn set(&mut self, key: &str, text: &str) -> Result<(), SpecError> {
        let bad = |range: &str| SpecError::BadValue {
            optimizer: self.optimizer.name,
            key: key.to_owned(),
            value: text.to_owned(),
            range: range.to_owned(),
        };
        match key {
            "lr" => self.lr = parse_number(text, Domain::Positive).ok_or_else(|| bad(Domain::Positive.describe()))?,
            "batch" => {
                let range = "a whole number from 1, or full for all training samples";
                self.batch = Some(text.parse().map_err(|_| bad(range))?);
            }
            "label" => {
                let fits = (1..=LONGEST_LABEL).contains(&text.chars().count());
                if !fits || text.trim() != text || text.chars().any(char::is_control) {
                    return Err(bad("1 to 32 characters, without commas and without spaces at its ends"));
                }
                self.label = Some(text.to_owned());
            }
            _ => {
                let setting = self.optimizer.settings.iter().find(|setting| setting.key == key);
                let setting = setting.ok_or_else(|| self.unknown_key(key))?;
                let slot = self.values.iter_mut().find(|(known, _)| *known == key);
                let Some(slot) = slot else {
                    let other = if self.dialect == Dialect::Keras { Dialect::Torch } else { Dialect::Keras };
                    return Err(SpecError::OtherDialect {
                        optimizer: self.optimizer.name,
                        key: setting.key,
                        dialect: self.dialect,
                        other,
                    });
                };
                slot.1 = parse_number(text, setting.domain).ok_or_else(|| bad(setting.domain.describe()))?;
            }
        }
        Ok(())
    }

    fn unknown_key(&self, key: &str) -> SpecError {
        let own = self.optimizer.settings_in(self.dialect).map(|(setting, _)| setting.key);
        let known: Vec<&'static str> =
            COMMON_KEYS[..1].iter().copied().chain(own).chain(COMMON_KEYS[1..].to_vec()).collect();
        SpecError::UnknownKey {
            optimizer: self.optimizer.name,
            key: key.to_owned(),
            suggestion: most_like(key, &known),
            known: known.join(", "),
        }
    }
}

impl PartialEq for Spec {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl FromStr for Spec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, settings) = text.split_once(':').map_or((text, None), |(name, rest)| (name, Some(rest)));
        let optimizer = registry::find(name).ok_or_else(|| {
            let known: Vec<&'static str> = registry::all().iter().map(|definition| definition.name).collect();
            SpecError::UnknownName {
                name: name.to_owned(),
                suggestion: most_like(name, &known),
                known: known.join(", "),
            }
        })?;
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        for part in settings.into_iter().flat_map(|settings| settings.split(',')) {
            let no_value = || SpecError::NoValue { optimizer: optimizer.name, part: part.to_owned() };
            let (key, value) = part.split_once('=').ok_or_else(no_value)?;
            if pairs.iter().any(|(known, _)| *known == key) {
                return Err(SpecError::Twice { optimizer: optimizer.name, key: key.to_owned() });
            }
            pairs.push((key, value));
        }
        // The dialect decides the defaults and the keys, so it comes first wherever it was written.
        let mut spec = Self::new(optimizer, Dialect::default());
        if let Some((_, value)) = pairs.iter().find(|(key, _)| *key == "dialect") {
            let dialect = Dialect::ALL.into_iter().find(|dialect| dialect.name() == *value);
            let bad = || SpecError::BadValue {
                optimizer: optimizer.name,
                key: "dialect".to_owned(),
                value: (*value).to_owned(),
                range: "keras or torch".to_owned(),
            };
            spec = Self::new(optimizer, dialect.ok_or_else(bad)?);
        }
        for (key, value) in pairs.into_iter().filter(|(key, _)| *key != "dialect") {
            spec.set(key, value)?;
        }
        Ok(spec)
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = self.label.clone().map(|label| ("label", label));
        let parts = self.parts().into_iter().chain(label).filter(|(_, value)| !value.is_empty());
        let parts: Vec<String> = parts.map(|(key, value)| format!("{key}={value}")).collect();
        write!(f, "{}:{}", self.optimizer.name, parts.join(","))
    }
}

/// The value of `text`, if it is one that `domain` allows.
fn parse_number(text: &str, domain: Domain) -> Option<f64> {
    let value = match (domain, text) {
        (Domain::Flag, "true") => 1.0,
        (Domain::Flag, "false") => 0.0,
        (Domain::Flag, _) => return None,
        _ => text.parse().ok()?,
    };
    domain.contains(value).then_some(value)
}

/// The shortest text that reads back as `value`: `0.001`, `1e-7`.
pub fn number(value: f64) -> String {
    let plain = value.to_string();
    let scientific = format!("{value:e}");
    if scientific.len() + 1 < plain.len() { scientific } else { plain }
}

/// What Keras and PyTorch call some of our settings.
const LIBRARY_NAMES: [(&str, &str); 5] = [
    ("learning_rate", "lr"),
    ("epsilon", "eps"),
    ("alpha", "rho"),
    ("batch_size", "batch"),
    ("initial_accumulator_value", "initial_accumulator"),
];

/// The known word that `word` is most likely a slip of.
pub(crate) fn most_like(word: &str, known: &[&'static str]) -> Option<&'static str> {
    let word = word.to_lowercase();
    if let Some((_, ours)) = LIBRARY_NAMES.iter().find(|(theirs, ours)| *theirs == word && known.contains(ours)) {
        return Some(ours);
    }
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

impl PerDialect<f64> {
    /// The values, as text.
    pub fn numbers(&self) -> PerDialect<String> {
        PerDialect { keras: number(self.keras), torch: number(self.torch) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        text.parse::<Spec>().expect_err("this spec is wrong").to_string()
    }

    #[test]
    fn a_bare_name_takes_the_dialects_defaults() {
        let spec: Spec = "adam".parse().expect("adam is known");
        assert_eq!(spec.to_string(), "adam:lr=0.001,beta1=0.9,beta2=0.999,eps=1e-7,amsgrad=false,dialect=keras");
        let spec: Spec = "adagrad:dialect=torch".parse().expect("adagrad is known");
        assert_eq!(spec.to_string(), "adagrad:lr=0.01,initial_accumulator=0,eps=1e-10,lr_decay=0,dialect=torch");
    }

    #[test]
    fn the_printed_spec_reads_back_as_the_same() {
        for definition in registry::all() {
            for dialect in Dialect::ALL {
                let mut spec = Spec::new(definition, dialect);
                spec.lr = 0.123;
                spec.batch = Some(BatchSize::Full);
                spec.label = Some("my run".to_owned());
                let printed = spec.to_string();
                assert_eq!(printed.parse::<Spec>().expect("a printed spec is a spec").to_string(), printed);
            }
        }
    }

    #[test]
    fn settings_are_taken_in_any_order() {
        let spec: Spec = "momentum:dampening=0.5,lr=2,label=heavy ball,dialect=torch,batch=1".parse().expect("valid");
        assert_eq!((spec.lr, spec.value("dampening"), spec.dialect), (2.0, 0.5, Dialect::Torch));
        assert_eq!((spec.label.as_deref(), spec.batch), (Some("heavy ball"), "1".parse().ok()));
    }

    #[test]
    fn only_what_differs_from_the_defaults_is_named() {
        let spec: Spec = "adam:beta1=0.8,lr=0.01,beta2=0.999,batch=1".parse().expect("valid");
        assert_eq!(spec.differences(), ["lr=0.01", "beta1=0.8", "batch=1"]);
        let spec: Spec = "adam:dialect=torch".parse().expect("valid");
        assert_eq!(spec.differences(), ["dialect=torch"]);
    }

    #[test]
    fn slips_are_answered_with_a_suggestion() {
        insta::assert_snapshot!(
            [
                "adm",
                "Adam",
                "lion",
                "",
                "adam:bta1=0.9",
                "adam:learning_rate=1",
                "adam:dampening=1",
                "momentum:dampening=0.1",
                "adam:lr",
                "adam:lr=",
                "adam:lr=fast",
                "adam:lr=0",
                "adam:lr=-1",
                "adam:lr=inf",
                "adam:lr=NaN",
                "adam:lr=1e39",
                "adam:beta1=1",
                "adam:beta2=0.99999999999",
                "adam:eps=0",
                "adam:amsgrad=yes",
                "adam:lr=1,lr=2",
                "adam:batch=0",
                "adam:batch=all",
                "adam:dialect=jax",
                "adam:label=",
                "sgd:momentum=0.9",
                "adam:",
            ]
            .map(|text| format!("{text:28} {}", error(text)))
            .join("\n")
        );
    }
}
