//! A race whose learning rates a person changed is run again from its own files, and gives the same numbers.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::Arc;

use crate::common::Terminal;
use optirace::data::{Dataset, Split};
use optirace::race::RaceData;
use optirace::race::settings::RaceSetup;
use optirace::record::csv::{EPOCH_COLUMNS, EVENT_COLUMNS, STEP_COLUMNS};
use optirace::record::saved_race::SavedRace;
use optirace::record::{Ended, Report, write};

/// Runs a race again from what its folder tells of it, into another folder.
fn race_again(past: &SavedRace, dir: &Path) {
    let told = &past.manifest;
    let settings = past.settings().expect("settings");
    let dataset = Dataset::fashion_mnist().expect("embedded data");
    let (val_fraction, split_seed) = (told.settings.val_fraction, told.settings.split_seed);
    let mut split = Split::new(dataset.train.len(), val_fraction, split_seed).expect("a split");
    split.train.truncate(told.data.train_samples);
    let data = Arc::new(RaceData { dataset, split, split_seed, val_fraction });
    let history = crate::race_support::run_race(&settings, &data);
    let setup = &RaceSetup::new(settings, data).expect("a network");
    write(dir, &Report { setup, history: &history, ended: Ended::Finished }).expect("it can be written");
}

/// The rows of a table, without the columns that tell times.
fn numbers(past: &SavedRace, name: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let rows = past.rows(name, columns).expect("rows");
    let is_time = |column: usize| ["compute_s", "wall_s"].contains(&columns[column]);
    let number = |(column, text): (usize, &str)| (!is_time(column)).then(|| text.to_owned());
    rows.iter().map(|row| row.iter().enumerate().filter_map(number).collect()).collect()
}

#[test]
fn a_race_with_changed_learning_rates_gives_the_same_numbers_again() {
    let home = tempfile::tempdir().expect("a folder");
    let mut arguments = vec!["--samples", "2048", "--hidden", "16", "--epochs", "60", "--out", "results"];
    for spec in ["sgd", "momentum:lr=0.02,schedule=cosine", "adam", "adam:lr=0.01,batch=20,clip_norm=1"] {
        arguments.extend(["-o", spec]);
    }
    let mut terminal = Terminal::start(&arguments, home.path(), 120, 40);
    // While it runs: whatever step it takes hold at is written.
    terminal.until_racing();
    terminal.keys("\x1b[C");
    terminal.until_shown("SGD: lr 0.01 → 0.02 from step");
    // Momentum's schedule is scaled, then put back; Adam's rate changes twice before its next step.
    terminal.keys(" ");
    terminal.until_shown("PAUSED");
    terminal.keys("\x1b[B\x1b[C");
    terminal.until_shown("Momentum: lr ");
    terminal.keys(".0");
    terminal.until("the first rate again", |text| text.contains("cosine schedule × 1 "));
    terminal.keys("\x1b[B\x1b[D");
    terminal.until_shown("Adam: lr 0.001 → 5e-4");
    terminal.keys("\x1b[D");
    terminal.until_shown("→ 2e-4");
    // All at once, and to the end, which writes.
    terminal.keys("a\x1b[C");
    terminal.until("every run's new rate", |text| {
        let has = |run: &str, lr: &str| text.lines().any(|line| line.contains(run) && line.contains(lr));
        has("● SGD ", " 0.05 ") && has("▲ Adam ", " 5e-4 ") && has("◆ Adam lr=0.01", " 0.02 ")
    });
    terminal.keys(" ");
    terminal.until_shown("written to results");
    terminal.keys("q");
    assert_eq!(terminal.ended().code, 0);

    let past = SavedRace::open(&home.path().join("results")).expect("results");
    let events = past.rows("events.csv", &EVENT_COLUMNS).expect("events");
    let changes = events.iter().filter(|row| &row[3] == "lr").count();
    assert!(changes >= 9, "{changes} changes: {events:?}");

    race_again(&past, &home.path().join("again"));
    let again = SavedRace::open(&home.path().join("again")).expect("results");
    for (name, columns) in [("steps.csv", &STEP_COLUMNS[..]), ("epochs.csv", &EPOCH_COLUMNS[..])] {
        let (first, second) = (numbers(&past, name, columns), numbers(&again, name, columns));
        let differs = first.iter().zip(&second).find(|(first, second)| first != second);
        assert!(differs.is_none() && first.len() == second.len(), "{name}: {differs:?}");
    }
    let steps = past.rows("steps.csv", &STEP_COLUMNS).expect("rows");
    assert_eq!(steps.len(), 60 * (3 * 2048 / 32 + 2048_usize.div_ceil(20)), "to the end");
}
