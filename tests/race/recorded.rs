//! A race that was written into a folder comes back from it as it was measured.

#![allow(clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::race_support::*;
use optirace::board::side_by_side::SideBySide;
use optirace::race::history::{History, RunState};
use optirace::race::protocol::{Command, Target};
use optirace::race::settings::{RaceSetup, Settings};
use optirace::record::saved_race::SavedRace;
use optirace::record::{Ended, Folder, Report, Stream, write};

/// A race in which a run diverges, one has a schedule, and a person changes a rate.
fn raced() -> (RaceSetup, History) {
    let data = data(320);
    let settings = settings(&["sgd:lr=1e30", "adam:schedule=cosine", "momentum:batch=5"], 3, 2);
    let mut watched = Watched::start(&settings, &data);
    watched.until(|history| history.runs[1].steps.len() > 20);
    watched.send(Target::Run(1), Command::SetLr { lr: 0.02 });
    (RaceSetup::new(settings, Arc::clone(&data)).expect("a network"), watched.finish())
}

fn opened(dir: &Path) -> History {
    let saved = SavedRace::open(dir).expect("a race");
    let recorded = saved.recorded().expect("its tables");
    SideBySide::new(vec![(saved, recorded)]).expect("one race").history
}

#[test]
fn a_race_comes_back_from_its_folder_as_it_was() {
    let (setup, history) = raced();
    let home = tempfile::tempdir().expect("a folder");
    write(home.path(), &Report { setup: &setup, history: &history, ended: Ended::Finished }).expect("it is written");
    let opened = opened(home.path());
    assert!(matches!(history.runs[0].state, RunState::Diverged { .. }));
    assert_eq!((opened.epochs, opened.runs.len()), (3, 3));
    for (ours, theirs) in opened.runs.iter().zip(&history.runs) {
        assert_same(ours, theirs, "when it is read back");
        assert_eq!((&ours.info, &ours.state, ours.test), (&theirs.info, &theirs.state, theirs.test));
        assert_eq!((ours.lr, ours.lr_scale, &ours.events), (theirs.lr, theirs.lr_scale, &theirs.events));
        assert_eq!((&ours.weights_sha256, &ours.order_sha256), (&theirs.weights_sha256, &theirs.order_sha256));
        let scores = |history: &optirace::race::history::RunHistory| -> Vec<_> {
            history.epochs.iter().map(|epoch| (epoch.epoch, epoch.step, epoch.train, epoch.val)).collect()
        };
        assert_eq!(format!("{:?}", scores(ours)), format!("{:?}", scores(theirs)), "also where they are NaN");
    }
}

#[test]
fn a_race_that_was_cut_off_comes_back_as_far_as_whole_rows_go() {
    let (setup, history) = raced();
    let home = tempfile::tempdir().expect("a folder");
    let mut folder = Folder::claim(home.path(), false).expect("an empty folder");
    let until = history.until(200);
    let report = Report { setup: &setup, history: &until, ended: Ended::Running };
    Stream::default().catch_up(&mut folder, &report).expect("it is streamed");
    let steps = home.path().join("steps.csv.partial");
    let torn = fs::read_to_string(&steps).expect("rows") + "Adam,adam,1";
    fs::write(&steps, torn).expect("a row that was being written");
    let opened = opened(home.path());
    for (ours, theirs) in opened.runs.iter().zip(&until.runs) {
        assert_same(ours, theirs, "when it was cut off");
    }
    assert_eq!(opened.runs[1].state, RunState::Stopped, "it trains no further");
}

#[test]
fn tables_that_say_what_cannot_be_are_refused_with_their_line() {
    let (setup, history) = raced();
    let home = tempfile::tempdir().expect("a folder");
    write(home.path(), &Report { setup: &setup, history: &history, ended: Ended::Finished }).expect("it is written");
    let refused = |name: &str, change: &dyn Fn(&mut Vec<String>)| {
        let path = home.path().join(name);
        let whole = fs::read_to_string(&path).expect("a table");
        let mut lines: Vec<String> = whole.lines().map(str::to_owned).collect();
        change(&mut lines);
        fs::write(&path, lines.join("\n") + "\n").expect("another table");
        let said = SavedRace::open(home.path()).expect("a race").recorded().map(|_| ()).expect_err("wrong").to_string();
        fs::write(&path, whole).expect("the table as it was");
        said
    };
    let said = refused("steps.csv", &|lines| drop(lines.remove(5)));
    assert!(said.contains("steps.csv, line 6: step 5") && said.contains("does not follow step 3"), "{said}");
    let said = refused("steps.csv", &|lines| lines[1] = lines[1].replacen("SGD", "Sgd", 1));
    assert!(said.contains("line 2: the manifest knows no run called `Sgd`"), "{said}");
    let said = refused("steps.csv", &|lines| lines[0] = lines[0].replacen("loss", "cost", 1));
    assert!(said.contains("line 1: the columns are not run,optimizer,step"), "{said}");
    let said = refused("epochs.csv", &|lines| drop(lines.remove(2)));
    assert!(said.contains("epochs.csv, line 3: epoch 1 comes where epoch 0 is due"), "{said}");
    let said = refused("events.csv", &|lines| lines.push("Adam,1,16,exploded,".to_owned()));
    assert!(said.contains("no event is called `exploded`"), "{said}");
    let said = refused("events.csv", &|lines| lines.push("Adam,1,16,lr,fast".to_owned()));
    assert!(said.contains("`fast` is no value of `lr`; it has to be a number"), "{said}");
}

#[test]
fn labels_of_races_side_by_side_say_what_differs_and_nothing_else() {
    let data = data(160);
    let home = tempfile::tempdir().expect("a folder");
    let mut races = Vec::new();
    for (name, seed, epochs) in [("first", 7, 1), ("second", 8, 2)] {
        let settings = Settings { seed, ..settings(&["sgd", "adam"], epochs, 2) };
        let history = run_race(&settings, &data);
        let setup = RaceSetup::new(settings, Arc::clone(&data)).expect("a network");
        let dir = home.path().join(name);
        write(&dir, &Report { setup: &setup, history: &history, ended: Ended::Finished }).expect("it is written");
        let saved = SavedRace::open(&dir).expect("a race");
        let recorded = saved.recorded().expect("its tables");
        races.push((saved, recorded));
    }
    let labels = |races: Vec<_>| -> Vec<String> {
        let history = SideBySide::new(races).expect("races").history;
        assert!(history.runs.iter().all(|run| run.state == RunState::Finished), "each after its own epochs");
        history.runs.into_iter().map(|run| run.info.label.into()).collect()
    };
    assert_eq!(labels(races[..1].to_vec()), ["SGD", "Adam"]);
    assert_eq!(labels(races.clone()), ["SGD s7 e1", "Adam s7 e1", "SGD s8 e2", "Adam s8 e2"]);
    // Nothing differs but the folder, and then not even that.
    let twice = vec![races[0].clone(), races[0].clone()];
    assert_eq!(labels(twice), ["SGD first", "Adam first", "SGD first #2", "Adam first #2"]);
}
