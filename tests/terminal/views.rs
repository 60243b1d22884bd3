//! The real program in a pseudo-terminal: a walk through every view while the race goes on.

#![allow(clippy::expect_used)]

use std::fs;

use crate::common::{LONG, Terminal};

#[test]
fn every_view_shows_its_own_while_the_race_goes_on() {
    let home = tempfile::tempdir().expect("a folder");
    let mut terminal = Terminal::start(&[&LONG[..], &["--out", "results"]].concat(), home.path(), 120, 40);
    terminal.until("every run under way", |screen| screen.matches(" running").count() == 6);
    terminal.keys("2");
    terminal.until_shown(" a step and came about ");
    terminal.keys("3");
    terminal.until("the paths over a map of the loss", |screen| {
        let has_axes = screen.contains("PC 1 → ") && screen.matches("% of the variance").count() == 2;
        has_axes && screen.contains("×") && screen.contains(", refining · loss of 1,000 training samples")
    });
    terminal.until("how far each run is off the plane", |screen| {
        let of_runs = screen.lines().filter(|line| line.contains(" running"));
        of_runs.filter(|line| line.split_whitespace().any(|word| word == "%")).count() == 6
    });
    // Down to Momentum, one rung up the ladder: the race takes its keys here, too.
    terminal.keys("\x1b[B\x1b[C");
    terminal.until_shown("Momentum: lr 0.01 → 0.02");
    terminal.keys("4");
    terminal.until_shown("effective lr (log)");
    terminal.keys("5");
    terminal.until_shown("x²/20 + y²");
    terminal.keys("6");
    terminal.until_shown(" 7. Momentum starts slowly");
    // Paused, all cores compute the map.
    terminal.keys(" 3");
    terminal.until("the finest map", |screen| screen.contains("PAUSED") && screen.contains("map 65×65, finest"));
    terminal.keys("1");
    terminal.until("the race", |screen| screen.matches(" paused").count() == 6);
    terminal.keys("qw");
    let ended = terminal.ended();
    assert_eq!(ended.code, 0, "{}", ended.raw);
    ended.assert_restored();
    let events = fs::read_to_string(home.path().join("results/events.csv")).expect("results");
    assert!(events.lines().any(|row| row.starts_with("Momentum,") && row.contains(",lr,0.02")), "{events}");
}
