//! The real program in a real pseudo-terminal: race, pause, change a learning rate, write, quit.

#![allow(clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{LONG, PROGRAM, Terminal};

fn only_folder_in(parent: &Path) -> PathBuf {
    let mut folders = fs::read_dir(parent).expect("the folder of races").map(|entry| entry.expect("an entry").path());
    let folder = folders.next().expect("a race was written");
    assert_eq!(folders.next(), None, "one race was written");
    folder
}

#[test]
fn a_person_races_pauses_changes_a_learning_rate_writes_and_quits() {
    let home = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::start(&LONG, home.path(), 100, 30);
    terminal.until_shown("samples/s");
    terminal.until("every run under way", |screen| screen.matches("running").count() == 6);
    assert!(terminal.screen().alternate_screen() && terminal.screen().hide_cursor());

    terminal.keys(" ");
    terminal.until("all runs paused", |screen| screen.contains("PAUSED") && screen.matches(" paused").count() == 6);

    // Down to Momentum, one rung up the ladder: 0.01 becomes 0.02.
    terminal.keys("\x1b[B\x1b[C");
    terminal.until("the new learning rate", |screen| {
        screen.lines().any(|line| line.contains("Momentum") && line.contains("0.02"))
    });

    terminal.keys(".");
    terminal.until_shown("PAUSED");
    terminal.keys("w");
    terminal.until_shown("optirace-runs");
    terminal.keys(" ");
    terminal.until("the race to go on", |screen| !screen.contains("PAUSED") && screen.contains("running"));

    terminal.resize(80, 24);
    terminal.until("the smaller screen", |screen| screen.lines().last().is_some_and(|line| line.contains("q quit")));

    let ended = terminal.left_with("q", "q");
    assert_eq!(ended.code, 0, "{}", ended.raw);

    let folder = only_folder_in(&home.path().join("optirace-runs"));
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect(name);
    let events = read("events.csv");
    assert!(events.lines().any(|row| row.starts_with("Momentum,") && row.contains(",lr,0.02")), "{events}");
    assert!(events.contains(",paused,"), "{events}");
    assert!(read("steps.csv").lines().count() > 6);
    assert!(read("epochs.csv").lines().count() > 6);
    let manifest: serde_json::Value = serde_json::from_str(&read("manifest.json")).expect("the manifest is JSON");
    let settings = &manifest["settings"];
    assert!(settings["lr_changed_in"] == "events.csv" && settings.get("lr_changes").is_none(), "{settings}");
}

/// The steps that the two sides of the view have done.
fn steps_of_sides(screen: &str) -> Vec<u32> {
    let line = screen.lines().find(|line| line.matches("· step ").count() == 2).unwrap_or_default();
    let number = |part: &str| part.chars().take_while(|c| *c != ' ').filter(char::is_ascii_digit).collect::<String>();
    line.split("· step ").skip(1).filter_map(|part| number(part).parse().ok()).collect()
}

#[test]
fn a_person_walks_the_zigzag_step_by_step_and_returns_to_the_race() {
    let home = tempfile::tempdir().expect("a folder");
    let pair = [&LONG[..], &["-o", "sgd", "-o", "adam"]].concat();
    let mut terminal = Terminal::start(&pair, home.path(), 100, 30);
    terminal.until("every run under way", |screen| screen.matches("running").count() == 2);
    terminal.keys("2");
    // Both paths are recorded while they are seen.
    terminal.until("both sides in words", |screen| {
        screen.contains(" a step and came about ") && screen.contains("last 40 steps: SGD turned ")
    });
    terminal.keys(" ");
    terminal.until("a pause", |screen| screen.contains("PAUSED") && steps_of_sides(screen).len() == 2);
    let before = steps_of_sides(&terminal.text());
    for count in 1..=3 {
        terminal.keys(".");
        let after: Vec<u32> = before.iter().map(|step| step + count).collect();
        terminal.until("one more step", |screen| steps_of_sides(screen) == after);
    }
    // Adam's side, and its learning rate.
    terminal.keys("\t\x1b[C");
    terminal.until("the new learning rate", |screen| screen.contains("lr 0.002 · step"));
    terminal.keys("<1");
    terminal.until("the race", |screen| screen.matches(" paused").count() == 2);
    terminal.keys("qq");
    terminal.ended().assert_restored();
}

#[test]
fn a_finished_race_shows_its_result_and_quits_without_a_question() {
    let home = tempfile::tempdir().expect("a folder");
    let arguments = ["--epochs", "1", "--samples", "512", "--hidden", "8", "-o", "sgd", "-o", "adam"];
    let mut terminal = Terminal::start(&arguments, home.path(), 120, 40);
    terminal.until("a result", |text| text.contains("85 %") && text.contains("not reached"));
    terminal.keys("w");
    terminal.until_shown("optirace-runs");
    terminal.keys("q");
    let ended = terminal.ended();
    assert_eq!(ended.code, 0);
    ended.assert_restored();
}

#[test]
fn a_show_can_be_prepared() {
    let home = tempfile::tempdir().expect("a folder");
    let arguments = ["--samples", "2048", "--hidden", "8", "-o", "sgd", "-o", "adam", "--epochs", "2", "--out", "out"];
    let pace = ["--paused", "--pause-at", "0.25,3072", "--speed", "2e4"];
    let mut terminal = Terminal::start(&[&arguments[..], &pace].concat(), home.path(), 120, 40);
    terminal.until_shown("it begins paused");
    for moment in ["paused at 1,024 samples, as planned", "paused at 3,072 samples, as planned"] {
        terminal.keys(" ");
        terminal.until_shown(moment);
        terminal.until_shown("PAUSED");
    }
    terminal.keys(" ");
    terminal.until_shown("throttled");
    terminal.until_shown("written to ");
    let manifest = std::fs::read_to_string(home.path().join("out/manifest.json")).expect("a manifest");
    assert_eq!(manifest.matches("\"throttled\": true").count(), 2, "{manifest}");
    terminal.keys("q");
    assert_eq!(terminal.ended().code, 0);
}

#[test]
fn a_moment_after_the_end_of_the_race_is_refused() {
    let home = tempfile::tempdir().expect("a folder");
    let arguments = ["--samples", "512", "--epochs", "1", "--pause-at", "512"];
    let ended = Terminal::start(&arguments, home.path(), 120, 40).ended();
    assert_eq!(ended.code, 2);
    assert!(ended.raw.contains("--pause-at 512 is not before the end of the race, at 512 samples"), "{}", ended.raw);
}

#[test]
fn p_saves_the_screen_as_a_picture_beside_the_results() {
    let home = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::start(&[&LONG[..], &["--out", "out"]].concat(), home.path(), 100, 30);
    terminal.until_racing();
    for number in 1..=2 {
        terminal.keys("p");
        terminal.until_shown(&format!("a picture of the screen is in out/picture-{number}.svg"));
    }
    let picture = fs::read_to_string(home.path().join("out/picture-1.svg")).expect("a picture");
    assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"), "{picture}");
    // Text stays text, curves and frames are shapes.
    assert!(picture.contains(">M</tspan>") && picture.matches("<path").count() > 50, "{picture}");
    assert!(!picture.contains(|letter| ('\u{2500}'..='\u{28ff}').contains(&letter) && !"●■▲◆✚★▶▸◀".contains(letter)));
    terminal.keys("qq");
    terminal.ended().assert_restored();
}

#[test]
fn p_saves_a_picture_of_a_surface_where_the_program_was_started() {
    let home = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::start(&["surface"], home.path(), 80, 24);
    terminal.until_shown("step ");
    terminal.keys("p");
    terminal.until_shown("is in picture-1.svg");
    assert!(home.path().join("picture-1.svg").is_file());
    terminal.keys("q");
    terminal.ended().assert_restored();
}

#[test]
fn a_recorded_race_is_looked_at_and_asks_nothing_when_it_is_left() {
    let home = tempfile::tempdir().expect("a folder");
    let race = ["--samples", "2048", "--hidden", "8", "-o", "sgd", "-o", "adam", "--epochs", "2", "--out", "kept"];
    assert_cmd::Command::new(PROGRAM).arg("train").args(race).current_dir(home.path()).assert().success();
    let mut terminal = Terminal::start(&["open", "kept"], home.path(), 120, 40);
    terminal.until_shown("■ from files");
    terminal.until_shown("read from kept");
    terminal.keys(",");
    terminal.until_shown("◀ step 127 · epoch 2.0 of 2 · live 2.0");
    for (key, said) in [("2", "view 2 needs the weights"), ("r", "trains no more"), ("w", "trains no more")] {
        terminal.keys(key);
        terminal.until_shown(said);
    }
    terminal.keys("4");
    terminal.until_shown("update norm (log)");
    terminal.keys("q");
    assert_eq!(terminal.ended().code, 0);
}

#[test]
fn a_picture_of_a_recorded_race_needs_no_terminal() {
    let home = tempfile::tempdir().expect("a folder");
    let race = ["--samples", "2048", "--hidden", "8", "-o", "sgd", "--epochs", "1", "--out", "kept"];
    assert_cmd::Command::new(PROGRAM).arg("train").args(race).current_dir(home.path()).assert().success();
    let draw = ["open", "kept", "--picture", "race.svg", "--size", "80x24", "--at", "0.5", "--view", "4"];
    assert_cmd::Command::new(PROGRAM).args(draw).current_dir(home.path()).assert().success();
    let picture = fs::read_to_string(home.path().join("race.svg")).expect("a picture");
    assert!(picture.contains("viewBox=\"0 0 688 448\""), "80 × 24 cells");
    let refused = assert_cmd::Command::new(PROGRAM).args(["open", "nowhere", "--picture", "a.svg"]).assert().failure();
    let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(said.contains("cannot read nowhere/manifest.json"), "{said}");
}

#[test]
fn ctrl_c_asks_first_and_the_terminal_is_left_as_it_was() {
    let home = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::start(&LONG, home.path(), 100, 30);
    terminal.until_racing();
    terminal.left_with("\x03", "w");
    assert!(only_folder_in(&home.path().join("optirace-runs")).join("steps.csv").exists());
}

#[test]
fn a_signal_saves_the_results_and_leaves_the_terminal_as_it_was() {
    for signal in ["TERM", "HUP", "INT"] {
        let home = tempfile::tempdir().expect("a folder");
        let mut terminal = Terminal::start(&LONG, home.path(), 100, 30);
        terminal.until_racing();
        terminal.signal(signal);
        let ended = terminal.ended();
        ended.assert_restored();
        assert_eq!(ended.code, 130, "{signal}");
        let folder = only_folder_in(&home.path().join("optirace-runs"));
        assert!(folder.join("steps.csv").exists());
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(ended.screen.contents().contains(&name), "{signal}: {}", ended.screen.contents());
    }
}

#[test]
fn a_terminal_that_goes_away_ends_the_race_and_saves_the_results() {
    let home = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::start(&LONG, home.path(), 100, 30);
    terminal.until_racing();
    assert_eq!(terminal.close(), 130);
    assert!(only_folder_in(&home.path().join("optirace-runs")).join("steps.csv").exists());
}

#[test]
fn a_person_watches_the_ravine_moves_the_start_and_leaves() {
    let home = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::start(&["surface", "--steps", "3"], home.path(), 80, 24);
    terminal
        .until("the end of all walks", |screen| screen.contains("step 3/3") && screen.matches(" done").count() == 5);
    // Down to Momentum, one rung up the ladder: 0.1 becomes 0.2. Shift and right: the start moves.
    terminal.keys("\x1b[B\x1b[C\x1b[1;2C");
    terminal.until("the new start and rate", |screen| {
        let has_rate = |line: &str| line.contains("Momentum") && line.contains("0.2 ");
        screen.contains("from (-6.6, 2)") && screen.lines().any(has_rate)
    });
    // A click in the middle of the plot.
    terminal.keys("\x1b[<0;43;10M");
    terminal.until("the start in the middle", |screen| screen.contains("from (0") || screen.contains("from (-0."));
    terminal.keys("n");
    terminal.until_shown("rosenbrock");
    terminal.resize(160, 50);
    terminal.until("the larger screen", |screen| screen.lines().count() >= 50 && screen.contains("shift+arrows start"));
    terminal.keys("q");
    let ended = terminal.ended();
    ended.assert_restored();
    assert_eq!(ended.code, 0);
}

#[cfg(target_os = "linux")]
#[test]
fn where_nothing_can_be_written_the_race_is_written_elsewhere() {
    let elsewhere = tempfile::tempdir().expect("a folder");
    let folder = elsewhere.path().join("race");
    let mut terminal = Terminal::start(&LONG, Path::new("/proc"), 100, 30);
    terminal.until_racing();
    terminal.keys("w");
    terminal.until_shown("another folder?");
    terminal.keys("/proc/nothing\r");
    terminal.until("why not there", |screen| screen.matches("/proc/nothing").count() > 1);
    terminal.keys(&format!("\x15{}\r", folder.to_str().expect("text")));
    terminal.until_shown("written to ");
    assert!(folder.join("manifest.json").exists());
    terminal.keys("qw");
    assert_eq!(terminal.ended().code, 0);
    assert_eq!(only_folder_in(elsewhere.path()), folder);
}
