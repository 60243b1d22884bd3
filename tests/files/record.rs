//! The files of a race: they read back as what was measured, and are whole or not there at all.
#![allow(clippy::expect_used)]

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use optirace::data::{Dataset, Samples, Split};
use optirace::nn::Activation;
use optirace::optim::BatchSize;
use optirace::race::RaceData;
use optirace::race::history::{History, RunEvent, RunEventKind, RunState};
use optirace::race::measure::{self, EffectiveLr};
use optirace::race::measure::{EpochRecord, Score, StepRecord, WindowRecord};
use optirace::race::settings::{RaceSetup, RunInfo, Settings};
use optirace::record::{self, Ended, Folder, RecordError, Report};
use proptest::prelude::*;

fn info(label: &str) -> RunInfo {
    let spec = "adam".parse().expect("adam is known");
    RunInfo { label: label.parse().expect("a label"), spec, batch_size: 32, planned_steps: 100 }
}

/// Any `f32` there is: denormals, infinities and NaN too.
fn any_float() -> impl Strategy<Value = f32> {
    prop_oneof![
        any::<u32>().prop_map(f32::from_bits),
        proptest::sample::select(vec![
            0.0,
            -0.0,
            1.0,
            f32::MIN_POSITIVE,
            f32::MAX,
            f32::INFINITY,
            f32::NAN,
            1e-45,
            0.1
        ]),
    ]
}

prop_compose! {
    fn any_step()(
        samples in any::<u64>(),
        compute_s in 0.0..1e7_f64,
        floats in proptest::array::uniform6(any_float()),
    ) -> StepRecord {
        let [lr, loss, accuracy, grad_norm, update_norm, update_cosine] = floats;
        StepRecord { samples, compute_s, step: 0, epoch: 1, lr, loss, accuracy, grad_norm, update_norm, update_cosine }
    }
}

/// Where the column of this name stands in `steps.csv`.
fn column(name: &str) -> usize {
    record::csv::STEP_COLUMNS.iter().position(|column| *column == name).expect("a column")
}

/// The same number, or no number either.
fn same(a: f32, b: f32) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

fn rows(csv: &[u8]) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_reader(csv);
    let header = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect());
    (header, rows.collect())
}

proptest! {
    #[test]
    fn steps_read_back_as_they_were(
        label in "[ -.0-~äµ]{1,32}",
        steps in proptest::collection::vec(any_step(), 1..60),
        window in any_float(),
    ) {
        let mut history = History::new(&[info(&label), info("other")], 5);
        let run = &mut history.runs[0];
        run.steps = steps;
        for (number, step) in (1..).zip(&mut run.steps) {
            step.step = number;
        }
        run.windows = vec![WindowRecord {
            straightness: window,
            distance: -window,
            gradient_cosine: window,
            roughness: 2.0 * window,
            turn: f32::NAN,
            effective_lr: EffectiveLr { p10: window, p50: f32::NAN, p90: 3.0 * window, still: 7 },
            ..WindowRecord::empty(50)
        }];
        let mut csv = Vec::new();
        record::csv::write_steps(&mut csv, &history).expect("memory can be written to");
        let (header, rows) = rows(&csv);
        prop_assert_eq!(header, record::csv::STEP_COLUMNS);
        let run = &history.runs[0];
        prop_assert_eq!(rows.len(), run.steps.len());
        for (row, step) in rows.iter().zip(&run.steps) {
            let float = |name: &str| row[column(name)].parse::<f32>().expect("a number");
            prop_assert_eq!(&row[..2], [label.as_str(), "adam"]);
            prop_assert_eq!(&row[2..5], [step.step.to_string(), step.epoch.to_string(), step.samples.to_string()]);
            prop_assert!((row[column("compute_s")].parse::<f64>().expect("a number") - step.compute_s).abs() < 1e-6);
            let names = ["lr", "loss", "accuracy", "grad_norm", "update_norm"];
            let values = [step.lr, step.loss, step.accuracy, step.grad_norm, step.update_norm];
            for (name, value) in names.into_iter().zip(values) {
                prop_assert!(same(float(name), value), "{} is not {value:?}", row[column(name)]);
            }
            // A value that does not exist is left empty.
            let kept = |name: &str, value: f32| match row[column(name)].as_str() {
                "" => value.is_nan(),
                _ => same(float(name), value),
            };
            prop_assert!(kept("update_cosine", step.update_cosine), "{row:?}");
            if step.step == 50 {
                prop_assert!(same(float("straightness"), window) && same(float("distance"), -window));
                prop_assert!(same(float("roughness"), 2.0 * window), "{row:?}");
                prop_assert!(kept("gradient_cosine", window) && kept("turn", f32::NAN), "{row:?}");
                let [p10, p50, p90] = ["effective_lr_p10", "effective_lr_p50", "effective_lr_p90"];
                prop_assert!(kept(p10, window) && kept(p50, f32::NAN) && kept(p90, 3.0 * window), "{row:?}");
                prop_assert_eq!(&row[column("effective_lr_still")], "7");
            } else {
                prop_assert!(row[column("straightness")..].iter().all(String::is_empty));
            }
        }
    }

    #[test]
    fn epochs_read_back_as_they_were(values in proptest::array::uniform5(any_float()), wall_s in 0.0..1e7_f64) {
        let [lr, loss, accuracy, val_loss, val_accuracy] = values;
        let val = Score { loss: val_loss, accuracy: val_accuracy };
        let before = EpochRecord { epoch: 0, step: 0, samples: 0, compute_s: 0.0, wall_s, lr, train: None, val };
        let after = EpochRecord { epoch: 1, step: 9, samples: 288, train: Some(Score { loss, accuracy }), ..before };
        let mut history = History::new(&[info("a")], 1);
        history.runs[0].epochs = vec![before, after];
        let mut csv = Vec::new();
        record::csv::write_epochs(&mut csv, &history).expect("memory can be written to");
        let (header, rows) = rows(&csv);
        prop_assert_eq!(header, record::csv::EPOCH_COLUMNS);
        prop_assert_eq!([&rows[0][8], &rows[0][9]], ["", ""]);
        prop_assert_eq!(&rows[1][2..5], ["1", "9", "288"]);
        for (text, value) in rows[1][7..].iter().zip(values) {
            prop_assert!(same(text.parse().expect("a number"), value), "{text} is not {value:?}");
        }
        prop_assert!((rows[1][6].parse::<f64>().expect("a number") - wall_s).abs() < 1e-6);
    }
}

#[test]
fn runs_stand_together_in_the_order_of_the_race() {
    let step = |step| StepRecord {
        samples: 32,
        compute_s: 0.001_234_567,
        step,
        epoch: 1,
        lr: 0.001,
        loss: 2.5,
        accuracy: 1.0,
        grad_norm: 1e-20,
        update_norm: 1e20,
        update_cosine: f32::NAN,
    };
    let mut history = History::new(&[info("b, \"quoted\""), info("a")], 1);
    for run in &mut history.runs {
        run.steps = vec![step(1), step(2)];
    }
    let mut csv = Vec::new();
    record::csv::write_steps(&mut csv, &history).expect("memory can be written to");
    insta::assert_snapshot!(String::from_utf8(csv).expect("text"), @r#"
    run,optimizer,step,epoch,samples,compute_s,lr,loss,accuracy,grad_norm,update_norm,update_cosine,straightness,distance,gradient_cosine,roughness,turn,effective_lr_p10,effective_lr_p50,effective_lr_p90,effective_lr_still
    "b, ""quoted""",adam,1,1,32,0.001235,0.001,2.5,1.0,1e-20,1e20,,,,,,,,,,
    "b, ""quoted""",adam,2,1,32,0.001235,0.001,2.5,1.0,1e-20,1e20,,,,,,,,,,
    a,adam,1,1,32,0.001235,0.001,2.5,1.0,1e-20,1e20,,,,,,,,,,
    a,adam,2,1,32,0.001235,0.001,2.5,1.0,1e-20,1e20,,,,,,,,,,
    "#);
}

#[test]
fn every_event_has_its_name_and_value() {
    let mut history = History::new(&[info("a")], 1);
    let kinds = [
        RunEventKind::Lr(0.002),
        RunEventKind::Lr(1e-7),
        RunEventKind::LrScale(1.25),
        RunEventKind::Paused,
        RunEventKind::Resumed,
        RunEventKind::Extended(10),
        RunEventKind::Diverged(None),
        RunEventKind::Diverged(Some("a cause, it says".into())),
        RunEventKind::Failed("index 3, \"length\" 2".into()),
        RunEventKind::Finished,
        RunEventKind::Stopped,
    ];
    history.runs[0].events = kinds.into_iter().map(|kind| RunEvent { step: 7, samples: 224, kind }).collect();
    let mut csv = Vec::new();
    record::csv::write_events(&mut csv, &history).expect("memory can be written to");
    insta::assert_snapshot!(String::from_utf8(csv).expect("text"), @r#"
    run,step,samples,event,value
    a,7,224,lr,0.002
    a,7,224,lr,1e-7
    a,7,224,lr_scale,1.25
    a,7,224,paused,
    a,7,224,resumed,
    a,7,224,extended,10
    a,7,224,diverged,
    a,7,224,diverged,"a cause, it says"
    a,7,224,failed,"index 3, ""length"" 2"
    a,7,224,finished,
    a,7,224,stopped,
    "#);
}

/// A race of two runs that have not begun, and all that a report of it borrows.
struct Sample {
    setup: RaceSetup,
    history: History,
}

impl Sample {
    fn new() -> Self {
        let samples = || Samples::new(vec![0; 10], vec![0, 1, 0, 1, 0, 1, 0, 1, 0, 1], 1, 1).expect("ten samples");
        let (name, class_names) = ("dots".into(), vec!["0".to_owned(), "1".to_owned()]);
        let dataset = Dataset { name, class_names, train: samples(), test: samples(), files: Vec::new() };
        let split = Split { train: (0..8).collect(), val: vec![8, 9] };
        let settings = Settings {
            specs: vec!["sgd:lr=0.5".parse().expect("valid"), "adam:label=b,batch=full".parse().expect("valid")],
            epochs: 3,
            batch_size: BatchSize::Full,
            hidden: vec![4, 3],
            activation: Activation::Tanh,
            seed: u64::MAX,
            threads: NonZeroUsize::MIN,
            lr_changes: Vec::new(),
        };
        let history = History::new(&settings.run_infos(8).expect("two runs"), 4);
        let data = Arc::new(RaceData { dataset, split, split_seed: 42, val_fraction: 0.2 });
        Self { setup: RaceSetup::new(settings, data).expect("a small network"), history }
    }

    fn write(&self, dir: &Path) -> Result<(), RecordError> {
        let Self { setup, history } = self;
        record::write(dir, &Report { setup, history, ended: Ended::Quit })
    }
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn the_folder_holds_the_four_files_and_nothing_else() {
    let root = tempfile::tempdir().expect("a folder");
    let dir = root.path().join("new/and/deep");
    let sample = Sample::new();
    for _ in 0..2 {
        sample.write(&dir).expect("it can be written, and again");
        assert_eq!(names(&dir), ["epochs.csv", "events.csv", "manifest.json", "steps.csv"]);
    }
}

#[test]
fn the_manifest_says_what_was_computed() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut sample = Sample::new();
    let hash = |digit: &str| Some(digit.repeat(64).into());
    for run in &mut sample.history.runs {
        (run.weights_sha256, run.order_sha256) = (hash("a"), hash("b"));
        run.began = Some(std::time::UNIX_EPOCH + std::time::Duration::from_millis(1_500_000_000_123));
    }
    let diverged = &mut sample.history.runs[1];
    diverged.state = RunState::Diverged { step: 12, why: None };
    let val = Score { loss: f32::NAN, accuracy: 0.1 };
    diverged.epochs =
        vec![EpochRecord { epoch: 1, step: 8, samples: 64, compute_s: 0.5, wall_s: 1.0, lr: 0.5, train: None, val }];
    sample.write(dir.path()).expect("it can be written");
    let text = fs::read_to_string(dir.path().join("manifest.json")).expect("the manifest");
    let mut manifest: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let written = manifest["written"].as_str().expect("a time");
    assert!(written.parse::<jiff::Timestamp>().is_ok(), "{written} is no time of RFC 3339");
    let began = std::time::UNIX_EPOCH + std::time::Duration::from_millis(1_500_000_000_123);
    let started = manifest["started"].as_str().expect("a time").parse::<jiff::Timestamp>().expect("a time of RFC 3339");
    assert_eq!(std::time::SystemTime::from(started), began);
    manifest["started"] = "(then)".into();
    manifest["written"] = "(now)".into();
    manifest["version"] = "(version)".into();
    let machine = manifest["machine"].as_object_mut().expect("the machine");
    assert!(!machine["cpu"].as_str().expect("a name").is_empty());
    machine.values_mut().for_each(|value| *value = "(here)".into());
    insta::assert_snapshot!(serde_json::to_string_pretty(&manifest).expect("JSON"));
}

#[test]
fn runs_that_did_not_start_alike_share_no_hash() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut sample = Sample::new();
    sample.history.runs[0].weights_sha256 = Some("a".into());
    sample.history.runs[1].weights_sha256 = Some("b".into());
    sample.write(dir.path()).expect("it can be written");
    let text = fs::read_to_string(dir.path().join("manifest.json")).expect("the manifest");
    let manifest: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert!(manifest["weights_sha256"].is_null());
    assert_eq!(manifest["runs"][1]["weights_sha256"], "b");
}

#[test]
fn a_folder_in_a_files_way_is_an_error_and_leaves_the_others_as_they_were() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("steps.csv"), "old").expect("a file");
    fs::create_dir(dir.path().join("events.csv")).expect("a folder");
    let error = Sample::new().write(dir.path()).expect_err("it is in the way").to_string();
    let path = dir.path().join("events.csv").display().to_string();
    assert_eq!(error, format!("{path} is a folder, and a file of that name has to be written; move it away"));
    assert_eq!(fs::read_to_string(dir.path().join("steps.csv")).expect("the file"), "old");
    assert_eq!(names(dir.path()), ["events.csv", "steps.csv"]);
    assert!(matches!(Folder::claim(dir.path(), true), Err(RecordError::Obstructed { .. })));
}

#[test]
fn a_file_in_the_folders_way_is_an_error_that_names_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("taken");
    fs::write(&file, "old").expect("a file");
    for wanted in [file.clone(), file.join("below")] {
        let error = Sample::new().write(&wanted).expect_err("it is in the way").to_string();
        let path = file.display();
        assert_eq!(error, format!("{path} is not a folder; name another folder for the results or move it away"));
        assert!(matches!(Folder::claim(&wanted, true), Err(RecordError::NotAFolder { .. })));
    }
    assert_eq!(fs::read_to_string(&file).expect("the file"), "old");
}

#[test]
fn a_folder_with_files_is_refused_unless_forced() {
    let dir = tempfile::tempdir().expect("a folder");
    let fresh = dir.path().join("fresh");
    Folder::claim(&fresh, false).expect("a new folder is fine");
    Folder::claim(&fresh, false).expect("an empty folder is fine");
    assert!(names(&fresh).is_empty());
    let error = Folder::claim(dir.path(), false).expect_err("it is filled").to_string();
    let path = dir.path().display();
    assert_eq!(error, format!("{path} already holds files; name a folder that is empty or new, or add --force"));
    Folder::claim(dir.path(), true).expect("force is force");
}

#[cfg(unix)]
#[test]
fn files_are_as_readable_as_any_other_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a folder");
    Sample::new().write(dir.path()).expect("it can be written");
    fs::write(dir.path().join("other"), "").expect("a file");
    let mode = |name: &str| fs::metadata(dir.path().join(name)).expect("a file").permissions().mode();
    assert_eq!(mode("steps.csv"), mode("other"));
}

/// Not a check, a figure: what a default race takes to be written.
#[test]
#[ignore = "measures: run with --release --nocapture"]
fn measure_writing_a_default_race() {
    let mut sample = Sample::new();
    let infos: Vec<RunInfo> = (0..6).map(|run| info(&format!("run {run}"))).collect();
    sample.history = History::new(&infos, 5);
    let mut bits = 0x1234_5678_u32;
    let mut float = || {
        bits = bits.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (bits >> 8) as f32 / 16_777_216.0
    };
    for run in &mut sample.history.runs {
        for step in 1..=7_500 {
            let record = StepRecord {
                samples: u64::from(step) * 32,
                compute_s: f64::from(step) * 1e-4,
                step,
                epoch: 1 + (step - 1) / 1_500,
                lr: 0.001,
                loss: float(),
                accuracy: float(),
                grad_norm: float(),
                update_norm: float(),
                update_cosine: float(),
            };
            run.steps.push(record);
            if step % 50 == 0 {
                run.windows.push(WindowRecord {
                    straightness: float(),
                    distance: float(),
                    gradient_cosine: f32::NAN,
                    roughness: float(),
                    turn: float(),
                    effective_lr: EffectiveLr { p10: float(), p50: float(), p90: float(), still: 30_000 },
                    ..WindowRecord::empty(step)
                });
            }
        }
    }
    let rows = 45_000.0;
    for _ in 0..3 {
        let mut csv = Vec::new();
        let begin = std::time::Instant::now();
        record::csv::write_steps(&mut csv, &sample.history).expect("memory can be written to");
        let seconds = begin.elapsed().as_secs_f64();
        println!("steps.csv in memory: {seconds:.4} s, {:.0} rows/s, {} bytes", rows / seconds, csv.len());
        let dir = tempfile::tempdir().expect("a folder");
        let begin = std::time::Instant::now();
        sample.write(dir.path()).expect("it can be written");
        println!("all files, on the disk: {:.4} s", begin.elapsed().as_secs_f64());
    }
}

#[test]
fn the_readme_lists_every_column_of_the_steps() {
    let columns = measure::columns_in_markdown();
    assert_eq!(columns.lines().count(), 2 + record::csv::STEP_COLUMNS.len());
    assert!(include_str!("../../README.md").contains(&columns), "README.md has to hold this table:\n{columns}");
}
