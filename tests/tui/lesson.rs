//! The lesson on the screen: what a race says of it so far.

use crossterm::event::{KeyCode, MouseEventKind};
use insta::assert_snapshot;
use optirace::tui::theme::{Colors, Ground, Theme};

use crate::support::{FULL, SIX, Stage};

fn lesson(steps: u32, size: (u16, u16), theme: Theme) -> Stage {
    let mut stage = Stage::new(&SIX, size, theme);
    stage.start();
    stage.train(steps);
    stage.keys("6");
    stage.tick(30);
    stage
}

#[test]
fn lesson_80x24() {
    assert_snapshot!(lesson(3600, (80, 24), FULL).picture());
}

#[test]
fn lesson_160x50() {
    assert_snapshot!(lesson(3600, (160, 50), FULL).picture());
}

#[test]
fn lesson_in_ascii_without_colours() {
    let picture = lesson(3600, (100, 60), Theme { colors: Colors::None, ascii: true, ground: Ground::Dark }).picture();
    assert!(picture.is_ascii(), "{picture}");
    assert_snapshot!(picture);
}

#[test]
fn what_is_missing_is_said() {
    let stage = lesson(40, (160, 60), FULL);
    let picture = stage.picture();
    for missing in
        ["SGD has made 0 of 10 windows", "needs sgd with at least 5 learning rates", "needs a run of sgd:batch"]
    {
        assert!(picture.contains(missing), "{missing}: {picture}");
    }
}

/// The line of the screen with this text, counted from the top.
fn line(stage: &Stage, text: &str) -> usize {
    let picture = stage.picture();
    picture.lines().position(|line| line.contains(text)).unwrap_or_else(|| unreachable!("{text}: {picture}"))
}

#[test]
fn the_claims_stand_under_the_sentence_that_arrows_wheel_and_clicks_choose() {
    for size in [(80, 24), (60, 16)] {
        let mut stage = lesson(3600, size, FULL);
        assert!(stage.picture().contains("parameters beside"));
        (0..7).for_each(|_| drop(stage.press(KeyCode::Down)));
        assert_eq!(line(&stage, "angle between updates"), line(&stage, " 8. Momentum zigzags") + 1);
        assert!(!stage.picture().contains("parameters beside"), "one sentence is chosen");
        stage.keys("k");
        assert!(line(&stage, "growth of its first updates") > line(&stage, " 7. Momentum starts"));
        stage.mouse(MouseEventKind::ScrollDown, 0, 0);
        assert!(stage.picture().contains("angle between updates"));
        let row = line(&stage, " 7. Momentum starts") as u16;
        stage.click(10, row);
        assert!(stage.picture().contains("growth of its first updates"));
        (0..7).for_each(|_| drop(stage.press(KeyCode::Up)));
        assert!(line(&stage, "of AdaGrad, RMSprop and Adam have it") > line(&stage, "16. The default"));
        assert_eq!(stage.app.board.selected, 0, "the selected run stays");
    }
}

#[test]
fn every_sentence_is_there_to_its_end_at_every_width() {
    for width in [60, 80, 120] {
        let mut stage = lesson(3600, (width, 16), FULL);
        for _ in 0..16 {
            stage.press(KeyCode::Down);
            let picture = stage.picture();
            let body: Vec<&str> = picture.lines().skip(2).collect();
            assert!(!body[..body.len() - 2].iter().any(|line| line.contains('…')), "{picture}");
        }
        assert!(stage.picture().contains("Not measured: it"), "{}", stage.picture());
    }
}

#[test]
fn it_is_measured_again_as_the_race_goes_on_but_not_in_every_frame() {
    let mut stage = lesson(3600, (160, 60), FULL);
    let shown = |stage: &Stage| {
        let picture = stage.picture();
        picture.lines().find(|line| line.contains("mean loss, last tenth")).expect("a claim").to_owned()
    };
    let first = shown(&stage);
    for run in 0..stage.runs() {
        stage.train_run(run, 7000);
    }
    stage.tick(100);
    assert_eq!(shown(&stage), first);
    stage.tick(5000);
    assert_ne!(shown(&stage), first);
}
