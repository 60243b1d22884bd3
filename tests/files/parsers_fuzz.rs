//! Whatever a spec, a manifest or a table of events says: it is understood, or refused with a sentence. Nothing panics.
#![allow(clippy::expect_used)]

use std::cell::Cell;
use std::fs;
use std::process::Command;

use optirace::optim::Spec;
use optirace::record::csv::EVENT_COLUMNS;
use optirace::record::manifest::Manifest;
use optirace::record::saved_race::SavedRace;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{FileFailurePersistence, TestRunner};
use serde_json::Value;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 20_000,
        source_file: Some(file!()),
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    }
}

fn number() -> impl Strategy<Value = String> {
    const ODD: &[&str] = &[
        "0",
        "-0",
        "1",
        "1.0",
        "0.1",
        "1e-3",
        "1e308",
        "1e-400",
        "1e39",
        "3.5e38",
        "NaN",
        "inf",
        "-inf",
        "-1",
        "+1",
        "1_000",
        "1e",
        "0x1",
        "",
        " 1",
        "1/2",
        "100/200/0.5",
        "18446744073709551616",
        "true",
        "false",
        "full",
        "１",
    ];
    prop_oneof![select(ODD).prop_map(str::to_owned), any::<f64>().prop_map(|x| x.to_string()), "[0-9./e+-]{0,8}"]
}

/// Text that begins like a spec, and goes wrong sooner or later.
fn spec() -> impl Strategy<Value = String> {
    const NAMES: &[&str] = &["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "Adam", "", "muon"];
    const KEYS: &[&str] = &[
        "lr",
        "schedule",
        "weight_decay",
        "clip_norm",
        "clip_value",
        "batch",
        "dialect",
        "label",
        "momentum",
        "beta1",
        "beta2",
        "eps",
        "rho",
        "centered",
        "amsgrad",
        "nesterov",
        "initial_accumulator",
        "warmup",
        "boundaries",
        "values",
        "decay_rate",
        "power",
        "gamma",
        "steps",
        "",
    ];
    const WORDS: &[&str] = &[
        "keras",
        "torch",
        "constant",
        "piecewise",
        "step",
        "exponential",
        "inverse-time",
        "polynomial",
        "cosine",
        "one-cycle",
        "a name",
        "名前",
        "\u{1b}[31m",
    ];
    let value = prop_oneof![2 => number(), 1 => select(WORDS).prop_map(str::to_owned), 1 => ".{0,6}"];
    let pair = (select(KEYS), value).prop_map(|(key, value)| format!("{key}={value}"));
    let settings = proptest::collection::vec(pair, 0..5).prop_map(|pairs| pairs.join(","));
    prop_oneof![
        6 => (select(NAMES), settings).prop_map(|(name, settings)| match settings.as_str() {
            "" => name.to_owned(),
            _ => format!("{name}:{settings}"),
        }),
        1 => ".{0,40}",
    ]
}

#[test]
fn a_spec_is_understood_or_refused() {
    let understood = Cell::new(0);
    let outcome = TestRunner::new(config()).run(&spec(), |text| {
        match text.parse::<Spec>() {
            Ok(spec) => {
                understood.set(understood.get() + 1);
                let printed = spec.to_string();
                prop_assert_eq!(printed.parse::<Spec>().ok(), Some(spec.clone()), "{}", printed);
                let plan = spec.lr_curve(1000);
                prop_assert!((0..1100).step_by(100).all(|step| plan.rate(step) >= 0.0), "{}", printed);
            }
            Err(error) => prop_assert!(error.to_string().len() > 10),
        }
        Ok(())
    });
    outcome.expect("every text is understood or refused");
    assert!(understood.get() > 1000, "{} were understood", understood.get());
}

/// The manifest of a short race of SGD and Adam, and a table of events in which a person changed both rates.
fn recorded() -> (String, String) {
    let home = tempfile::tempdir().expect("a folder");
    let arguments =
        ["train", "--samples", "64", "--epochs", "1", "--hidden", "4", "-o", "sgd", "-o", "adam", "--out", "r"];
    let output = Command::new(env!("CARGO_BIN_EXE_optirace")).current_dir(home.path()).args(arguments).output();
    assert!(output.expect("the program starts").status.success());
    let manifest = fs::read_to_string(home.path().join("r/manifest.json")).expect("a manifest");
    let events = format!("{}\nSGD,3,64,lr,0.02\nAdam,1,0,lr,1e-7\n", EVENT_COLUMNS.join(","));
    (manifest, events)
}

/// A change of a JSON document: where, and what stands there instead; nothing where `None`.
#[derive(Debug, Clone)]
struct Edit {
    place: Index,
    value: Option<Value>,
}

fn edit() -> impl Strategy<Value = Edit> {
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        spec().prop_map(Value::from),
        Just(Value::Array(Vec::new())),
        Just(serde_json::json!({})),
    ];
    (any::<Index>(), proptest::option::weighted(0.8, value)).prop_map(|(place, value)| Edit { place, value })
}

/// Where all values of a document are, as JSON pointers.
fn pointers(json: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match json {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| pointers(item, &format!("{at}/{index}"), all));
        }
        Value::Object(fields) => fields.iter().for_each(|(key, value)| pointers(value, &format!("{at}/{key}"), all)),
        _ => {}
    }
}

fn put(json: &mut Value, Edit { place, value }: Edit) {
    let mut all = Vec::new();
    pointers(json, "", &mut all);
    let Some((parent, key)) = all[place.index(all.len())].rsplit_once('/') else {
        *json = value.unwrap_or_default();
        return;
    };
    match (json.pointer_mut(parent), value) {
        (Some(Value::Object(fields)), Some(value)) => drop(fields.insert(key.to_owned(), value)),
        (Some(Value::Object(fields)), None) => drop(fields.remove(key)),
        (Some(Value::Array(items)), value) => {
            let index: usize = key.parse().expect("an index");
            items.splice(index..=index, value);
        }
        _ => {}
    }
}

#[test]
fn a_manifest_is_understood_or_refused() {
    let (manifest, events) = recorded();
    let valid: Value = serde_json::from_str(&manifest).expect("JSON");
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("events.csv"), events).expect("a file");
    let counts = [Cell::new(0), Cell::new(0)];
    let damage = (any::<Index>(), any::<u8>(), any::<Index>());
    let cases = (proptest::collection::vec(edit(), 0..3), proptest::option::weighted(0.2, damage));
    let outcome = TestRunner::new(config()).run(&cases, |(edits, damage)| {
        let mut json = valid.clone();
        edits.into_iter().for_each(|edit| put(&mut json, edit));
        let mut bytes = serde_json::to_vec(&json).expect("JSON");
        if let Some((place, byte, length)) = damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
            bytes.truncate(1 + length.index(bytes.len()));
        }
        if let Err(what) = Manifest::read(&bytes) {
            prop_assert!(what.raw().len() > 10, "{}", what);
            return Ok(());
        }
        counts[0].set(counts[0].get() + 1);
        fs::write(dir.path().join("manifest.json"), &bytes).expect("a file");
        let past = SavedRace::open(dir.path()).expect("it was read before");
        match past.settings() {
            Ok(_) => counts[1].set(counts[1].get() + 1),
            Err(error) => prop_assert!(error.to_string().contains(&*dir.path().to_string_lossy())),
        }
        Ok(())
    });
    outcome.expect("every manifest is understood or refused");
    let [read, complete] = counts.map(Cell::into_inner);
    assert!(read > 2000 && complete > 1000 && complete < read, "{read} were read, {complete} to settings");
}

#[test]
fn events_are_replayed_or_refused() {
    let (manifest, events) = recorded();
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("manifest.json"), manifest).expect("a file");
    let header = events.lines().next().expect("a header").to_owned();
    let run = prop_oneof![4 => Just("SGD".to_owned()), 2 => Just("Adam".to_owned()), 1 => ".{0,5}"];
    let kind = prop_oneof![3 => Just("lr".to_owned()), 1 => Just("lr_scale".to_owned()), 1 => "[a-z_\",\n]{0,6}"];
    let row = (
        run,
        prop_oneof![3 => "[0-9]{1,9}", 1 => number()],
        "[0-9]{1,9}",
        kind,
        prop_oneof![number(), "0\\.[0-9]{1,5}"],
    )
        .prop_map(|(run, step, samples, kind, value)| format!("{run},{step},{samples},{kind},{value}"));
    let cases = (proptest::collection::vec(row, 0..4), proptest::option::weighted(0.1, any::<Index>()), any::<bool>());
    let counts = [Cell::new(0), Cell::new(0)];
    let outcome = TestRunner::new(config()).run(&cases, |(rows, cut, ends)| {
        let mut text = format!("{header}\n{}", rows.join("\n"));
        if ends {
            text.push('\n');
        }
        let mut bytes = text.into_bytes();
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        fs::write(dir.path().join("events.csv"), &bytes).expect("a file");
        match SavedRace::open(dir.path()).expect("the manifest is sound").settings() {
            Ok(settings) => {
                let sound =
                    settings.lr_changes.iter().all(|c| c.run < 2 && c.step > 0 && c.lr > 0.0 && c.lr.is_finite());
                prop_assert!(sound, "{:?}", settings.lr_changes);
                counts[0].set(counts[0].get() + 1);
                counts[1].set(counts[1].get() + settings.lr_changes.len());
            }
            Err(error) => prop_assert!(error.to_string().contains("events.csv, line ")),
        }
        Ok(())
    });
    outcome.expect("all events are replayed or refused");
    let [read, changes] = counts.map(Cell::into_inner);
    assert!(read > 2000 && read < 19_000 && changes > 1000, "{read} were read, with {changes} changes");
}
