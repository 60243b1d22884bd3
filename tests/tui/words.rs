//! What is written on the screen: cut where it is long, and never into what stands beside it.

use crossterm::event::KeyCode;
use optirace::tui::effect::Effect;

use optirace::tui::theme::{Colors, Ground, Theme};

use crate::support::{FULL, SIX, Stage};

fn racing(specs: &[&str], size: (u16, u16)) -> Stage {
    let mut stage = Stage::new(specs, size, FULL);
    stage.start();
    stage.train(600);
    stage
}

#[test]
fn labels_of_wide_letters_are_cut_by_cells_and_apart_from_the_numbers() {
    let label = "확률적경사하강법확률적경사하강법";
    let narrow = racing(&[&format!("sgd:label={label}"), "adam"], (60, 16));
    let picture = narrow.picture();
    let row = picture.lines().find(|line| line.contains("▸")).expect("the selected row");
    assert!(row.contains("… "), "a blank stands between the label and the numbers: {row}");
    let stage = racing(&["sgd:label=확률적경사하강", "adam"], (80, 24));
    let picture = stage.picture();
    let row = picture.lines().find(|line| line.contains("▸")).expect("the selected row");
    assert!(row.contains("확률적경사하강 "), "there is room for all of it: {row}");
}

#[test]
fn runs_that_differ_in_the_end_of_their_label_are_told_apart_at_80_columns() {
    let specs = ["sgd:lr=0.5,label=SGD lr=0.5", "sgd:lr=10,label=SGD lr=10", "sgd:lr=1000,label=SGD lr=1000"];
    let picture = racing(&specs, (80, 24)).picture();
    for end in ["lr=0.5 ", "lr=10 ", "lr=1000 "] {
        assert!(picture.lines().skip(15).any(|line| line.contains(end)), "{end}: {picture}");
    }
}

#[test]
fn numbers_do_not_run_into_their_names() {
    for size in [(60, 16), (80, 24), (80, 17)] {
        let mut stage = racing(&["sgd", "adam"], size);
        stage.keys("2");
        let picture = stage.picture();
        for name in ["turn", "upd cos", "distance", "grad cos"] {
            let touches = |at: usize| picture[at + name.len()..].starts_with(|next: char| next.is_ascii_digit());
            assert!(!picture.match_indices(name).any(|(at, _)| touches(at)), "{name}: {picture}");
        }
    }
}

#[test]
fn the_shown_view_is_named_at_every_size() {
    for size in [(60, 16), (80, 24), (120, 40)] {
        for named in [" 1 race ", " 2 zigzag ", " 3 path ", " 4 dynamics ", " 5 surface ", " 6 lesson "] {
            let mut stage = racing(&SIX, size);
            stage.keys(&named[1..2]);
            assert!(stage.picture().lines().take(3).any(|line| line.contains(named)), "{named} at {size:?}");
        }
    }
}

#[test]
fn the_key_bar_keeps_what_matters_at_80_columns() {
    let picture = racing(&SIX, (80, 24)).picture();
    let bar = picture.lines().last().expect("a line");
    for key in ["1-6 view", "space", "= set lr", "s smooth", "+ - speed", "r restart", "? help", "q quit"] {
        assert!(bar.contains(key), "{key}: {bar}");
    }
}

#[test]
fn while_looking_back_no_key_of_the_learning_rate_is_offered_and_nothing_is_cut() {
    let mut stage = racing(&SIX, (80, 24));
    stage.press(KeyCode::PageUp);
    let picture = stage.picture();
    let bar = picture.lines().last().expect("a line");
    assert!(!bar.contains("lr"), "{bar}");
    assert!(!picture.contains("← → change"), "{picture}");
    let header = picture.lines().nth(1).expect("a line");
    assert!(header.contains("◀ step") && !header.contains('…'), "{header}");
}

#[test]
fn in_the_result_the_arrows_go_by_rank() {
    let mut stage = Stage::new(&SIX, (80, 24), FULL);
    stage.start();
    stage.finish();
    let ranks: Vec<String> = (0..6)
        .map(|_| {
            let picture = stage.picture();
            stage.press(KeyCode::Down);
            let row = picture.lines().find(|line| line.contains("▸")).expect("the selected row");
            row.chars().skip_while(|letter| *letter != '▸').skip(1).take(3).collect::<String>().trim().to_owned()
        })
        .collect();
    let numbers: Vec<usize> = ranks.iter().map(|rank| rank.parse().expect("a rank")).collect();
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] % 6 + 1), "{numbers:?}");
}

#[test]
fn y_and_n_answer_every_question() {
    let mut stage = racing(&SIX, (80, 24));
    stage.keys("rn");
    assert!(stage.app.dialog.is_none());
    assert_eq!(stage.keys("qy"), [Effect::Quit]);
}

#[test]
fn the_header_says_whose_minibatch_is_another() {
    let header = |specs: &[&str], batch: &str| {
        let mut stage = racing(specs, (200, 60));
        stage.app.board.info.batch = batch.to_owned();
        stage.picture().lines().nth(1).expect("the second line").to_owned()
    };
    let same = "the same for all runs ";
    assert!(header(&["sgd", "adam"], "32").contains(same));
    assert!(header(&["sgd:batch=32", "adam"], "32").contains(same), "its own, and no other");
    assert!(header(&["sgd", "adam"], "full").contains(same), "whatever number that is");
    assert!(header(&["sgd:batch=1", "adam"], "32").contains("the same for all runs, but for a batch"));
    assert!(header(&["sgd:batch=1", "adam:batch=2"], "full").contains("but for 2 batches"));
}

#[test]
fn in_ascii_arrows_are_words_and_degrees_are_no_run() {
    let mut stage = Stage::new(&SIX, (120, 40), Theme { colors: Colors::None, ascii: true, ground: Ground::Dark });
    stage.start();
    stage.train(600);
    let picture = stage.picture();
    assert!(picture.contains("left/right lr") && picture.contains("up/down run"), "{picture}");
    assert!(picture.contains("left/right change SGD"), "{picture}");
    stage.keys("2");
    let picture = stage.picture();
    assert!(picture.contains("SGD turned 90 deg a step"), "{picture}");
    assert!(picture.contains("< > ") && !picture.contains("<>"), "{picture}");
}

#[test]
fn a_name_that_tells_another_rate_than_the_run_has_tells_the_present_one_too() {
    let mut stage = racing(&["sgd:lr=1e20,label=SGD lr=1e20", "sgd:lr=0.5,label=SGD lr=0.5", "adam"], (200, 60));
    stage.lr_changed(0, 600, 0.1);
    let picture = stage.picture();
    assert!(picture.contains("SGD lr=1e20→0.1") && !picture.contains("lr=0.5→"), "{picture}");
    stage.lr_changed(2, 600, 0.1);
    assert!(!stage.picture().contains("Adam→"), "a name without a rate stays");
}

#[test]
fn the_time_left_is_told_at_every_size() {
    for size in [(60, 16), (80, 24), (120, 40), (200, 60)] {
        let mut stage = racing(&SIX, size);
        stage.train(1200);
        let header: String = stage.picture().lines().take(2).collect();
        // 6,300 steps to come, 600 in a second.
        assert!(header.contains("epoch 0.8/5 · 11 s left"), "{size:?}: {header}");
        stage.pause();
        stage.keys(" ");
        assert!(!stage.picture().contains(" left"), "nobody knows how long a pause is");
    }
}
