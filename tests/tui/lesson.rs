//! The lesson on the screen: what a race says of it so far.

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

#[test]
fn braces_choose_a_sentence_and_its_claims_are_shown() {
    for size in [(80, 24), (60, 16)] {
        let mut stage = lesson(3600, size, FULL);
        assert!(stage.picture().contains("parameters beside"));
        stage.keys("}}}}}}}");
        assert!(stage.picture().contains(" 8. It zigzags") && stage.picture().contains("angle between updates"));
        stage.keys("{");
        assert!(stage.picture().contains("growth of its first updates"));
        stage.keys("{{{{{{{");
        assert!(stage.picture().contains("16. The default") && stage.picture().contains("of AdaGrad, RMSprop"));
        assert!(!stage.picture().contains("parameters beside"));
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
