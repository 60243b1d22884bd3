//! The pictures of the README, made from the running program:
//! `cargo test --release --test terminal pictures -- --ignored`

#![allow(clippy::expect_used)]

use crate::common::Terminal;

fn save(terminal: &Terminal, name: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name);
    std::fs::write(&path, crate::svg::draw(terminal.screen())).expect("the picture is written");
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
    save(&terminal, "race.svg");
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
    save(&terminal, "zigzag.svg");
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
    save(&terminal, "path.svg");
    leave(terminal);
}

#[test]
#[ignore = "draws the pictures of the README anew"]
fn ravine() {
    let home = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::start(&["surface"], home.path(), 120, 40);
    terminal.until_shown("step 30");
    save(&terminal, "ravine.svg");
    terminal.keys("q");
    terminal.ended().assert_restored();
}
