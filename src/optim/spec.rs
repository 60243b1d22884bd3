//! The text that names an optimizer and its settings: `NAME[:KEY=VALUE[,KEY=VALUE]…]`.

mod error;
mod parse;

use std::fmt;

use super::averages::Average;
use super::batch::BatchSize;
use super::chain::Chain;
use super::common::{self, CommonValues};
use super::definition::{Definition, Memory, Weight, noise_cosine};
use super::driver::Driver;
use super::kernel::Scalar;
use super::label::Label;
use super::rule::Rule;
use super::schedule::{LrCurve, Rate, Schedule};
use super::setting::{Dialect, SettingValues};
use super::transforms::{
    Cautious, ClipNorm, ClipValue, Decay, DecoupledDecay, GlobalClipNorm, L2Penalty, SharpnessAware,
};
use crate::gradient::Variable;
use crate::simd::Engine;
use crate::text::{shortest, stored_as_text};

pub use error::SpecError;

/// An optimizer and its settings, every default filled in.
///
/// Parsed from text such as `adam:lr=0.01,beta1=0.8,dialect=torch` and printed as such, in full; a schedule, weight
/// decay and clipping are printed where there are any.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The optimizer.
    pub optimizer: &'static Definition,
    /// Whose definition of it is meant.
    pub dialect: Dialect,
    /// Learning rate: of every step, or before the schedule lowers it.
    pub lr: f64,
    /// How the learning rate changes over the race; `None` where it stays.
    pub schedule: Option<Schedule>,
    /// What goes around it: decay, clipping.
    pub common: CommonValues,
    /// Its own minibatch; the race's where `None`.
    pub batch: Option<BatchSize>,
    /// Its name in the race, where a person gave one.
    pub label: Option<Label>,
    /// The optimizer's own settings.
    values: SettingValues,
}

impl Spec {
    /// `optimizer` with all defaults of `dialect`, one of its own.
    pub fn new(optimizer: &'static Definition, dialect: Dialect) -> Self {
        let form = optimizer.form(dialect);
        let mut common = CommonValues::default();
        if let (Some(decay), Some(setting)) = (form.and_then(|form| form.weight_decay), common::find("weight_decay")) {
            common.set(setting, decay);
        }
        Self {
            optimizer,
            dialect,
            lr: form.map_or(0.0, |form| form.lr),
            schedule: None,
            common,
            batch: None,
            label: None,
            values: SettingValues::new(optimizer.settings, dialect),
        }
    }

    /// The value of one of the optimizer's own settings; 0 where its dialect has no such setting.
    pub fn value(&self, key: &str) -> f64 {
        self.values.value(key)
    }

    /// The optimizer, with the transforms that are asked for, for `f32` parameters.
    pub fn chain_f32(&self) -> Chain<f32> {
        self.chain((self.optimizer.build_f32)(&self.values))
    }

    /// The optimizer, with the transforms that are asked for, for `f64` parameters.
    pub fn chain_f64(&self) -> Chain<f64> {
        self.chain((self.optimizer.build_f64)(&self.values))
    }

    fn chain<T: Scalar>(&self, rule: Box<dyn Rule<T>>) -> Chain<T> {
        let mut chain = Chain::new(rule);
        let common = &self.common;
        if let Some(limit) = common.value("clip_value") {
            chain.before.push(Box::new(ClipValue { limit }));
        }
        if let Some(limit) = common.value("clip_norm") {
            chain.before.push(Box::new(ClipNorm { limit }));
        }
        if let Some(limit) = common.value("global_clip_norm") {
            chain.before.push(Box::new(GlobalClipNorm { limit }));
        }
        let decay = |key: &str| {
            let of_biases = self.values.decay_bias;
            common.acting(key).map(|share| Decay { share, of_biases })
        };
        if let Some(l2) = decay("l2") {
            chain.before.push(Box::new(L2Penalty { l2 }));
        }
        if let Some(radius) = common.value("sam") {
            chain.before.push(Box::new(SharpnessAware { radius }));
        }
        if common.acting("cautious").is_some() {
            chain.after.push(Box::new(Cautious));
        }
        if let Some(weight_decay) = decay("weight_decay") {
            chain.after.push(Box::new(DecoupledDecay { weight_decay }));
        }
        if let Some(period) = common.value("lookahead") {
            chain.after.push(Box::new(Average::Slow { period: period as u64 }));
        }
        if let Some(kept_share) = common.value("ema") {
            chain.after.push(Box::new(Average::Mean { kept_share }));
        }
        chain
    }

    /// The optimizer of a vector of so many `f64` numbers, before its first step.
    pub fn driver_f64(&self, parameters: usize) -> Driver<f64> {
        Driver::new(self.chain_f64(), vec![Variable::bias(0, parameters)], Engine::in_use())
    }

    /// Gradients of a minibatch that it takes for a step.
    pub fn gradients_per_step(&self) -> u32 {
        if self.common.value("sam").is_some() { 2 } else { 1 }
    }

    /// Where the network is evaluated: at the `parameters`, or at an average that the optimizer keeps of them, `x` of
    /// Schedule-Free, the `slow` weights of lookahead, or their exponential moving average, `ema`.
    pub fn evaluated_at(&self) -> &'static str {
        let keeps_average = || self.driver_f64(1).evaluated(&[0.0]).is_some();
        match ["ema", "lookahead"].map(|key| self.common.value(key)) {
            [Some(_), _] => "ema",
            [None, Some(_)] => "slow",
            [None, None] if keeps_average() => "x",
            [None, None] => "parameters",
        }
    }

    /// Numbers that it keeps of a single parameter.
    pub fn numbers_per_parameter(&self) -> usize {
        self.chain_f32().numbers(&[Variable::bias(0, 1)])
    }

    /// The cosine between one update and the next where gradients are nothing but noise, as far as it follows from the
    /// optimizer's [memory](Definition::memory): 0 for SGD, `momentum` for heavy-ball momentum.
    pub fn noise_cosine(&self) -> Option<f64> {
        let cosine = |weight: Weight| noise_cosine(|age| weight(&self.values, age));
        match self.optimizer.memory {
            // A mask that each step's gradient decides.
            _ if self.common.acting("cautious").is_some() => None,
            Memory::Unknown => None,
            Memory::Weights(weight) => Some(cosine(weight)),
            // The correlation of the signs of two normal variables.
            Memory::Sign(weight) => Some(cosine(weight).asin() * std::f64::consts::FRAC_2_PI),
        }
    }

    /// Whether a setting, given by its key, may change while the optimizer trains.
    pub fn is_live(&self, key: &str) -> bool {
        let own = self.values.iter().find(|(setting, _)| setting.key == key).map(|(setting, _)| setting.live);
        let common = || common::find(key).map_or(matches!(key, "lr" | "batch"), |setting| setting.live);
        own.unwrap_or_else(common)
    }

    /// The learning rate over a race that is planned to have `steps` steps.
    pub fn lr_curve(&self, steps: u64) -> LrCurve {
        match &self.schedule {
            Some(schedule) => schedule.curve(self.lr, steps),
            None => LrCurve::constant(self.lr, steps),
        }
    }

    /// The learning rate of every step of a race that is planned to have `steps` steps, before a person changes it.
    pub fn rate(&self, steps: u64) -> Rate {
        Rate::new(self.lr_curve(steps))
    }

    /// What differs from the defaults, as `KEY=VALUE` parts; the label is left out.
    pub fn differences(&self) -> Vec<String> {
        let mut defaults = Self::new(self.optimizer, self.dialect).parts();
        defaults.extend(self.schedule.iter().flat_map(|own| {
            let default = Schedule::new(own.family, self.lr);
            default.parts().collect::<Vec<_>>()
        }));
        self.parts()
            .into_iter()
            .filter(|part| part.0 != "dialect" && !defaults.contains(part))
            .map(|(key, value)| format!("{key}={value}"))
            .chain((self.dialect != self.optimizer.default_dialect()).then(|| format!("dialect={}", self.dialect)))
            .collect()
    }

    /// Every setting but the label, as key and value.
    fn parts(&self) -> Vec<(&'static str, String)> {
        let own = self.values.iter().map(|(setting, value)| (setting.key, setting.domain.print(value)));
        let common = self.common.iter().map(|(setting, value)| (setting.key, setting.domain.print(value)));
        let schedule = self.schedule.iter().flat_map(|schedule| {
            std::iter::once(("schedule", schedule.family.name.to_owned())).chain(schedule.parts())
        });
        std::iter::once(("lr", shortest(self.lr)))
            .chain(own)
            .chain(schedule)
            .chain(common)
            .chain([("dialect", self.dialect.to_string())])
            .chain(self.batch.map(|batch| ("batch", batch.to_string())))
            .collect()
    }
}

stored_as_text!(Spec);

impl PartialEq for Spec {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = self.label.clone().map(|label| ("label", label.into()));
        let parts = self.parts().into_iter().chain(label);
        let parts: Vec<String> = parts.map(|(key, value)| format!("{key}={value}")).collect();
        write!(f, "{}:{}", self.optimizer.name, parts.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::{optimizers, schedule};

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
        for definition in optimizers::all() {
            for dialect in definition.dialects() {
                let mut spec = Spec::new(definition, dialect);
                spec.lr = 0.123;
                spec.batch = Some(BatchSize::Full);
                spec.label = "my run".parse().ok();
                let printed = spec.to_string();
                assert_eq!(printed.parse::<Spec>().expect("a printed spec is a spec").to_string(), printed);
            }
        }
    }

    #[test]
    fn every_schedule_printed_in_full_reads_back_as_the_same() {
        for family in schedule::all() {
            let printed = format!("sgd:schedule={}", family.name).parse::<Spec>().expect("valid").to_string();
            assert_eq!(printed.parse::<Spec>().expect("a printed spec is a spec").to_string(), printed);
            for setting in family.settings {
                assert!(printed.contains(&format!(",{}=", setting.name())), "{printed} lacks {}", setting.name());
            }
        }
        let text = "adam:lr=0.3,beta1=0.9,beta2=0.999,eps=1e-7,amsgrad=false,schedule=piecewise,warmup=0.1,start=0.5,\
                    boundaries=1000/3000,values=0.3/0.02/1e-7,weight_decay=0.01,clip_value=2,dialect=keras,batch=full,\
                    label=mine";
        assert_eq!(text.parse::<Spec>().expect("valid").to_string(), text);
        let spec: Spec = "sgd:values=0.3/0.1/0.05,schedule=piecewise".parse().expect("valid");
        assert_eq!(spec.lr, 0.3, "the first of the rates is the learning rate");
        let spec: Spec = "sgd:schedule=piecewise,boundaries=0.1/0.2/0.3,lr=0.5".parse().expect("valid");
        assert!(spec.to_string().contains("values=0.5/0.05/0.005/5e-4"), "{spec}");
    }

    #[test]
    fn a_spec_says_where_it_is_evaluated_and_how_many_gradients_it_takes() {
        let told = |text: &str| {
            let spec: Spec = text.parse().expect("valid");
            (spec.evaluated_at(), spec.gradients_per_step())
        };
        assert_eq!(told("adam"), ("parameters", 1));
        assert_eq!(told("adam:sam=0.05"), ("parameters", 2));
        assert_eq!(told("adam:ema=0.9"), ("ema", 1));
        assert_eq!(told("sgd:lookahead=5,sam=0.1"), ("slow", 2));
        assert_eq!(told("schedulefree-sgd"), ("x", 1));
        assert_eq!(told("schedulefree-adamw:dialect=keras"), ("parameters", 1));
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
        let spec: Spec = "sgd:schedule=cosine,warmup=0.1,final=0,weight_decay=0.01".parse().expect("valid");
        assert_eq!(spec.differences(), ["schedule=cosine", "warmup=0.1", "weight_decay=0.01"]);
        let spec: Spec = "sgd:schedule=piecewise,lr=0.1".parse().expect("valid");
        assert_eq!(spec.differences(), ["lr=0.1", "schedule=piecewise"]);
    }

    #[test]
    fn slips_are_answered_with_a_suggestion() {
        insta::assert_snapshot!(
            [
                "adm",
                "Adma",
                "muon",
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
                "sgd:schedule=cosin",
                "sgd:schedule=linear",
                "sgd:schedule=",
                "sgd:warmup=0.1",
                "sgd:power=2",
                "sgd:schedule=cosine,power=2",
                "sgd:schedule=cosine,wramup=0.1",
                "sgd:schedule=step,gamma=0.1",
                "sgd:schedule=step,decay_steps=0",
                "sgd:schedule=step,decay_steps=rest",
                "sgd:schedule=cosine,decay_steps=1.5",
                "sgd:schedule=cosine,warmup=-1",
                "sgd:schedule=cosine,final=-1",
                "sgd:schedule=polynomial,cycle=1",
                "sgd:schedule=piecewise,boundaries=3/2",
                "sgd:schedule=piecewise,boundaries=3/0.5",
                "sgd:schedule=piecewise,values=",
                "sgd:schedule=piecewise,values=0.1/0.2",
                "sgd:schedule=piecewise,values=0.1/0.2/0",
                "sgd:schedule=piecewise,boundaries=9,values=1",
                "sgd:lr=1,schedule=piecewise,values=2/1/1",
                "sgd:weight_decay=-1",
                "sgd:clipnorm=1",
                "sgd:clip_norm=0",
                "sgd:clip_norm=1,clip_value=1",
                "sgd:lookahead=2.5",
                "sgd:ema=1",
                "schedulefree-sgd:beta=0",
                "schedulefree-sgd:ema=0.9",
                "schedulefree-adamw:cautious=true",
                "schedulefree-sgd:decay_bias=false",
            ]
            .map(|text| format!("{text:44} {}", error(text)))
            .join("\n")
        );
    }
}
