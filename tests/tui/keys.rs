//! What the keys and the mouse ask for.

use std::path::PathBuf;

use crossterm::event::{Event as TerminalEvent, KeyCode, MouseEventKind};
use optirace::race::protocol::{Command, EventKind, Target};
use optirace::tui::app::{Input, Opening};
use optirace::tui::dialog::Dialog;
use optirace::tui::effect::Effect;

use crate::support::{FULL, SIX, Stage};

fn racing() -> Stage {
    let mut stage = Stage::new(&SIX, (80, 24), FULL);
    stage.start();
    stage.train(600);
    stage
}

/// Where the screen shows `text`.
fn place(stage: &Stage, text: &str) -> (u16, u16) {
    let picture = stage.picture();
    let mut lines = picture.lines().map(|line| line.trim_matches('"')).enumerate();
    let found = lines.find_map(|(row, line)| line.find(text).map(|at| (line[..at].chars().count(), row)));
    let (column, row) = found.expect("the text is on the screen");
    (column as u16, row as u16)
}

#[test]
fn space_pauses_and_resumes_and_a_dot_steps_only_while_paused() {
    let mut stage = racing();
    assert_eq!(stage.keys("."), []);
    assert_eq!(stage.keys(" "), [Effect::Race(Target::All, Command::Pause)]);
    assert_eq!(stage.keys("."), []);
    assert!(!stage.app.board.is_paused(), "a pause is one when every run has answered");
    stage.pause();
    assert!(stage.app.board.is_paused());
    assert_eq!(stage.keys("."), [Effect::Race(Target::Run(0), Command::Step)]);
    assert_eq!(stage.keys(" "), [Effect::Race(Target::All, Command::Resume)]);
}

#[test]
fn arrows_climb_the_ladder_from_what_was_asked_last() {
    let mut stage = racing();
    let set = |run, lr| Effect::Race(Target::Run(run), Command::SetLr { lr });
    assert_eq!(stage.press(KeyCode::Right), [set(0, 0.02)]);
    assert_eq!(stage.press(KeyCode::Right), [set(0, 0.05)]);
    assert!(stage.picture().contains(">0.05"));
    stage.lr_changed(0, 600, 0.02);
    assert!(stage.picture().contains(">0.05"), "the second is still to come");
    stage.lr_changed(0, 601, 0.05);
    assert!(!stage.picture().contains(">0.05"));
    assert!(stage.picture().contains("SGD: lr 0.02 → 0.05 from step 602"));
    assert_eq!(stage.press(KeyCode::Left), [set(0, 0.02)]);
    assert_eq!(stage.keys("0"), [Effect::Race(Target::Run(0), Command::FirstLr)]);
    assert!(stage.picture().contains(">0.01"));
    assert_eq!(stage.keys("0"), [], "it is the first already");
}

#[test]
fn a_scheduled_rate_is_shown_and_a_change_of_it_scales_the_rest() {
    let mut stage = Stage::new(&["sgd:lr=0.1,schedule=cosine,warmup=0.1,label=falling"], (80, 24), FULL);
    stage.start();
    assert_eq!(stage.press(KeyCode::Right), []);
    assert!(stage.picture().contains("falling: its schedule stands at 0 here"));
    stage.train(3000);
    let lr = stage.app.board.history.runs[0].lr;
    assert_eq!(lr, stage.app.board.history.runs[0].info.spec.lr_curve(7500).rate(3000));
    assert!(stage.picture().contains(" 0.075 "), "the rate of the next step, in the table");
    assert_eq!(stage.keys("0"), [], "the schedule is as it was planned");
    assert_eq!(stage.press(KeyCode::Left), [Effect::Race(Target::Run(0), Command::SetLr { lr: 0.05 })]);
    stage.lr_changed(0, 3000, 0.05);
    assert!(stage.status().contains("lr 0.075 → 0.05 from step 3001; the rest of its cosine schedule × 0.67"));
    stage.train(7000);
    assert!(stage.app.board.history.runs[0].lr < 0.002);
    assert_eq!(stage.keys("0"), [Effect::Race(Target::Run(0), Command::FirstLr)]);
    stage.keys("e");
    assert!(stage.status().contains("schedules stay as long as they were planned"));
}

#[test]
fn changes_go_to_all_runs_each_from_its_own_rate() {
    let mut stage = racing();
    stage.keys("a");
    assert!(stage.picture().contains("ALL RUNS"));
    let rates = |effects: Vec<Effect>| -> Vec<(usize, f64)> {
        let rate = |effect| match effect {
            Effect::Race(Target::Run(run), Command::SetLr { lr }) => Some((run, lr)),
            _ => None,
        };
        effects.into_iter().filter_map(rate).collect()
    };
    assert_eq!(
        rates(stage.press(KeyCode::Right)),
        [(0, 0.02), (1, 0.02), (2, 0.02), (3, 0.002), (4, 0.002), (5, 0.002)]
    );
    stage.event(2, EventKind::Diverged { step: 601, samples: 1, why: None });
    assert_eq!(rates(stage.press(KeyCode::Left)).len(), 5, "a dead run is passed over");
    assert_eq!(stage.keys("=0.5\u{8}"), []);
    assert_eq!(stage.press(KeyCode::Enter), [Effect::Race(Target::All, Command::SetLr { lr: 0.5 })]);
}

#[test]
fn a_rate_is_typed_or_pasted_and_checked() {
    let mut stage = racing();
    stage.keys("jj=");
    stage.app.handle(Input::Terminal(TerminalEvent::Paste(" 3e-3\n".to_owned())));
    assert_eq!(stage.press(KeyCode::Enter), [Effect::Race(Target::Run(2), Command::SetLr { lr: 0.003 })]);
    stage.keys("=-1");
    assert_eq!(stage.press(KeyCode::Enter), []);
    assert!(stage.picture().contains("type a number from 1.2e-38 to 3.4e38"));
    stage.press(KeyCode::Esc);
    assert_eq!(stage.app.dialog, None);
    assert_eq!(stage.keys("=q"), [], "letters go to the line, not to the race");
}

#[test]
fn views_change_and_nothing_is_asked_of_the_race() {
    let mut stage = racing();
    assert_eq!(stage.keys("lsxvz"), []);
    let picture = stage.picture();
    for text in ["loss (log)", "smoothed", "the last 1/5", "1 hidden", "x: epochs"] {
        assert!(picture.contains(text), "{text} is missing:\n{picture}");
    }
    assert_eq!(stage.keys("sx"), []);
    assert!(stage.picture().contains("unsmoothed") && stage.picture().contains("compute time"));
}

#[test]
fn restart_asks_and_begins_anew() {
    let mut stage = racing();
    assert_eq!(stage.keys("r"), []);
    assert!(matches!(stage.app.dialog, Some(Dialog::Question { .. })));
    assert_eq!(stage.keys("n"), []);
    assert_eq!(stage.keys("rr"), [Effect::Race(Target::All, Command::Restart { lr: None })]);
    stage.press(KeyCode::Right);
    stage.next_generation();
    stage.start();
    assert_eq!(stage.app.board.history.runs[0].steps.len(), 0);
    assert_eq!(stage.app.board.lr(0), 0.01, "what was asked before is forgotten");
    assert_eq!(stage.app.board.series.after(0, optirace::board::series::Metric::Loss, usize::MAX), None);
    assert_eq!(stage.keys("e"), [Effect::Race(Target::All, Command::Extend { epochs: 5 })]);
}

#[test]
fn writing_goes_on_beside_the_race_and_can_be_tried_again() {
    let mut stage = racing();
    assert_eq!(stage.keys("w"), [Effect::Save { leaving: false }]);
    assert_eq!(stage.keys("w"), [], "one at a time");
    assert!(stage.app.is_saving());
    stage.app.handle(Input::Saved(Err("cannot write x: disk full".to_owned())));
    assert!(stage.picture().contains("cannot write x: disk full"));
    stage.press(KeyCode::Esc);
    assert_eq!(stage.keys("w"), [Effect::Save { leaving: false }]);
    stage.app.handle(Input::Saved(Ok(PathBuf::from("optirace-runs/now"))));
    assert!(stage.picture().contains("written to optirace-runs/now"));
    assert!(!stage.app.has_unsaved());
    stage.train(601);
    assert!(stage.app.has_unsaved());
}

#[test]
fn leaving_asks_when_something_would_be_lost() {
    let mut stage = Stage::new(&SIX, (80, 24), FULL);
    assert_eq!(stage.keys("q"), [Effect::Quit], "nothing to lose yet");
    stage.start();
    stage.train(100);
    assert_eq!(stage.keys("q"), []);
    assert_eq!(stage.press(KeyCode::Esc), []);
    assert_eq!(stage.keys("qq"), [Effect::Quit]);
    assert_eq!([stage.control('c'), stage.control('c')].concat(), [Effect::Quit]);
    assert_eq!(stage.keys("qw"), [Effect::Save { leaving: true }]);
    assert_eq!(stage.app.handle(Input::Saved(Err("no".to_owned()))), [], "what could not be written is not left");
    stage.press(KeyCode::Esc);
    assert_eq!(stage.keys("qw"), [Effect::Save { leaving: true }]);
    assert_eq!(stage.app.handle(Input::Saved(Ok(PathBuf::from("x")))), [Effect::Quit]);
}

#[test]
fn a_finished_and_written_race_is_left_without_a_question() {
    let mut stage = racing();
    assert_eq!(stage.finish(), []);
    assert_eq!(stage.keys("q"), []);
    stage.press(KeyCode::Esc);
    stage.keys("w");
    stage.app.handle(Input::Saved(Ok(PathBuf::from("x"))));
    assert_eq!(stage.keys("q"), [Effect::Quit]);
}

#[test]
fn the_mouse_selects_runs_and_answers() {
    let mut stage = racing();
    // The table's, not the one at the end of the curve.
    let (column, row) = place(&stage, "◆ AdaGrad");
    stage.click(column, row);
    assert_eq!(stage.app.board.selected, 3);
    stage.mouse(MouseEventKind::ScrollDown, 0, 0);
    assert_eq!(stage.app.board.selected, 4);
    stage.click(0, 5);
    assert_eq!(stage.app.board.selected, 4, "a click elsewhere selects nothing");
    stage.keys("q");
    let (column, row) = place(&stage, "q: quit");
    assert_eq!(stage.click(column, row), [Effect::Quit]);
}

#[test]
fn escape_closes_whatever_is_open() {
    let mut stage = racing();
    for keys in ["?", "=", "q", "r"] {
        stage.keys(keys);
        assert!(stage.app.dialog.is_some());
        stage.press(KeyCode::Esc);
        assert!(stage.app.dialog.is_none());
    }
    stage.finish();
    assert!(stage.shows_result());
    stage.press(KeyCode::Esc);
    assert!(!stage.shows_result());
    assert_eq!(stage.control('z'), [Effect::Suspend]);
}

#[test]
fn keys_of_a_korean_keyboard_are_those_they_stand_on() {
    let mut stage = racing();
    stage.keys("ㅣ");
    assert!(stage.picture().contains("loss (log)"), "ㅣ is l");
    assert_eq!(stage.keys("ㅁ"), []);
    assert!(stage.app.board.to_all, "ㅁ is a");
    stage.keys("ㅂ");
    assert!(stage.app.dialog.is_some(), "ㅂ is q, which asks");
}

#[test]
fn a_key_that_does_nothing_says_so() {
    let mut stage = racing();
    for (key, name) in [(KeyCode::Char('y'), "y"), (KeyCode::F(5), "F5"), (KeyCode::Insert, "insert")] {
        assert_eq!(stage.press(key), []);
        assert_eq!(stage.status(), format!("{name} does nothing here; ? shows the keys that do"));
    }
    stage.control('y');
    assert!(stage.status().starts_with("ctrl-y does nothing here"), "{}", stage.status());
}

#[test]
fn what_others_wrote_into_the_screen_goes_with_ctrl_l() {
    assert_eq!(racing().control('l'), [Effect::Redraw]);
}

#[test]
fn a_learning_rate_is_typed_in_digits_and_a_comma_is_a_point() {
    let mut stage = racing();
    stage.keys("=x0,5y");
    assert_eq!(stage.press(KeyCode::Enter), [Effect::Race(Target::Run(0), Command::SetLr { lr: 0.5 })]);
}

#[test]
fn where_a_folder_cannot_be_written_another_is_asked_for() {
    let mut stage = racing();
    stage.keys("w");
    let error =
        "cannot use optirace-runs/2026-01-31_18-05-09 as the folder of results: Permission denied (os error 13)";
    stage.app.handle(Input::Saved(Err(error.to_owned())));
    let words = |stage: &Stage| {
        let framed = |letter: char| !"\"│".contains(letter);
        let picture: String = stage.picture().chars().map(|letter| if framed(letter) { letter } else { ' ' }).collect();
        picture.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(
        stage.picture().contains("another folder?") && words(&stage).contains("(os error 13)"),
        "{}",
        words(&stage)
    );
    assert_eq!(stage.keys("~/확r q"), [], "letters go to the line, and stay as they are");
    let elsewhere = |leaving| Effect::SaveElsewhere { folder: PathBuf::from("~/확r q"), leaving };
    assert_eq!(stage.press(KeyCode::Enter), [elsewhere(false)]);
    stage.app.handle(Input::Saved(Err("~/확r q already holds files".to_owned())));
    assert!(stage.picture().contains("already holds files") && stage.picture().contains("folder: ~/확r q"));
    assert_eq!(stage.press(KeyCode::Enter), [elsewhere(false)]);
    stage.app.handle(Input::Saved(Ok(PathBuf::from("race"))));
    assert!(stage.app.dialog.is_none() && stage.picture().contains("written to race"));

    stage.train(700);
    stage.keys("qw");
    stage.app.handle(Input::Saved(Err(error.to_owned())));
    assert_eq!(stage.press(KeyCode::Enter), [Effect::Save { leaving: true }], "nothing typed: as before");
    stage.app.handle(Input::Saved(Err(error.to_owned())));
    stage.keys("~/확r q");
    assert_eq!(stage.press(KeyCode::Enter), [elsewhere(true)]);
    assert_eq!(stage.app.handle(Input::Saved(Ok(PathBuf::from("race")))), [Effect::Quit], "it was to be left");
}

#[test]
fn what_to_look_at_stands_until_the_first_key() {
    let mut stage = Stage::new(&SIX, (120, 40), FULL);
    stage.app.begin_with(Opening { view: '2', look: "Look at the paths", press: "Press b" });
    stage.start();
    stage.finish();
    stage.tick(60_000);
    assert!(stage.picture().contains("Look at the paths. Press b") && stage.picture().contains("2 zigzag"));
    stage.keys("1");
    assert!(!stage.picture().contains("Look at") && stage.picture().contains("The race has ended. w writes"));
}

#[test]
fn epochs_asked_for_in_a_row_are_added_up() {
    let mut stage = racing();
    stage.keys("eee");
    assert!(stage.status().starts_with("5 more epochs: 20 in all"), "{}", stage.status());
}

#[test]
fn what_is_wrong_with_a_rate_is_told_in_full() {
    let mut stage = racing();
    // Here the window is as wide as the screen.
    stage.resize((60, 16));
    stage.keys("=1e-1e-1e-1e-1e-1e-1e-1e-1e-1e");
    stage.press(KeyCode::Enter);
    let words =
        stage.picture().replace(['"', '│', '└', '┘', '▸'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("1e-` is no number; type one such as 0.003 or 3e-3"), "{words}");
}
