//! The dynamics: what they show, and their keys.

use crossterm::event::KeyCode;
use insta::assert_snapshot;
use optirace::tui::theme::{Colors, Ground, Theme};

use crate::support::{FULL, SIX, Stage};

fn dynamics(size: (u16, u16), theme: Theme) -> Stage {
    let mut stage = Stage::new(&SIX, size, theme);
    stage.start();
    stage.train(3600);
    stage.keys("4");
    stage
}

#[test]
fn dynamics_80x24() {
    assert_snapshot!(dynamics((80, 24), FULL).picture());
}

#[test]
fn dynamics_160x50() {
    assert_snapshot!(dynamics((160, 50), FULL).picture());
}

#[test]
fn dynamics_in_ascii_without_colours() {
    assert_snapshot!(dynamics((100, 40), Theme { colors: Colors::None, ascii: true, ground: Ground::Dark }).picture());
}

#[test]
fn braces_go_round_the_layers() {
    let mut stage = dynamics((160, 50), FULL);
    let names = ["layer 1: 784×100", "layer 2: 100×10", "whole network"];
    let shown = |stage: &Stage| names.iter().position(|name| stage.picture().contains(&format!("· {name}")));
    assert_eq!(shown(&stage), Some(2));
    for expected in [0, 1, 2, 0] {
        stage.keys("}");
        assert_eq!(shown(&stage), Some(expected));
    }
    for expected in [2, 1] {
        stage.keys("{");
        assert_eq!(shown(&stage), Some(expected));
    }
}

#[test]
fn another_layer_has_other_rates() {
    let mut stage = dynamics((160, 50), FULL);
    let median = |stage: &Stage| {
        let picture = stage.picture();
        let line = picture.lines().find(|line| line.starts_with("\"▸● SGD")).expect("SGD's line").to_owned();
        line.split_whitespace().nth(7).expect("a median").parse::<f32>().expect("a number")
    };
    let whole = median(&stage);
    stage.keys("}");
    assert!((median(&stage) / whole - 2.0).abs() < 0.02, "{} {whole}", median(&stage));
    stage.keys("}");
    assert!((median(&stage) / whole - 0.5).abs() < 0.02);
    stage.train(3700);
    stage.tick(30);
    assert!((median(&stage) / whole - 0.5).abs() < 0.02, "what comes in is the layer's too");
}

#[test]
fn axes_are_logarithmic_until_l_is_pressed_and_the_race_has_its_own() {
    let mut stage = dynamics((160, 50), FULL);
    assert!(stage.picture().contains("gradient norm (log)"));
    stage.keys("l");
    assert!(!stage.picture().contains("(log)"));
    stage.keys("1");
    assert!(!stage.picture().contains("loss (log)"));
    stage.keys("l4");
    assert!(!stage.picture().contains("(log)"));
}

#[test]
fn before_the_first_window_there_is_no_effective_rate_yet() {
    let mut stage = Stage::new(&SIX, (160, 50), FULL);
    stage.start();
    stage.train(49);
    stage.keys("4");
    stage.tick(30);
    assert!(stage.picture().contains("measured every 50 steps"));
    stage.press(KeyCode::Down);
    assert_eq!(stage.app.board.selected, 1);
}
