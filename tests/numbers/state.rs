//! What an optimizer keeps can be saved between any two steps and restored: it goes on bit for bit.

#![allow(clippy::expect_used)]

use optirace::gradient::Variable;
use optirace::optim::schedule::{self, Rate};
use optirace::optim::setting::Domain;
use optirace::optim::{Spec, StepMeasures, Stepper, all};

use crate::rules::{foreign, hand};

const STEPS: u64 = 12;

fn variables() -> Vec<Variable> {
    vec![Variable::kernel(0, 7, 5), Variable::bias(35, 5)]
}

fn start() -> Vec<f32> {
    (0..40).map(|index| ((index * 11) % 17) as f32 / 17.0 - 0.5).collect()
}

/// A run between two steps.
struct Run {
    stepper: Stepper,
    rate: Rate,
    parameters: Vec<f32>,
}

impl Run {
    fn new(spec: &Spec) -> Self {
        let mut rate = spec.rate(STEPS);
        rate.set(5, 0.03);
        Self { stepper: Stepper::new(spec, variables()), rate, parameters: start() }
    }

    /// A new run that goes on from here.
    fn restored(&self, spec: &Spec) -> Self {
        let mut stepper = Stepper::new(spec, variables());
        stepper.restore(&self.stepper.save()).expect("the same optimizer");
        Self { stepper, rate: self.rate.clone(), parameters: self.parameters.clone() }
    }

    fn step(&mut self, step: u64) -> StepMeasures {
        self.stepper.begin(self.rate.at(step));
        hand(&mut self.stepper, &mut self.parameters, step as usize);
        self.stepper.finish(&mut self.parameters, |stepper, parameters| hand(stepper, parameters, step as usize))
    }
}

fn bits(run: &Run, measures: StepMeasures) -> Vec<u64> {
    let StepMeasures { grad_norm, update_norm, update_cosine } = measures;
    let parameters = run.parameters.iter().map(|parameter| u64::from(parameter.to_bits()));
    let evaluated = run.stepper.evaluation_point(&run.parameters);
    let evaluated = evaluated.iter().map(|parameter| u64::from(parameter.to_bits()));
    parameters.chain(evaluated).chain([grad_norm, update_norm, update_cosine].map(f64::to_bits)).collect()
}

/// Every optimizer, dialect, transform and schedule, and settings that change what is kept.
fn specs() -> Vec<Spec> {
    let mut specs = foreign();
    let variants = ["", ",momentum=0.5", ",centered=true", ",amsgrad=true", ",lr_decay=0.1", ",dampening=0.3"];
    let transforms = [
        "",
        ",weight_decay=0.1",
        ",clip_value=0.2",
        ",clip_norm=0.5",
        ",l2=0.1,global_clip_norm=0.5",
        ",cautious=true",
    ];
    let schedules = schedule::all().iter().map(|family| format!(",schedule={},warmup=3", family.name));
    let schedules: Vec<String> = schedules.chain([String::new()]).collect();
    for definition in all() {
        for dialect in definition.dialects() {
            for variant in variants {
                let text = format!("{}:dialect={dialect}{variant}", definition.name);
                // Settings of other optimizers are no settings of this one.
                if text.parse::<Spec>().is_err() {
                    continue;
                }
                let fits = |transform: &&&str| format!("{text}{transform}").parse::<Spec>().is_ok();
                for transform in transforms.iter().filter(fits) {
                    for schedule in &schedules {
                        let text = format!("{text}{transform}{schedule}");
                        specs.push(text.parse().expect("a valid spec"));
                    }
                }
            }
        }
    }
    specs
}

#[test]
fn what_is_saved_at_any_step_goes_on_bit_for_bit() {
    let specs = specs();
    assert!(specs.len() > 6 * 2 * 5 * 9, "{}", specs.len());
    for spec in &specs {
        let mut run = Run::new(spec);
        let mut restored: Vec<Run> = Vec::new();
        for step in 0..STEPS {
            restored.push(run.restored(spec));
            let measures = run.step(step);
            let expected = bits(&run, measures);
            for (saved, other) in restored.iter_mut().enumerate() {
                let measures = other.step(step);
                assert_eq!(bits(other, measures), expected, "{spec}: saved after {saved} steps, at step {step}");
                assert_eq!(other.stepper.last_update(), run.stepper.last_update(), "{spec}: saved after {saved} steps");
            }
        }
    }
}

/// Steps a few times by `before`, goes on by `after`.
fn changed(before: &str, after: &str) -> bool {
    let [before, after] = [before, after].map(|text| text.parse::<Spec>().expect("valid"));
    let mut run = Run::new(&before);
    (0..3).for_each(|step| _ = run.step(step));
    Stepper::new(&after, variables()).restore(&run.stepper.save()).is_ok()
}

#[test]
fn live_settings_change_nothing_that_is_kept() {
    for definition in all() {
        for dialect in definition.dialects() {
            let text = |more: &str| format!("{}:dialect={dialect}{more}", definition.name);
            let spec: Spec = text("").parse().expect("valid");
            for (setting, _) in definition.settings_in(dialect).filter(|(setting, _)| setting.live) {
                assert!(spec.is_live(setting.key));
                // From 0 on, RMSprop's momentum would have to be kept; elsewhere any value does.
                let values = match setting.domain {
                    Domain::Flag => ["true", "false"],
                    Domain::NonPositive => ["-0.5", "-0.25"],
                    _ => ["0.5", "0.25"],
                };
                let [one, other] = values.map(|value| text(&format!(",{}={value}", setting.key)));
                assert!(changed(&one, &other), "{one} to {other}");
            }
            let fits = |live: &&&str| text(&format!(",{live}")).parse::<Spec>().is_ok();
            for live in [
                "lr=0.5",
                "weight_decay=0.1",
                "clip_norm=0.3",
                "clip_value=0.3",
                "batch=7",
                "cautious=true",
                "decay_bias=false",
            ]
            .iter()
            .filter(fits)
            {
                assert!(spec.is_live(live.split_once('=').expect("a key").0));
                assert!(changed(&text(""), &text(&format!(",{live}"))), "{live}");
            }
            for fixed in ["dialect", "schedule", "label", "amsgrad", "centered", "initial_accumulator", "nothing"] {
                assert!(!spec.is_live(fixed), "{fixed} of {spec}");
            }
        }
    }
    assert!(!changed("adam", "adam:amsgrad=true") && !changed("rmsprop", "rmsprop:centered=true"));
    assert!(!changed("sgd", "momentum"));
}

/// Independent gradients, as a run at its minimum has them: how one update leans on the last follows from what the
/// optimizer remembers.
#[test]
fn updates_made_of_noise_turn_as_the_memory_says() {
    use optirace::gradient::Gradient;
    use rand::{RngExt, SeedableRng};
    let count = 400;
    for text in [
        "sgd",
        "momentum",
        "momentum:momentum=0.5,dialect=torch,dampening=0.4",
        "nesterov",
        "nesterov:momentum=0.6,dialect=torch",
        "adagrad",
        "rmsprop:rho=0.999",
        "rmsprop:rho=0.999,momentum=0.7,dialect=torch",
        "adam",
        "adam:beta1=0.5,dialect=torch,amsgrad=true",
        "lamb",
        "lars",
        "adafactor",
        "prodigy:d0=0.01",
    ] {
        let spec: Spec = text.parse().expect("valid");
        let mut stepper = Stepper::new(&spec, vec![Variable::bias(0, count)]);
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(9);
        let (mut parameters, mut cosines) = (vec![0.0; count], Vec::new());
        for step in 0..1200 {
            let gradient: Vec<f32> = (0..count).map(|_| random.random_range(-1.0..1.0)).collect();
            stepper.begin(0.01);
            stepper.apply(0..count, &mut parameters, Gradient::Dense(&gradient));
            let measures = stepper.finish(&mut parameters, |_, _| {});
            if step >= 200 {
                cosines.push(measures.update_cosine);
            }
        }
        let mean = cosines.iter().sum::<f64>() / cosines.len() as f64;
        let expected = spec.noise_cosine().expect("a known memory");
        assert!((mean - expected).abs() < 0.015, "{text}: {mean} and not {expected}");
    }
    let cosine = |text: &str| text.parse::<Spec>().expect("valid").noise_cosine().expect("a known memory");
    assert_eq!(cosine("sgd"), 0.0);
    assert!((cosine("momentum") - 0.9).abs() < 1e-9 && (cosine("adam:beta1=0.8") - 0.8).abs() < 1e-9);
}
