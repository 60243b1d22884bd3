//! Whatever is pressed and however the terminal is sized: nothing panics, and there is always a way out.

use crossterm::event::{Event as TerminalEvent, KeyCode, KeyEvent, KeyModifiers};
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use optirace::race::measure::Score;
use optirace::race::protocol::{Command, EventKind, Target};
use optirace::tui::app::Input;
use optirace::tui::effect::Effect;
use optirace::tui::theme::{Colors, Ground, Theme};
use rand::{RngExt as _, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::path::picture;
use crate::support::{FULL, SIX, Stage};

#[test]
fn two_thousand_sizes_are_drawn() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut stage = Stage::new(&SIX, (80, 24), FULL);
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("memory never fails");
    stage.start();
    for round in 0..2000_u32 {
        let size = match round {
            0 => (1, 1),
            1 => (500, 200),
            _ => (random.random_range(1..=500), random.random_range(1..=200)),
        };
        terminal.backend_mut().resize(size.0, size.1);
        stage.resize(size);
        stage.train((round + 1).min(1400));
        stage.app.theme = Theme { colors: Colors::Indexed, ascii: round % 3 == 0, ground: Ground::Dark };
        let key = ["l", "s", "x", "z", "v", "?", "\u{1b}", "j", "1", "2", "3", "3", ">"][random.random_range(0..13)];
        stage.keys(key);
        if round % 5 == 0 {
            stage.app.handle(Input::Landscape(Ok(picture())));
        }
        if round % 7 == 0 {
            stage.press(KeyCode::Esc);
        }
        terminal.draw(|frame| drop(stage.app.draw(frame))).expect("memory never fails");
    }
    stage.press(KeyCode::Esc);
    stage.press(KeyCode::Esc);
    stage.tick(1000);
    terminal.backend_mut().resize(80, 24);
    stage.resize((80, 24));
    terminal.draw(|frame| drop(stage.app.draw(frame))).expect("memory never fails");
    assert_eq!(terminal.backend().to_string(), stage.picture(), "the frame after all that is a fresh one");
}

#[test]
fn ten_thousand_random_inputs_leave_a_way_out() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let mut stage = Stage::new(&SIX, (100, 30), FULL);
    stage.start();
    let mut steps = 0;
    for round in 0..10_000_u32 {
        let input = random_input(&mut random);
        let effects = stage.input(input);
        answer(&mut stage, effects, &mut random);
        if round % 10 == 0 {
            steps += 20;
            stage.train(steps.min(20_000));
        }
        if round % 20 == 0 {
            stage.app.handle(Input::Landscape(Ok(picture())));
        }
        if round % 50 == 0 {
            stage.resize((random.random_range(1..=200), random.random_range(1..=60)));
        }
        if round % 25 == 0 {
            stage.draw();
            assert!(reaches_quit(&mut stage), "no way out of {:?}", stage.app.dialog);
        }
    }
}

/// Whether, from here, escape and then q, once or twice, leaves. The program would end; the test goes on.
fn reaches_quit(stage: &mut Stage) -> bool {
    [KeyCode::Esc, KeyCode::Esc, KeyCode::Char('q'), KeyCode::Char('q')].into_iter().any(|code| {
        let key = KeyEvent::new(code, KeyModifiers::NONE);
        stage.app.handle(Input::Terminal(TerminalEvent::Key(key))).contains(&Effect::Quit)
    })
}

/// Does what an engine would do.
fn answer(stage: &mut Stage, effects: Vec<Effect>, random: &mut ChaCha8Rng) {
    for effect in effects {
        match effect {
            Effect::Race(Target::All, Command::Pause) => stage.pause(),
            Effect::Race(Target::Run(run), Command::SetLr { lr }) => {
                let (step, _) = stage.reached(run);
                stage.lr_changed(run, step, lr);
            }
            Effect::Race(Target::Run(run), Command::Restart { lr }) => {
                let (step, _) = stage.reached(run);
                stage.event(run, EventKind::Restarted { step });
                if let Some(lr) = lr {
                    stage.lr_changed(run, 0, lr);
                }
                stage.start_run(run);
            }
            Effect::Race(Target::All, Command::Restart { lr: None }) => {
                stage.next_generation();
                stage.start();
            }
            Effect::Race(Target::All, Command::Extend { .. }) => {
                let run = random.random_range(0..SIX.len());
                let (step, samples) = stage.reached(run);
                if random.random_bool(0.5) {
                    stage.event(run, EventKind::Diverged { step, samples, why: None });
                } else {
                    stage.event(run, EventKind::Finished { step, samples, test: Score { loss: 1.0, accuracy: 0.5 } });
                }
            }
            Effect::Save { .. } | Effect::SaveElsewhere { .. } => {
                let outcome = if random.random_bool(0.5) { Ok("folder".into()) } else { Err("disk full".to_owned()) };
                let effects = stage.app.handle(Input::Saved(outcome));
                answer(stage, effects, random);
            }
            Effect::Race(..)
            | Effect::Look { .. }
            | Effect::Picture
            | Effect::Redraw
            | Effect::Suspend
            | Effect::Quit => {}
        }
    }
}

fn random_input(random: &mut ChaCha8Rng) -> TerminalEvent {
    const LETTERS: &[char] = &[
        ' ', '.', 'j', 'k', '=', '0', 'a', 'l', 's', 'x', 'v', 'z', 'r', 'e', 'w', '?', 'q', 'n', '1', '2', '2', '3',
        '3', '[', ']', '<', '>', '-', 'é', '界',
    ];
    const CODES: &[KeyCode] = &[
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Backspace,
        KeyCode::PageDown,
        KeyCode::PageUp,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::F(1),
        KeyCode::Null,
    ];
    const MODIFIERS: &[KeyModifiers] =
        &[KeyModifiers::NONE, KeyModifiers::NONE, KeyModifiers::SHIFT, KeyModifiers::CONTROL, KeyModifiers::ALT];
    match random.random_range(0..10) {
        0..5 => {
            let letter = LETTERS[random.random_range(0..LETTERS.len())];
            let modifiers = MODIFIERS[random.random_range(0..MODIFIERS.len())];
            TerminalEvent::Key(KeyEvent::new(KeyCode::Char(letter), modifiers))
        }
        5..8 => TerminalEvent::Key(KeyEvent::new(CODES[random.random_range(0..CODES.len())], KeyModifiers::NONE)),
        8 => {
            let kinds = [
                MouseEventKind::Down(MouseButton::Left),
                MouseEventKind::Moved,
                MouseEventKind::ScrollUp,
                MouseEventKind::ScrollDown,
                MouseEventKind::Drag(MouseButton::Right),
            ];
            TerminalEvent::Mouse(MouseEvent {
                kind: kinds[random.random_range(0..kinds.len())],
                column: random.random_range(0..300),
                row: random.random_range(0..100),
                modifiers: KeyModifiers::NONE,
            })
        }
        _ => match random.random_range(0..4) {
            0 => TerminalEvent::Paste("1e-3\n\u{1b}[31m界".to_owned()),
            1 => TerminalEvent::FocusGained,
            2 => TerminalEvent::FocusLost,
            _ => TerminalEvent::Resize(random.random_range(0..500), random.random_range(0..500)),
        },
    }
}
