//! From one view of the race to another, and back.

use crossterm::event::KeyCode;
use optirace::race::protocol::{Command, Target};
use optirace::tui::dialog::Dialog;
use optirace::tui::effect::Effect;
use optirace::tui::views::surface::SurfaceView;

use crate::support::{FULL, SIX, Stage};

fn racing(size: (u16, u16)) -> Stage {
    let mut stage = Stage::new(&SIX, size, FULL);
    stage.start();
    stage.train(600);
    stage
}

#[test]
fn every_view_is_a_key_away_from_every_other() {
    let kinds: Vec<_> = racing((80, 24)).app.view_kinds().collect();
    assert_eq!(kinds.len(), 6);
    for from in &kinds {
        for to in &kinds {
            let mut stage = racing((80, 24));
            stage.keys(&from.key.to_string());
            stage.keys(&to.key.to_string());
            assert_eq!(stage.app.view().kind(), *to, "from {from:?}");
            assert!(stage.picture().contains("view"), "the key bar of {to:?} tells how to get on");
        }
    }
}

#[test]
fn the_surface_takes_its_own_keys_and_leaves_the_rest_to_the_race() {
    let mut stage = racing((120, 40));
    stage.keys("5");
    stage.tick(30);
    assert!(stage.picture().contains("ravine") && stage.picture().contains("5 surface"));
    assert_eq!(stage.keys(" "), [], "space pauses the walks, not the race");
    assert!(stage.picture().contains(" PAUSED "));
    assert_eq!(stage.press(KeyCode::Right), [], "the learning rate of a walk");
    assert_eq!(stage.keys("w"), [Effect::Save { leaving: false }]);
    stage.keys("q");
    assert!(matches!(stage.app.dialog, Some(Dialog::Question { .. })), "the race is not written yet");
    stage.press(KeyCode::Esc);
    stage.keys("1");
    assert_eq!(stage.keys(" "), [Effect::Race(Target::All, Command::Pause)]);
}

#[test]
fn the_walks_wait_while_another_view_is_shown() {
    let mut stage = racing((120, 40));
    stage.keys("5");
    stage.tick(1000);
    let step = |stage: &Stage| stage.app.find_view::<SurfaceView>().map(|surface| surface.walks.step());
    let before = step(&stage);
    assert!(before > Some(0));
    stage.keys("1");
    stage.tick(60_000);
    stage.keys("5");
    assert_eq!(step(&stage), before);
    stage.tick(1000);
    assert!(step(&stage) > before);
}

#[test]
fn a_click_on_its_name_shows_a_view() {
    let mut stage = racing((120, 40));
    let picture = stage.picture();
    let (row, line) = picture.lines().enumerate().find(|(_, line)| line.contains("5 surface")).expect("the views");
    let column = line.find("5 surface").expect("the view's name") as u16;
    stage.click(column, row as u16);
    assert_eq!(stage.app.view().kind().name, "surface");
}

#[test]
fn an_optimizer_has_the_same_sign_in_the_race_and_on_the_surface() {
    let mut stage = Stage::new(&["adam", "rmsprop", "sgd"], (120, 40), FULL);
    stage.start();
    let line = |stage: &Stage, name: &str| {
        let picture = stage.picture();
        let is_of_table = |line: &&str| line.contains(&format!(" {name} ")) && !line.contains("← → change");
        let found = picture.lines().rev().find(is_of_table);
        found.expect("a line of the table").trim_start_matches(['"', '▸', ' ']).chars().next()
    };
    let race = ["Adam", "SGD"].map(|name| line(&stage, name));
    stage.keys("5");
    stage.tick(30);
    assert_eq!(["Adam", "SGD"].map(|name| line(&stage, name)), race);
    assert_ne!(line(&stage, "Momentum"), race[0], "what does not race has a sign of its own");
}
