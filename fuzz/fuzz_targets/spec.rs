//! The spec parser takes any text; what it understands, it prints so that it understands it again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use optirace::optim::Spec;

fuzz_target!(|text: &str| {
    match text.parse::<Spec>() {
        Ok(spec) => {
            let printed = spec.to_string();
            assert_eq!(printed.parse::<Spec>().as_ref(), Ok(&spec), "{text:?} is printed as {printed:?}");
            // A race asks for its rates at any step.
            for steps in [0, 1, 7, u64::MAX] {
                let plan = spec.plan(steps);
                assert!([0, 1, steps / 2, steps, u64::MAX].iter().all(|step| plan.rate(*step) >= 0.0), "{text:?}");
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
