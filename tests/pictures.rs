//! The pictures of the README, made from the running program:
//! `cargo test --release --test pictures -- --ignored`

#![allow(clippy::expect_used)]

mod common;
#[path = "common/svg.rs"]
mod svg;

use common::Terminal;

fn save(terminal: &Terminal, name: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name);
    std::fs::write(&path, svg::draw(terminal.screen())).expect("the picture is written");
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
    terminal.keys("qq");
    terminal.ended().assert_restored();
}
