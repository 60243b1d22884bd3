//! The lesson: its races are run, measured and judged, on the screen's own histories too.
#![allow(clippy::expect_used)]

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::process::{Command, Stdio};
use std::sync::Arc;

use optirace::data::{Dataset, Samples, Split};
use optirace::lesson::{Finding, Findings, LESSON_COLUMNS, LessonPlan, LessonStage, SENTENCES, Trial, Verdict};
use optirace::race::RaceData;
use optirace::race::history::History;
use optirace::race::settings::Settings;

fn data(samples: usize) -> Arc<RaceData> {
    let dataset = Dataset::fashion_mnist().expect("the embedded data");
    // The test samples take longer than such a small race.
    let few: Vec<u8> = (0..100).flat_map(|index| dataset.test.image(index).iter().copied()).collect();
    let test = Samples::new(few, dataset.test.labels()[..100].to_vec(), 28, 28).expect("100 samples");
    let dataset = Dataset { test, ..dataset };
    let mut split = Split::new(dataset.train.len(), 0.01, 42).expect("a split");
    split.train.truncate(samples);
    Arc::new(RaceData { dataset, split, split_seed: 42, val_fraction: 0.01 })
}

fn raced(specs: &[&str], epochs: u32, seed: u64, data: &Arc<RaceData>) -> History {
    let settings = Settings {
        specs: specs.iter().map(|spec| spec.parse().expect("a valid spec")).collect(),
        epochs,
        batch_size: "16".parse().expect("a batch size"),
        hidden: vec![16],
        activation: optirace::nn::Activation::Relu,
        seed,
        threads: NonZeroUsize::MIN,
        lr_changes: Vec::new(),
    };
    crate::race_support::run_race(&settings, data)
}

fn of(findings: &[Finding], number: u8) -> &Finding {
    findings.iter().find(|finding| finding.sentence.number == number).expect("a sentence of this number")
}

#[test]
fn the_sentences_are_numbered_and_each_claims_something() {
    assert!(SENTENCES.iter().map(|sentence| sentence.number).eq(1..=16));
    assert!(SENTENCES.iter().all(|sentence| !sentence.claims.is_empty()));
}

#[test]
fn a_small_lesson_measures_every_claim() {
    let plan = LessonPlan { seeds: 1, samples: None, epochs: 6, sweep_epochs: 1 };
    let folder = tempfile::tempdir().expect("a folder");
    let (mut races, mut told, mut promised) = (0, 0, 0);
    let mut stage = |stage| {
        match stage {
            LessonStage::Race { all_epochs, .. } => {
                races += 1;
                promised = all_epochs;
            }
            LessonStage::Epochs(count) => told += count,
        }
        ControlFlow::Continue(())
    };
    let threads = NonZeroUsize::new(2).expect("not 0");
    let outcome =
        optirace::lesson::run(&plan, &data(3000), threads, Some(folder.path()), &mut stage).expect("it can be run");
    let findings = outcome.findings;
    assert!(outcome.seeds == 1 && !outcome.interrupted);
    assert_eq!((races, told), (7, promised), "all that was promised was told");
    for claim in findings.iter().flat_map(|finding| &finding.claims) {
        assert_eq!(claim.values.len(), 1, "{}: {:?}", claim.claim.what, claim.missing);
        assert_eq!(claim.verdict(), Verdict::NotMeasured, "a single seed decides nothing");
    }
    assert!(Findings(&findings).to_string().lines().all(|line| line.chars().count() <= 80));
    for file in ["race/steps.csv", "rates-sgd/epochs.csv", "rates-adam/manifest.json"] {
        assert!(folder.path().join("seed-0").join(file).is_file(), "{file}");
    }
}

#[test]
fn a_race_on_the_screen_is_judged_as_far_as_its_runs_allow() {
    let data = data(4000);
    let specs = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"];
    let history = raced(&specs, 3, 0, &data);
    let mut findings = Finding::all();
    findings.iter_mut().for_each(|finding| finding.measure(&Trial { races: &[&history], lab: None }));
    let measured: Vec<u8> = findings
        .iter()
        .filter(|finding| finding.claims.iter().all(|claim| claim.values.len() == 1))
        .map(|finding| finding.sentence.number)
        .collect();
    assert_eq!(measured, [3, 4, 7, 8, 10, 11, 12, 13, 14, 16]);
    assert!(findings.iter().all(|finding| finding.verdict() == Verdict::NotMeasured), "a single seed decides nothing");
    let missing = |number| of(&findings, number).claims[0].missing.clone().expect("it says what is missing");
    assert_eq!(missing(1), "`optirace lesson` measures it");
    assert_eq!(missing(2), "needs a run of sgd:batch=1 beside sgd");
    assert_eq!(missing(5), "needs a run of sgd:batch=16,schedule=cosine");
    assert_eq!(missing(9), "needs sgd with at least 5 learning rates");
    let early = raced(&specs, 1, 0, &self::data(160));
    let mut finding = Finding::all().remove(7);
    finding.measure(&Trial { races: &[&early], lab: None });
    assert_eq!(finding.claims[0].missing.as_deref(), Some("SGD has made 0 of 10 windows"));
}

#[test]
fn a_claim_can_fail() {
    // Momentum that was given no memory is SGD, which zigzags as much and gets there no sooner.
    let data = data(4000);
    let mut findings = Finding::all();
    for seed in 0..3 {
        let mut history = raced(&["sgd", "sgd:label=other"], 3, seed, &data);
        history.runs[1].info.spec = "momentum".parse().expect("a valid spec");
        let trial = Trial { races: &[&history], lab: None };
        findings.iter_mut().for_each(|finding| finding.measure(&trial));
    }
    assert_eq!(of(&findings, 7).verdict(), Verdict::DoesNotHold);
    assert_eq!(of(&findings, 8).verdict(), Verdict::DoesNotHold);
}

#[test]
fn the_program_prints_the_table_and_writes_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("lesson");
    let run = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_optirace"));
        command.args(["lesson", "--quick", "--samples", "400", "--val-fraction", "0.01", "--out"]).arg(&out).args(more);
        command.stdin(Stdio::null()).output().expect("the program starts")
    };
    let output = run(&[]);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(stderr.lines().eq((0..3).flat_map(|seed| {
        let rates =
            ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"].map(|name| format!("rates of {name}"));
        ["race".to_owned()].into_iter().chain(rates).map(move |name| format!("seed {seed}: {name}"))
    })));
    let table = String::from_utf8(output.stdout).expect("text");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    for sentence in &SENTENCES {
        assert!(table.contains(&format!("{:>2}. {}", sentence.number, &sentence.text[..20])), "{table}");
    }
    // What neither chance nor the size of the races decides.
    for sentence in [1, 6, 16] {
        let words: Vec<&str> = table.split("\n\n").nth(sentence - 1).expect("a sentence").split_whitespace().collect();
        assert!(words.contains(&"HOLDS"), "{table}");
    }
    let mut reader = csv::Reader::from_path(out.join("lesson.csv")).expect("lesson.csv");
    assert!(reader.headers().expect("a header").iter().eq(LESSON_COLUMNS));
    let claims: usize = SENTENCES.iter().map(|sentence| sentence.claims.len()).sum();
    assert_eq!(reader.records().filter_map(Result::ok).count(), claims);

    let again = run(&[]);
    assert_eq!(again.status.code(), Some(1), "a filled folder is refused before anything is computed");
    assert!(String::from_utf8_lossy(&again.stderr).contains("--force"));
}
