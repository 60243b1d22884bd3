//! What the screen looks like.

use std::time::SystemTime;

use crossterm::event::KeyCode;
use insta::assert_snapshot;
use optirace::race::protocol::EventKind;
use optirace::tui::app::Input;
use optirace::tui::theme::{Colors, Ground, Theme};
use ratatui::style::Color;

use crate::support::{FULL, SIX, Stage};

fn racing(size: (u16, u16), theme: Theme) -> Stage {
    let mut stage = Stage::new(&SIX, size, theme);
    stage.start();
    stage.train(600);
    stage.train(3600);
    stage
}

#[test]
fn before_the_first_step() {
    let stage = Stage::new(&SIX, (80, 24), FULL);
    assert_snapshot!(stage.picture());
}

#[test]
fn racing_80x24() {
    assert_snapshot!(racing((80, 24), FULL).picture());
}

#[test]
fn racing_120x40() {
    assert_snapshot!(racing((120, 40), FULL).picture());
}

#[test]
fn racing_200x60() {
    let mut stage = racing((200, 60), FULL);
    stage.press(KeyCode::Down);
    stage.keys("l");
    assert_snapshot!(stage.picture());
}

#[test]
fn paused_with_a_changed_learning_rate() {
    let mut stage = racing((80, 24), FULL);
    stage.press(KeyCode::Right);
    let (step, _) = stage.reached(0);
    stage.lr_changed(0, step, 0.02);
    stage.keys(" ");
    assert!(stage.picture().contains("pausing…"));
    stage.pause();
    assert_snapshot!(stage.picture());
}

#[test]
fn the_result_takes_the_tables_place_where_room_is_short() {
    let mut stage = Stage::new(&SIX, (80, 24), FULL);
    stage.start();
    stage.finish();
    assert_snapshot!(stage.picture());
    stage.press(KeyCode::Tab);
    assert!(!stage.picture().contains("RESULT"));
}

#[test]
fn the_result_stands_below_the_table_where_there_is_room() {
    let mut stage = Stage::new(&SIX, (120, 40), FULL);
    stage.start();
    stage.train(900);
    stage.event(1, EventKind::Diverged { step: 901, samples: 901 * 32, why: None });
    stage.event(3, EventKind::Failed { message: "index out of bounds".into() });
    stage.finish();
    assert_snapshot!(stage.picture());
}

#[test]
fn a_diverged_run_stays_out_of_the_axes() {
    let mut stage = racing((80, 24), FULL);
    let before = stage.picture();
    let mut record = crate::support::step_record(1, 3601, 0.01);
    record.loss = 1e30;
    let mut last = crate::support::step_record(1, 3602, 0.01);
    last.loss = f32::NAN;
    stage.event(
        1,
        EventKind::Progress { steps: vec![record, last], windows: Vec::new(), sketches: Vec::new(), next_lr: 0.01 },
    );
    stage.event(1, EventKind::Diverged { step: 3602, samples: 3602 * 32, why: None });
    stage.tick(30);
    assert!(stage.picture().contains("Momentum diverged at step 3602"));
    stage.press(KeyCode::Esc);
    let after = stage.picture();
    let labels = |picture: &str| picture.lines().map(|l| l.chars().take(7).collect::<String>()).collect::<Vec<_>>();
    assert_eq!(labels(&before)[2..14], labels(&after)[2..14]);
    assert_snapshot!(after);
}

#[test]
fn help_at_80x24_and_its_end() {
    let mut stage = racing((80, 24), FULL);
    stage.keys("?");
    assert_snapshot!("help_top", stage.picture());
    stage.press(KeyCode::End);
    assert_snapshot!("help_end", stage.picture());
}

#[test]
fn questions_and_input() {
    let mut stage = racing((80, 24), FULL);
    stage.keys("q");
    assert_snapshot!("question_quit", stage.picture());
    stage.press(KeyCode::Esc);
    stage.keys("=1e-");
    stage.press(KeyCode::Enter);
    assert_snapshot!("lr_input", stage.picture());
}

#[test]
fn without_colours_no_cell_has_one() {
    let stage = racing((80, 24), Theme { colors: Colors::None, ascii: false, ground: Ground::Dark });
    let terminal = stage.terminal();
    assert!(terminal.backend().buffer().content.iter().all(|cell| (cell.fg, cell.bg) == (Color::Reset, Color::Reset)));
    assert_snapshot!(stage.picture());
}

#[test]
fn in_ascii_no_cell_is_anything_else() {
    let mut stage = racing((80, 24), Theme { colors: Colors::None, ascii: true, ground: Ground::Dark });
    assert_snapshot!(stage.picture());
    for keys in ["?", "?q", "n=", "\u{1b}"] {
        stage.keys(keys);
        assert!(stage.terminal().backend().buffer().content.iter().all(|cell| cell.symbol().is_ascii()));
    }
    let mut ended = Stage::new(&SIX, (200, 60), Theme { colors: Colors::Sixteen, ascii: true, ground: Ground::Dark });
    ended.start();
    ended.finish();
    let picture = ended.picture();
    let unknown = picture.matches('?').count() - picture.matches("? help").count();
    assert!(picture.is_ascii() && unknown == 0, "a sign has no ASCII form:\n{picture}");
}

#[test]
fn a_small_terminal_says_what_it_needs() {
    let mut stage = racing((59, 16), FULL);
    assert!(stage.picture().contains("needs 60 × 16"));
    stage.resize((60, 16));
    assert_snapshot!(stage.picture());
}

#[test]
fn more_runs_than_rows_scroll_with_the_selection() {
    let specs: Vec<&str> = SIX.iter().copied().cycle().take(30).collect();
    let mut stage = Stage::new(&specs, (80, 24), FULL);
    stage.start();
    stage.train(500);
    (0..20).for_each(|_| drop(stage.press(KeyCode::Down)));
    assert_eq!(stage.app.board.selected, 20);
    assert_snapshot!(stage.picture());
}

#[test]
fn runs_that_do_not_start_alike_are_called_unfair() {
    let mut stage = racing((80, 24), FULL);
    let odd = EventKind::Started {
        began: SystemTime::UNIX_EPOCH,
        weights_sha256: "00".repeat(32).into(),
        order_sha256: "81bc".repeat(16).into(),
    };
    stage.event(4, odd);
    assert!(stage.picture().contains("UNFAIR: RMSprop does not start like the others"));
}

#[test]
fn a_long_error_is_told_in_full() {
    let mut stage = racing((80, 24), FULL);
    stage.keys("w");
    let error = "cannot write /a/rather/long/path/that/goes/on/and/on/steps.csv: No space left on device (os error 28)";
    stage.app.handle(Input::Saved(Err(error.to_owned())));
    let shown: String = stage.picture().replace(['"', '\n', ' '], "");
    assert!(shown.contains("steps.csv:Nospaceleft"), "{}", stage.picture());
    assert!(stage.picture().contains("w tries again"));
}
