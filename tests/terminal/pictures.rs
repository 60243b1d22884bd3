//! The pictures of the README, made from the running program:
//! `cargo test --release --test terminal pictures -- --ignored`

#![allow(clippy::expect_used)]

use std::fs;
use std::path::Path;

use crate::common::Terminal;

/// Has the program draw its screen, into a folder below `home` or `home` itself, and puts the picture among the assets.
fn save(terminal: &mut Terminal, home: &Path, name: &str) {
    terminal.keys("p");
    terminal.until_shown("a picture of the screen is in ");
    let runs = fs::read_dir(home.join("optirace-runs")).into_iter().flatten().flatten().map(|folder| folder.path());
    let picture = runs.chain([home.to_owned()]).map(|folder| folder.join("picture-1.svg")).find(|path| path.exists());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name);
    fs::copy(picture.expect("the picture"), path).expect("the picture is copied");
}

/// Leaves without writing anything.
fn leave(mut terminal: Terminal) {
    terminal.keys("qq");
    terminal.ended().assert_restored();
}

#[test]
#[ignore = "draws the pictures of the README anew"]
fn race() {
    let home = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::start(&[], home.path(), 120, 40);
    terminal.until_shown("epoch 3.5/5");
    terminal.keys(" ");
    terminal.until("all runs paused", |screen| screen.contains("PAUSED") && screen.matches(" paused").count() == 6);
    save(&mut terminal, home.path(), "race.svg");
    leave(terminal);
}

#[test]
#[ignore = "draws the pictures of the README anew"]
fn zigzag() {
    let home = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::start(&[], home.path(), 120, 40);
    terminal.until_shown("samples/s");
    terminal.keys("2");
    terminal.until_shown("epoch 1.2/5");
    terminal.keys(" ");
    terminal.until("both paths of the race at rest", |screen| {
        screen.contains("PAUSED") && screen.matches(" · shows ").count() == 2 && !screen.contains("this race needs")
    });
    save(&mut terminal, home.path(), "zigzag.svg");
    leave(terminal);
}

#[test]
#[ignore = "draws the pictures of the README anew"]
fn path() {
    let home = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::start(&["--preset", "textbook"], home.path(), 120, 40);
    terminal.until_shown("epoch 2.0/5");
    terminal.keys(" ");
    terminal.until("the race at rest", |screen| screen.contains("PAUSED"));
    terminal.keys("3");
    terminal.until_shown("map 65×65, finest");
    save(&mut terminal, home.path(), "path.svg");
    leave(terminal);
}

#[test]
#[ignore = "draws the pictures of the README anew"]
fn ravine() {
    let home = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::start(&["surface"], home.path(), 120, 40);
    terminal.until_shown("step 30");
    save(&mut terminal, home.path(), "ravine.svg");
    terminal.keys("q");
    terminal.ended().assert_restored();
}
