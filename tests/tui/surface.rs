//! The view of surfaces: what it looks like, and what its keys and the mouse do.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use insta::assert_snapshot;
use optirace::surface::{self, End, Noise, Plan, Point};
use optirace::tui::surface::{KEYS, Reaction, SurfaceAction, SurfaceView};
use optirace::tui::theme::{Colors, Theme};
use ratatui::backend::TestBackend;
use ratatui::layout::Rect;
use ratatui::{Frame, Terminal};

use crate::support::FULL;

const NO_COLORS: Theme = Theme { colors: Colors::None, ascii: false };
const ASCII: Theme = Theme { colors: Colors::None, ascii: true };

/// The view on a terminal made of memory.
struct Stage {
    view: SurfaceView,
    area: Rect,
    theme: Theme,
    clock: Duration,
}

impl Stage {
    fn new(name: &str, (width, height): (u16, u16)) -> Self {
        Self::of(Plan::new(surface::find(name).expect("known")), false, (width, height))
    }

    fn of(plan: Plan, asked: bool, (width, height): (u16, u16)) -> Self {
        let view = SurfaceView::new(plan, asked).expect("the plan can be walked");
        Self { view, area: Rect::new(0, 0, width, height), theme: FULL, clock: Duration::ZERO }
    }

    fn wait(&mut self, milliseconds: u64) {
        self.clock += Duration::from_millis(milliseconds);
        self.view.tick(self.clock);
    }

    /// Until all walks have ended.
    fn finish(&mut self) {
        for _ in 0..10_000 {
            self.wait(100);
        }
        assert!(self.view.has_ended());
    }

    fn press(&mut self, code: KeyCode, modifiers: KeyModifiers) -> Reaction {
        self.view.handle_key(KeyEvent::new(code, modifiers), self.area)
    }

    fn keys(&mut self, text: &str) {
        for letter in text.chars() {
            self.press(KeyCode::Char(letter), KeyModifiers::NONE);
        }
    }

    fn mouse(&mut self, kind: MouseEventKind, column: u16, row: u16) -> Reaction {
        self.view.handle_mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }, self.area)
    }

    fn click(&mut self, column: u16, row: u16) -> Reaction {
        self.mouse(MouseEventKind::Down(MouseButton::Left), column, row)
    }

    fn drawn(&self) -> Terminal<TestBackend> {
        let mut terminal = Terminal::new(TestBackend::new(self.area.width, self.area.height)).expect("memory");
        let draw = |frame: &mut Frame<'_>| {
            self.view.draw(frame, frame.area(), self.theme);
        };
        terminal.draw(draw).expect("memory can be drawn on");
        terminal
    }

    fn picture(&self) -> String {
        self.drawn().backend().to_string()
    }

    /// Steps done by each walk.
    fn steps(&self) -> Vec<u32> {
        self.view.walks().iter().map(|walk| walk.last().step).collect()
    }

    fn lr(&self, run: usize) -> f64 {
        self.view.walks()[run].lr()
    }
}

#[test]
fn ravine_80x24() {
    let mut stage = Stage::new("ravine", (80, 24));
    stage.finish();
    assert_snapshot!(stage.picture());
}

#[test]
fn ravine_160x50_without_colours() {
    let mut stage = Stage::new("ravine", (160, 50));
    stage.theme = NO_COLORS;
    stage.finish();
    assert_snapshot!(stage.picture());
    let terminal = stage.drawn();
    let cells = terminal.backend().buffer().content.iter();
    assert!(cells.into_iter().all(|cell| cell.fg == ratatui::style::Color::Reset && cell.bg == cell.fg));
}

#[test]
fn rosenbrock_160x50_paused_half_way() {
    let mut stage = Stage::new("rosenbrock", (160, 50));
    stage.wait(2500);
    stage.keys(" j");
    stage.wait(9000);
    assert_snapshot!(stage.picture());
}

#[test]
fn who_leaves_the_range_is_marked() {
    let mut plan = Plan::new(surface::find("himmelblau").expect("known"));
    plan.specs = ["sgd:lr=0.05", "adam:lr=0.3"].map(|spec| spec.parse().expect("valid")).into();
    let mut stage = Stage::of(plan, true, (80, 24));
    stage.finish();
    assert_eq!(stage.view.walks()[0].end(), Some(End::LeftRange));
    assert_snapshot!(stage.picture());
}

#[test]
fn wells_in_ascii() {
    let mut stage = Stage::new("wells", (80, 24));
    stage.theme = ASCII;
    stage.finish();
    let picture = stage.picture();
    assert!(picture.is_ascii(), "{picture}");
    assert!(!picture.contains('?') || picture.matches('?').count() == 1, "a sign has no ASCII: {picture}");
    assert_snapshot!(picture);
}

#[test]
fn noise_is_told() {
    let mut plan = Plan::new(surface::find("wells").expect("known"));
    plan.noise = Some(Noise { deviation: 0.25, seed: 3 });
    let mut stage = Stage::of(plan, false, (80, 24));
    assert!(stage.picture().contains("from (1.7, 1) noise 0.25"), "{}", stage.picture());
    stage.keys("?");
    assert!(stage.picture().contains("normal noise: standard deviation 0.25"), "{}", stage.picture());
}

#[test]
fn help_and_the_line_for_a_learning_rate() {
    let mut stage = Stage::new("saddle", (80, 24));
    stage.keys("?");
    assert_snapshot!("surface_help", stage.picture());
    stage.press(KeyCode::End, KeyModifiers::NONE);
    assert_snapshot!("surface_help_end", stage.picture());
    stage.keys("q=0.0");
    assert_snapshot!("surface_lr_input", stage.picture());
}

#[test]
fn no_area_is_too_small_to_draw_or_click_in() {
    for (width, height) in [(0, 0), (1, 1), (20, 3), (59, 16), (60, 15), (60, 16), (61, 400), (400, 17)] {
        for surface in surface::all() {
            let mut stage = Stage::new(surface.name, (width, height));
            stage.wait(1500);
            stage.keys("?");
            stage.drawn();
            stage.keys("?=");
            stage.drawn();
            stage.press(KeyCode::Esc, KeyModifiers::NONE);
            for (column, row) in [(0, 0), (width / 2, height / 2), (width, height)] {
                stage.click(column, row);
            }
            stage.drawn();
        }
    }
}

#[test]
fn time_makes_steps_and_space_and_dot_decide() {
    let mut stage = Stage::new("ravine", (80, 24));
    assert_eq!(stage.steps(), [0, 0, 0, 0]);
    let speed = u64::from(stage.view.steps_per_second());
    stage.wait(1000);
    assert_eq!(stage.steps(), [speed as u32; 4]);
    stage.keys(" ");
    stage.wait(5000);
    assert_eq!(stage.steps(), [speed as u32; 4]);
    stage.keys("..");
    assert_eq!(stage.steps(), [speed as u32 + 2; 4]);
    stage.keys(" ");
    stage.wait(1000);
    assert_eq!(stage.steps(), [2 * speed as u32 + 2; 4]);
    stage.keys(".");
    assert!(stage.view.is_paused(), "a single step waits for the next");
    stage.keys("r");
    assert_eq!(stage.steps(), [0; 4]);
    assert!(stage.view.is_paused());
    stage.keys(" ");
    stage.finish();
    assert_eq!(stage.steps(), [30; 4]);
    stage.keys(" ");
    assert_eq!(stage.steps(), [0; 4], "space begins again where all has ended");
    assert!(!stage.view.is_paused());
}

#[test]
fn speed_goes_from_one_to_a_thousand_steps_a_second() {
    let mut stage = Stage::new("ravine", (80, 24));
    (0..20).for_each(|_| stage.keys("-"));
    assert_eq!(stage.view.steps_per_second(), 1);
    stage.wait(999);
    assert_eq!(stage.view.step(), 0);
    stage.wait(1);
    assert_eq!(stage.view.step(), 1);
    (0..20).for_each(|_| stage.keys("+"));
    assert_eq!(stage.view.steps_per_second(), 1000);
}

#[test]
fn learning_rates_climb_the_ladder_are_typed_and_return() {
    let mut stage = Stage::new("ravine", (80, 24));
    stage.keys(".");
    stage.press(KeyCode::Right, KeyModifiers::NONE);
    assert_eq!([stage.lr(0), stage.lr(1)], [1.0, 0.1]);
    stage.press(KeyCode::Down, KeyModifiers::NONE);
    stage.press(KeyCode::Left, KeyModifiers::NONE);
    stage.press(KeyCode::Left, KeyModifiers::NONE);
    assert_eq!([stage.lr(0), stage.lr(1)], [1.0, 0.02]);
    stage.keys("=0.25");
    stage.press(KeyCode::Enter, KeyModifiers::NONE);
    assert_eq!(stage.lr(1), 0.25);
    stage.keys("=-1");
    stage.press(KeyCode::Enter, KeyModifiers::NONE);
    assert!(stage.picture().contains("must be a number above 0"));
    stage.press(KeyCode::Esc, KeyModifiers::NONE);
    assert_eq!(stage.lr(1), 0.25);
    stage.keys(".");
    let steps = stage.view.walks()[1].steps();
    assert_eq!([steps[1].lr, steps[2].lr], [0.1, 0.25], "it takes hold with the next step");
    stage.keys("r");
    assert_eq!([stage.lr(0), stage.lr(1)], [1.0, 0.25], "a restart keeps it");
    assert_eq!(stage.view.walks()[1].steps()[0].lr, 0.25);
    stage.keys("0");
    assert_eq!([stage.lr(0), stage.lr(1)], [1.0, 0.1]);
}

#[test]
fn the_start_is_moved_by_keys_and_by_the_mouse_and_stays_on_the_surface() {
    let mut stage = Stage::new("ravine", (80, 24));
    stage.keys("..");
    stage.press(KeyCode::Right, KeyModifiers::SHIFT);
    assert_eq!(stage.view.start(), Point::new(-6.6, 2.0));
    assert_eq!(stage.steps(), [0; 4], "all walk again from there");
    assert_eq!(stage.view.walks()[0].steps()[0].at, Point::new(-6.6, 2.0));
    stage.press(KeyCode::Up, KeyModifiers::SHIFT);
    assert_eq!(stage.view.start(), Point::new(-6.6, 2.15));
    assert_eq!(stage.lr(0), 0.95, "shift and an arrow is no arrow");
    stage.keys("JH");
    assert_eq!(stage.view.start(), Point::new(-7.0, 2.0));
    (0..50).for_each(|_| stage.keys("K"));
    assert_eq!(stage.view.start(), Point::new(-7.0, 3.0));

    // The surface covers columns 5 to 78 and rows 2 to 15.
    assert_eq!(stage.click(42, 9), Reaction::Taken);
    let start = stage.view.start();
    assert!(start.x.abs() < 0.25 && start.y.abs() < 0.5, "{start:?}");
    assert!(start.x == (start.x * 10.0).round() / 10.0, "{start:?} is round");
    for (column, row, right, up) in [(5, 2, -1.0, 1.0), (78, 15, 1.0, -1.0)] {
        stage.click(column, row);
        let start = stage.view.start();
        assert!(stage.view.surface().contains(start));
        assert!(start.x * right > 7.5 && start.y * up > 2.5, "{start:?}");
    }
}

#[test]
fn runs_are_selected_by_keys_click_and_wheel() {
    let mut stage = Stage::new("ravine", (80, 24));
    stage.press(KeyCode::Up, KeyModifiers::NONE);
    assert_eq!(stage.view.selected(), 3);
    stage.keys("j");
    assert_eq!(stage.view.selected(), 0);
    stage.mouse(MouseEventKind::ScrollDown, 3, 3);
    assert_eq!(stage.view.selected(), 1);
    let row = stage.picture().lines().position(|line| line.contains("AdaGrad ") && line.contains("1.5"));
    stage.click(6, row.expect("a line of the table") as u16);
    assert_eq!(stage.view.selected(), 2);
    assert_eq!(stage.mouse(MouseEventKind::Moved, 6, 6), Reaction::Ignored);
}

#[test]
fn the_next_surface_has_its_own_optimizers_unless_a_person_named_them() {
    let mut stage = Stage::new("ravine", (80, 24));
    let mut seen = Vec::new();
    for _ in surface::all() {
        stage.keys("n");
        seen.push(stage.view.surface().name);
        let surface = stage.view.surface();
        assert_eq!((stage.lr(0), stage.view.start()), (surface.optimizers[0].1, surface.start));
    }
    assert_eq!(seen, ["rosenbrock", "beale", "himmelblau", "saddle", "wells", "ravine"]);

    let mut plan = Plan::new(surface::find("beale").expect("known"));
    plan.specs = vec!["adam:lr=0.07".parse().expect("valid")];
    let mut stage = Stage::of(plan, true, (80, 24));
    stage.keys("n");
    assert_eq!((stage.view.walks().len(), stage.lr(0), stage.view.surface().name), (1, 0.07, "himmelblau"));
}

#[test]
fn what_is_not_for_the_view_is_left_to_others() {
    let mut stage = Stage::new("ravine", (80, 24));
    assert_eq!(stage.press(KeyCode::Char('3'), KeyModifiers::NONE), Reaction::Ignored);
    assert_eq!(stage.press(KeyCode::Char('q'), KeyModifiers::NONE), Reaction::Leave);
    assert_eq!(stage.press(KeyCode::Char('c'), KeyModifiers::CONTROL), Reaction::Leave);
    assert_eq!(stage.press(KeyCode::Char('z'), KeyModifiers::CONTROL), Reaction::Suspend);
    stage.keys("?");
    assert_eq!(stage.press(KeyCode::Char('q'), KeyModifiers::NONE), Reaction::Taken, "q closes the help");
    assert_eq!(stage.press(KeyCode::Char('q'), KeyModifiers::NONE), Reaction::Leave);
    assert!(KEYS.iter().any(|entry| entry.asks_for(SurfaceAction::MoveStart(1, 0))));
}

#[test]
fn what_has_not_changed_is_not_drawn_again() {
    let mut stage = Stage::new("ravine", (80, 24));
    assert!(stage.view.take_needs_drawing());
    assert!(!stage.view.take_needs_drawing());
    stage.wait(10);
    assert!(!stage.view.take_needs_drawing(), "no step was due");
    stage.wait(1000);
    assert!(stage.view.take_needs_drawing());
    stage.finish();
    stage.view.take_needs_drawing();
    stage.wait(1000);
    assert!(!stage.view.take_needs_drawing(), "all has ended");
    stage.keys("+");
    assert!(stage.view.take_needs_drawing());
    stage.wait(9000);
    assert!(stage.view.take_needs_drawing(), "what was said has passed");
}
