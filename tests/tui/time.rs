//! Looking back: the playhead, what it shows, and what keys mean meanwhile.

use crossterm::event::{KeyCode, MouseButton, MouseEventKind};
use insta::assert_snapshot;
use optirace::board::columns::COLUMNS;
use optirace::race::protocol::{Command, EventKind, Target};
use optirace::race::scheduler::Pace;
use optirace::tui::effect::Effect;
use optirace::tui::theme::{Colors, Ground, Theme};

use crate::support::{BATCH, EPOCH_SAMPLES, FULL, SIX, Stage};

fn stage(size: (u16, u16)) -> Stage {
    let mut stage = Stage::new(&SIX, size, FULL);
    stage.start();
    stage.train(3000);
    stage
}

/// What a column of the table says of a run.
fn cell(stage: &Stage, title: &str, run: usize) -> String {
    let column = COLUMNS.iter().find(|column| column.title == title).expect("a column");
    (column.value)(&stage.app.board, run).to_string()
}

fn at(stage: &Stage) -> Option<u64> {
    stage.app.board.playhead.at()
}

#[test]
fn the_table_of_a_past_moment_is_the_one_that_was_shown_then() {
    let titles: Vec<&str> = COLUMNS.iter().map(|column| column.title).collect();
    let table = |stage: &Stage| -> Vec<String> {
        (0..6)
            .flat_map(|run| titles.iter().map(move |title| (title, run)))
            .map(|(t, run)| cell(stage, t, run))
            .collect()
    };
    let mut stage = Stage::new(&SIX, (200, 60), FULL);
    stage.start();
    stage.train(1750);
    let then = table(&stage);
    stage.train(3000);
    assert_ne!(table(&stage), then);
    stage.app.board.put_playhead(Some(1750 * BATCH));
    assert_eq!(table(&stage), then);
    stage.press(KeyCode::End);
    assert_ne!(table(&stage), then);
}

fn speed_asked(effects: &[Effect]) -> Option<Option<f64>> {
    effects.iter().find_map(|effect| match effect {
        Effect::Race(Target::All, Command::Speed { samples_per_second }) => Some(*samples_per_second),
        _ => None,
    })
}

#[test]
fn plus_and_minus_double_and_halve_the_speed_between_a_step_a_second_and_full_speed() {
    // Six runs of 80 to 130 µs for 32 samples on two threads: 2 ÷ 630 µs × 32 = 101,600 samples a second each.
    let mut stage = stage((120, 40));
    let full = stage.app.board.full_speed().expect("steps were measured");
    assert!((101_000.0..102_000.0).contains(&full), "{full}");
    assert_eq!(speed_asked(&stage.keys("-")), Some(Some(full / 2.0)));
    assert!(stage.status().contains("51,000 samples a second for each run, 1,600 steps of SGD"), "{}", stage.status());
    stage.train(4000);
    stage.train(5000);
    assert!(stage.picture().contains("of ~102,000 samples/s each"), "{}", stage.picture());
    assert_eq!(speed_asked(&stage.keys("+")), Some(None), "full speed again");
    let slowest = (0..20).filter_map(|_| speed_asked(&stage.keys("-"))).last();
    assert_eq!(slowest, Some(Some(BATCH as f64)), "{}", stage.status());
    assert!(stage.status().contains("slower than a step a second it does not go"), "{}", stage.status());
    stage.press(KeyCode::Home);
    assert_eq!(speed_asked(&stage.keys("+")), Some(Some(2.0 * BATCH as f64)), "also while looking back");
}

#[test]
fn a_race_that_pauses_where_it_was_planned_says_so_and_space_goes_on() {
    let mut stage = stage((120, 40));
    stage.pause();
    assert!(stage.picture().contains("PAUSED"), "{}", stage.picture());
    assert!(stage.status().contains("paused at 96,000 samples, as planned"), "{}", stage.status());
    assert_eq!(stage.keys(" "), [Effect::Race(Target::All, Command::Resume)]);
}

#[test]
fn a_race_that_begins_paused_does_so_again_when_it_is_restarted() {
    let mut stage = stage((120, 40));
    stage.app.begin_at(Pace { paused: true, ..Pace::default() });
    assert!(stage.status().contains("space lets all runs go"), "{}", stage.status());
    stage.keys(" ");
    assert!(!stage.app.board.pause_asked);
    assert_eq!(stage.keys("rr"), [Effect::Race(Target::All, Command::Restart { lr: None })]);
    assert!(stage.app.board.pause_asked);
    stage.next_generation();
    stage.start();
    assert!(stage.app.board.pause_asked);
}

#[test]
fn keys_move_the_playhead_and_the_race_goes_on() {
    let mut stage = stage((120, 40));
    stage.keys(",");
    assert_eq!(at(&stage), Some(2999 * BATCH));
    assert!(stage.picture().contains("◀ step 2,999 · epoch 2.0 of 5 · live 2.0"), "{}", stage.picture());
    stage.keys(",,.");
    assert_eq!(at(&stage), Some(2998 * BATCH));
    stage.press(KeyCode::PageUp);
    assert_eq!(at(&stage), Some(2848 * BATCH));
    stage.train(3500);
    assert_eq!(at(&stage), Some(2848 * BATCH), "the playhead stays while the race goes on");
    stage.press(KeyCode::Home);
    assert_eq!((at(&stage), cell(&stage, "epoch", 0)), (Some(0), "0.00".to_owned()));
    stage.keys(",");
    assert!(stage.status().contains("where the selected run began"));
    stage.press(KeyCode::End);
    assert_eq!(at(&stage), None);
    stage.keys(",..");
    assert_eq!(at(&stage), None, "the last step is the newest moment");
}

#[test]
fn while_looking_back_space_plays_and_holds_the_past_and_never_pauses() {
    let mut stage = stage((120, 40));
    stage.press(KeyCode::Home);
    let effects = stage.keys(" ");
    assert!(effects.is_empty() && !stage.app.board.pause_asked, "{effects:?}");
    stage.tick(15_000);
    let middle = at(&stage).expect("still in the past");
    assert!((1490 * BATCH..=1510 * BATCH).contains(&middle), "half of it in half a minute's half: {middle}");
    stage.keys(" ");
    stage.tick(15_000);
    assert_eq!(at(&stage), Some(middle), "held");
    stage.keys(" ");
    stage.tick(16_000);
    assert_eq!(at(&stage), None, "it ends at the newest moment");
    assert!(!stage.keys(" ").is_empty(), "where space pauses the race");
}

#[test]
fn learning_rates_change_at_the_newest_moment_only() {
    let mut stage = stage((120, 40));
    stage.press(KeyCode::PageUp);
    for key in [KeyCode::Left, KeyCode::Right, KeyCode::Char('0'), KeyCode::Char('=')] {
        assert!(stage.press(key).is_empty() && stage.app.dialog.is_none());
        assert!(stage.status().contains("End goes there"), "{}", stage.status());
    }
}

#[test]
fn a_click_on_a_chart_shows_that_moment() {
    for x in 0..3 {
        let mut stage = stage((120, 40));
        (0..x).for_each(|_| drop(stage.keys("x")));
        stage.click(20, 10);
        let early = at(&stage).expect("a moment of the past");
        stage.mouse(MouseEventKind::Drag(MouseButton::Left), 30, 10);
        let later = at(&stage).expect("a moment of the past");
        assert!(0 < early && early < later && later < 3000 * BATCH, "{early} {later}");
    }
}

#[test]
fn zoom_shows_smaller_and_smaller_parts_down_to_50_steps_and_then_all() {
    let mut stage = stage((120, 40));
    stage.app.board.put_playhead(Some(EPOCH_SAMPLES));
    let mut widths = Vec::new();
    for _ in 0..4 {
        stage.keys("z");
        let shown = stage.app.board.shown_samples();
        assert!(shown.contains(&EPOCH_SAMPLES), "{shown:?}");
        widths.push((shown.end - shown.start) / BATCH);
    }
    assert_eq!(widths, [600, 120, 50, 3000]);
}

#[test]
fn a_mark_is_compared_with_what_is_shown() {
    let mut stage = stage((120, 40));
    stage.app.board.put_playhead(Some(300 * BATCH));
    stage.keys("m");
    stage.press(KeyCode::End);
    let picture = stage.picture();
    assert!(picture.contains("Δ loss") && picture.contains("Δ acc"), "{picture}");
    let loss = |steps| stage.app.board.series.after(0, optirace::board::series::Metric::Loss, steps).expect("a loss");
    let expected = format!("{:+.3}", loss(3000) - loss(300));
    assert!(picture.lines().any(|line| line.contains("SGD") && line.contains(&expected)), "{expected}: {picture}");
    stage.keys("m");
    assert!(!stage.picture().contains("Δ loss"));
}

#[test]
fn a_run_that_died_later_was_running_then() {
    let mut stage = stage((120, 40));
    stage.event(1, EventKind::Diverged { step: 3000, samples: 3000 * BATCH, why: None });
    assert_eq!(stage.app.board.seen(1).state().name(), "diverged");
    stage.press(KeyCode::PageUp);
    assert_eq!(stage.app.board.seen(1).state().name(), "running");
}

#[test]
fn a_restart_shows_the_newest_moment() {
    let mut stage = stage((120, 40));
    stage.press(KeyCode::PageUp);
    stage.next_generation();
    stage.start();
    assert_eq!(at(&stage), None);
}

#[test]
fn every_view_draws_the_past() {
    let mut stage = stage((120, 40));
    stage.app.board.put_playhead(Some(700 * BATCH));
    assert_snapshot!("past_race", stage.picture());
    stage.keys("4");
    assert_snapshot!("past_dynamics", stage.picture());
    stage.keys("2");
    stage.tick(200);
    let picture = stage.picture();
    assert!(picture.contains("step 700") && picture.contains("one moment: these steps are done again"), "{picture}");
    stage.keys("6");
    stage.tick(2000);
    assert!(stage.picture().contains("◀ step 700"));
}

#[test]
fn curves_are_faint_after_the_playhead() {
    let mut stage = stage((120, 40));
    let own = |stage: &Stage| {
        let theme = Theme { colors: Colors::True, ascii: false, ground: Ground::Dark };
        let buffer = stage.terminal().backend().buffer().clone();
        let of = |x: u16| (5..25).filter(|y| (0..6).any(|run| buffer[(x, *y)].style().fg == theme.run(run).fg)).count();
        (of(12), of(35))
    };
    let (before, after) = own(&stage);
    assert!(before > 0 && after > 0);
    stage.app.board.put_playhead(Some(1000 * BATCH));
    let (before, after) = own(&stage);
    assert!(before > 0 && after == 0, "{before} {after}");
    stage.press(KeyCode::End);
    assert!(own(&stage).1 > 0);
}

#[test]
fn the_most_important_keys_are_seen_at_every_width() {
    for width in (60..=200).step_by(5) {
        for height in [16, 24, 40] {
            let mut stage = stage((width, height));
            stage.press(KeyCode::PageUp);
            for view in ["1", "2", "3", "4", "6"] {
                stage.keys(view);
                let picture = stage.picture();
                assert!(picture.contains("? help") && picture.contains("q quit"), "view {view}\n{picture}");
            }
        }
    }
}
