//! Walks over test functions: as Keras and PyTorch walk (`fixtures/surface.py`), step by step, ended with a mark
//! where they leave the range, and written so that they read back.

#![allow(clippy::expect_used)]

use optirace::record::surface::{WALK_COLUMNS, write_walks};
use optirace::surface::{self, End, Noise, Plan, Point, Walk};
use serde_json::Value;

const FIXTURE: &str = include_str!("../fixtures/surface.json");

/// A recorded walk: the plan, and the library's x, y and value after each step, the start included.
struct Case {
    plan: Plan,
    trajectory: Vec<[f64; 3]>,
    /// Whether the library computed with the same settings to the last digit.
    exact: bool,
}

fn cases() -> Vec<Case> {
    let fixture: Value = serde_json::from_str(FIXTURE).expect("the fixture is JSON");
    let number = |value: &Value| value.as_f64().expect("a number");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let cases = fixture["cases"].as_array().expect("cases").iter().map(|case| {
        let surface = surface::find(&text(&case["surface"])).expect("a recorded surface exists");
        let spec = format!("{},dialect={}", text(&case["spec"]), text(&case["dialect"]));
        let trajectory: Vec<[f64; 3]> = case["trajectory"]
            .as_array()
            .expect("a trajectory")
            .iter()
            .map(|row| [number(&row[0]), number(&row[1]), number(&row[2])])
            .collect();
        let plan = Plan {
            surface,
            specs: vec![spec.parse().expect("a recorded spec is valid")],
            start: Point::new(number(&case["start"][0]), number(&case["start"][1])),
            steps: trajectory.len() as u32 - 1,
            noise: None,
        };
        Case { plan, trajectory, exact: case["exact"].as_bool().expect("exact or not") }
    });
    cases.collect()
}

fn walked(plan: &Plan) -> Vec<Walk> {
    let mut walks = plan.walks().expect("the plan can be walked");
    walks.iter_mut().for_each(Walk::finish);
    walks
}

#[test]
fn every_optimizer_walks_over_every_surface_as_in_keras_and_pytorch() {
    let cases = cases();
    let mut failures = Vec::new();
    for Case { plan, trajectory, exact } in &cases {
        let spec = &plan.specs[0];
        // Some of Keras's settings pass through single precision.
        let tolerance = if *exact { 1e-9 } else { 1e-5 };
        let walks = walked(plan);
        let steps = walks[0].steps();
        let inside = trajectory.iter().take_while(|row| plan.surface.contains(Point::new(row[0], row[1]))).count();
        // A walk keeps the first step outside, too.
        assert_eq!(steps.len(), trajectory.len().min(inside + 1), "{spec} on {}", plan.surface.name);
        let expected_end = if inside < trajectory.len() { End::LeftRange } else { End::Finished };
        assert_eq!(walks[0].end(), Some(expected_end), "{spec} on {}", plan.surface.name);
        for column in 0..2 {
            let scale = trajectory[..steps.len()].iter().fold(0.0_f64, |most, row| most.max(row[column].abs()));
            let own = |index: usize| [steps[index].at.x, steps[index].at.y][column];
            let errors = (0..steps.len()).map(|index| (own(index) - trajectory[index][column]).abs() / scale);
            let error = errors.fold(0.0, |most: f64, error| if error.is_nan() { f64::NAN } else { most.max(error) });
            if error > tolerance || error.is_nan() {
                failures.push(format!("{spec} on {}: {} off by {error:.1e}", plan.surface.name, ["x", "y"][column]));
            }
        }
        for &[x, y, expected] in trajectory {
            let own = (plan.surface.value)(Point::new(x, y));
            let error = (own - expected).abs() / expected.abs().max(1e-3);
            assert!(error < 1e-12, "{} at {x},{y}: {own}, not {expected}", plan.surface.name);
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    for surface in surface::all() {
        // The six of this fixture; `trajectories` has the others.
        for definition in optirace::optim::all().iter().take(6) {
            for dialect in definition.dialects() {
                let is_of_kind = |case: &&Case| {
                    let spec = &case.plan.specs[0];
                    std::ptr::eq(case.plan.surface, surface)
                        && (spec.optimizer.name, spec.dialect) == (definition.name, dialect)
                        && case.trajectory.len() == 41
                };
                assert!(cases.iter().any(|case| is_of_kind(&case)), "{} {dialect} {}", definition.name, surface.name);
            }
        }
    }
}

#[test]
fn gradients_are_those_of_central_differences() {
    for surface in surface::all() {
        let at = |share_x: f64, share_y: f64| {
            Point::new(surface.x.low + share_x * surface.x.extent(), surface.y.low + share_y * surface.y.extent())
        };
        let places =
            (0..=12).flat_map(|row| (0..=12).map(move |column| (f64::from(column) / 12.0, f64::from(row) / 12.0)));
        for point in places.map(|(x, y)| at(x, y)) {
            let gradient = (surface.gradient)(point);
            let width = 1e-6;
            let slope = |dx: f64, dy: f64| {
                let value = |side: f64| (surface.value)(Point::new(point.x + side * dx, point.y + side * dy));
                (value(1.0) - value(-1.0)) / (2.0 * width)
            };
            let expected = Point::new(slope(width, 0.0), slope(0.0, width));
            let scale = 1.0 + (surface.value)(point).abs().max(gradient.x.abs()).max(gradient.y.abs());
            for (own, expected) in [(gradient.x, expected.x), (gradient.y, expected.y)] {
                assert!((own - expected).abs() < 1e-8 * scale, "{} at {point:?}: {own}, not {expected}", surface.name);
            }
        }
    }
}

#[test]
fn minima_are_where_the_gradient_is_zero_and_nothing_around_lies_lower() {
    for surface in surface::all() {
        let lowest = surface.minima.iter().map(|minimum| (surface.value)(minimum.at)).fold(f64::INFINITY, f64::min);
        for minimum in surface.minima {
            let Point { x, y } = minimum.at;
            assert!(surface.contains(minimum.at), "{}", surface.name);
            let gradient = (surface.gradient)(minimum.at);
            assert!(gradient.x.hypot(gradient.y) < 1e-12, "{} at {x},{y}: {gradient:?}", surface.name);
            let value = (surface.value)(minimum.at);
            assert_eq!(minimum.is_global, value < lowest + 1e-9, "{} at {x},{y}", surface.name);
            for angle in 0..16 {
                let (sine, cosine) = (f64::from(angle) * std::f64::consts::TAU / 16.0).sin_cos();
                let beside = (surface.value)(Point::new(x + 1e-3 * cosine, y + 1e-3 * sine));
                assert!(beside > value, "{} lies lower beside {x},{y}", surface.name);
            }
        }
    }
    let wells = surface::find("wells").expect("a surface with two wells");
    assert_eq!(wells.minima.iter().filter(|minimum| !minimum.is_global).count(), 1);
}

#[test]
fn the_default_is_the_textbooks_figure() {
    let plan = Plan::new(surface::find(surface::DEFAULT).expect("the default exists"));
    let specs: Vec<(&str, f64)> = plan.specs.iter().map(|spec| (spec.optimizer.name, spec.lr)).collect();
    assert_eq!(specs, [("sgd", 0.95), ("momentum", 0.1), ("adagrad", 1.5), ("adam", 0.3)]);
    assert_eq!((plan.surface.name, plan.start, plan.steps), ("ravine", Point::new(-7.0, 2.0), 30));
    let walks = walked(&plan);
    let crossings = |walk: &Walk| walk.steps().windows(2).filter(|pair| pair[0].at.y * pair[1].at.y < 0.0).count();
    assert_eq!(crossings(&walks[0]), 30, "SGD crosses the valley with every step");
    assert!(crossings(&walks[3]) <= 3, "Adam does not");
    let turns: Vec<f64> = walks.iter().filter_map(Walk::turn).collect();
    assert!(turns[0] > 90.0 && turns[3] < 30.0, "{turns:?}");
}

#[test]
fn every_surface_has_walks_that_stay_and_end_lower() {
    for surface in surface::all() {
        let plan = Plan::new(surface);
        assert_eq!(plan.specs.len(), surface.optimizers.len(), "{}", surface.name);
        for walk in walked(&plan) {
            let (start, last) = (walk.steps()[0].value, walk.last().value);
            assert!(last < start, "{} on {}: from {start} to {last}", walk.label(), surface.name);
            // The saddle has no bottom: leaving it is what one should do.
            assert!(
                surface.minima.is_empty() || walk.end() == Some(End::Finished),
                "{} {}",
                walk.label(),
                surface.name
            );
        }
    }
}

#[test]
fn a_walk_that_leaves_or_diverges_ends_there_and_the_others_go_on() {
    let mut plan = Plan::new(surface::find("ravine").expect("known"));
    plan.specs = ["sgd:lr=1e38", "sgd:lr=3e38,label=far", "sgd:lr=0.9"].map(|spec| spec.parse().expect("valid")).into();
    let mut walks = walked(&plan);
    assert_eq!(walks[0].end(), Some(End::LeftRange));
    assert_eq!(walks[0].last().step, 1);
    assert_eq!(walks[2].end(), Some(End::Finished));
    assert_eq!(walks[2].last().step, 30);
    walks[0].step();
    assert_eq!(walks[0].steps().len(), 2, "a walk that has ended takes no step");

    // Values beyond the largest number: the surface is infinite there.
    plan.surface = surface::find("himmelblau").expect("known");
    plan.start = Point::new(5.0, 5.0);
    plan.specs = vec!["sgd:lr=1e38".parse().expect("valid")];
    let walks = walked(&plan);
    assert_eq!(walks[0].end(), Some(End::LeftRange));
    assert!(walks[0].last().at.x.is_finite());
    plan.specs = vec!["adagrad:lr=3e38".parse().expect("valid")];
    assert!(matches!(walked(&plan)[0].end(), Some(End::LeftRange | End::Diverged)));
}

#[test]
fn a_changed_learning_rate_takes_hold_with_the_next_step() {
    let mut plan = Plan::new(surface::find("ravine").expect("known"));
    plan.specs.truncate(1);
    let mut walk = plan.walks().expect("valid").remove(0);
    walk.step();
    walk.set_lr(0.5);
    walk.step();
    let steps = walk.steps();
    assert_eq!([steps[0].lr, steps[1].lr, steps[2].lr], [0.95, 0.95, 0.5]);
    // Half the gradient of y² is y: the step ends on the valley's floor.
    assert_eq!(steps[2].at.y, 0.0);
}

#[test]
fn noise_moves_the_walk_comes_from_its_seed_and_is_the_same_for_all() {
    let mut plan = Plan::new(surface::find("ravine").expect("known"));
    plan.specs = ["sgd:lr=0.1,label=a", "sgd:lr=0.1,label=b"].map(|spec| spec.parse().expect("valid")).into();
    let with = |noise| {
        let plan = Plan { noise, ..plan.clone() };
        let walks = walked(&plan);
        assert_eq!(walks[0].steps(), walks[1].steps(), "equal optimizers see equal noise");
        walks[0].steps().to_vec()
    };
    let noisy = with(Some(Noise { deviation: 0.5, seed: 1 }));
    assert_eq!(noisy, with(Some(Noise { deviation: 0.5, seed: 1 })));
    assert_ne!(noisy, with(Some(Noise { deviation: 0.5, seed: 2 })));
    assert_ne!(noisy, with(None));
    assert_eq!(with(Some(Noise { deviation: 0.0, seed: 1 })), with(None));
    // What is kept is the exact gradient, what is walked the noisy one.
    assert_eq!(noisy[1].gradient, (plan.surface.gradient)(noisy[1].at));
    let seen = (noisy[0].at.x - noisy[1].at.x) / 0.1;
    let draw = seen - noisy[0].gradient.x;
    assert!(draw.abs() > 1e-3 && draw.abs() < 5.0 * 0.5, "{draw}");
}

#[test]
fn what_is_written_reads_back_as_the_same_numbers() {
    let mut plan = Plan::new(surface::find("beale").expect("known"));
    plan.specs.push("sgd:lr=0.5,label=a \"bold\" one".parse().expect("valid"));
    let walks = walked(&plan);
    let mut file = Vec::new();
    write_walks(&mut file, &walks).expect("memory can be written to");
    let mut reader = csv::Reader::from_reader(file.as_slice());
    assert_eq!(reader.headers().expect("a header"), &csv::StringRecord::from(WALK_COLUMNS.to_vec()));
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let steps: Vec<_> = walks.iter().flat_map(|walk| walk.steps().iter().map(move |step| (walk, step))).collect();
    assert_eq!(rows.len(), steps.len());
    for (row, (walk, step)) in rows.iter().zip(steps) {
        assert_eq!((&row[0], &row[1]), (walk.label(), walk.spec().optimizer.name));
        assert_eq!(row[2].parse(), Ok(step.step));
        let numbers = [step.at.x, step.at.y, step.value, step.gradient.x, step.gradient.y, step.lr];
        for (text, number) in row.iter().skip(3).zip(numbers) {
            assert_eq!(text.parse::<f64>().expect("a number").to_bits(), number.to_bits(), "{text}");
        }
    }
}
