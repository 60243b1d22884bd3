//! The view of surfaces: what it looks like, and what its keys and the mouse do.

use crossterm::event::{KeyCode, KeyModifiers, MouseEventKind};
use insta::assert_snapshot;
use optirace::board::walks::Walks;
use optirace::surface::{self, End, Noise, Plan, Point};
use optirace::tui::app::App;
use optirace::tui::effect::Effect;
use optirace::tui::theme::{Colors, Ground, Theme};
use optirace::tui::views::surface::SurfaceView;

use crate::support::{FULL, Stage};

const NO_COLORS: Theme = Theme { colors: Colors::None, ascii: false, ground: Ground::Dark };
const ASCII: Theme = Theme { colors: Colors::None, ascii: true, ground: Ground::Dark };

/// A surface with the terminal to itself.
fn stage(name: &str, size: (u16, u16)) -> Stage {
    of(Plan::new(surface::find(name).expect("known")), false, size)
}

fn of(plan: Plan, asked: bool, size: (u16, u16)) -> Stage {
    let walks = Walks::new(plan, asked).expect("the plan can be walked");
    Stage::of(App::of_surface(SurfaceView { walks }, FULL), size)
}

impl Stage {
    fn view(&self) -> &Walks {
        &self.app.find_view::<SurfaceView>().expect("a surface").walks
    }

    /// Until all walks have ended.
    fn finish_walks(&mut self) {
        (0..10_000).for_each(|_| drop(self.tick(100)));
        assert!(self.view().has_ended());
    }

    /// Steps done by each walk.
    fn steps(&self) -> Vec<u32> {
        self.view().walks().iter().map(|walk| walk.last().step).collect()
    }

    fn lr(&self, run: usize) -> f64 {
        self.view().walks()[run].lr()
    }
}

#[test]
fn ravine_80x24() {
    let mut stage = stage("ravine", (80, 24));
    stage.finish_walks();
    assert_snapshot!(stage.picture());
}

#[test]
fn ravine_160x50_without_colours() {
    let mut stage = stage("ravine", (160, 50));
    stage.app.theme = NO_COLORS;
    stage.finish_walks();
    assert_snapshot!(stage.picture());
    let terminal = stage.terminal();
    let cells = terminal.backend().buffer().content.iter();
    assert!(cells.into_iter().all(|cell| cell.fg == ratatui::style::Color::Reset && cell.bg == cell.fg));
}

#[test]
fn rosenbrock_160x50_paused_half_way() {
    let mut stage = stage("rosenbrock", (160, 50));
    stage.tick(2500);
    stage.keys(" j");
    stage.tick(9000);
    assert_snapshot!(stage.picture());
}

#[test]
fn who_leaves_the_range_is_marked() {
    let mut plan = Plan::new(surface::find("himmelblau").expect("known"));
    plan.specs = ["sgd:lr=0.05", "adam:lr=0.3"].map(|spec| spec.parse().expect("valid")).into();
    let mut stage = of(plan, true, (80, 24));
    stage.finish_walks();
    assert_eq!(stage.view().walks()[0].end(), Some(End::LeftRange));
    assert_snapshot!(stage.picture());
}

#[test]
fn wells_in_ascii() {
    let mut stage = stage("wells", (80, 24));
    stage.app.theme = ASCII;
    stage.finish_walks();
    let picture = stage.picture();
    assert!(picture.is_ascii(), "{picture}");
    assert!(!picture.contains('?') || picture.matches('?').count() == 1, "a sign has no ASCII: {picture}");
    assert_snapshot!(picture);
}

#[test]
fn noise_is_told() {
    let mut plan = Plan::new(surface::find("wells").expect("known"));
    plan.noise = Some(Noise { deviation: 0.25, seed: 3 });
    let mut stage = of(plan, false, (80, 24));
    assert!(stage.picture().contains("from (1.7, 1) noise 0.25"), "{}", stage.picture());
    stage.keys("?");
    assert!(stage.picture().contains("normal noise: standard deviation 0.25"), "{}", stage.picture());
}

#[test]
fn help_and_the_line_for_a_learning_rate() {
    let mut stage = stage("saddle", (80, 24));
    stage.keys("?");
    assert_snapshot!("surface_help", stage.picture());
    stage.press(KeyCode::End);
    assert_snapshot!("surface_help_end", stage.picture());
    stage.keys("q=0.0");
    assert_snapshot!("surface_lr_input", stage.picture());
}

#[test]
fn no_area_is_too_small_to_draw_or_click_in() {
    for (width, height) in [(0, 0), (1, 1), (20, 3), (59, 16), (60, 15), (60, 16), (61, 400), (400, 17)] {
        for surface in surface::all() {
            let mut stage = stage(surface.name, (width, height));
            stage.tick(1500);
            stage.keys("?");
            stage.terminal();
            stage.keys("?=");
            stage.terminal();
            stage.press(KeyCode::Esc);
            for (column, row) in [(0, 0), (width / 2, height / 2), (width, height)] {
                stage.click(column, row);
            }
            stage.terminal();
        }
    }
}

#[test]
fn time_makes_steps_and_space_and_dot_decide() {
    let mut stage = stage("ravine", (80, 24));
    assert_eq!(stage.steps(), [0, 0, 0, 0]);
    let speed = u64::from(stage.view().steps_per_second());
    stage.tick(1000);
    assert_eq!(stage.steps(), [speed as u32; 4]);
    stage.keys(" ");
    stage.tick(5000);
    assert_eq!(stage.steps(), [speed as u32; 4]);
    stage.keys("..");
    assert_eq!(stage.steps(), [speed as u32 + 2; 4]);
    stage.keys(" ");
    stage.tick(1000);
    assert_eq!(stage.steps(), [2 * speed as u32 + 2; 4]);
    stage.keys(".");
    assert!(stage.view().is_paused(), "a single step waits for the next");
    stage.keys("r");
    assert_eq!(stage.steps(), [0; 4]);
    assert!(stage.view().is_paused());
    stage.keys(" ");
    stage.finish_walks();
    assert_eq!(stage.steps(), [30; 4]);
    stage.keys(" ");
    assert_eq!(stage.steps(), [0; 4], "space begins again where all has ended");
    assert!(!stage.view().is_paused());
}

#[test]
fn speed_goes_from_one_to_a_thousand_steps_a_second() {
    let mut stage = stage("ravine", (80, 24));
    stage.keys(&"-".repeat(20));
    assert_eq!(stage.view().steps_per_second(), 1);
    stage.tick(999);
    assert_eq!(stage.view().step(), 0);
    stage.tick(1);
    assert_eq!(stage.view().step(), 1);
    stage.keys(&"+".repeat(20));
    assert_eq!(stage.view().steps_per_second(), 1000);
}

#[test]
fn learning_rates_climb_the_ladder_are_typed_and_return() {
    let mut stage = stage("ravine", (80, 24));
    stage.keys(".");
    stage.press(KeyCode::Right);
    assert_eq!([stage.lr(0), stage.lr(1)], [1.0, 0.1]);
    stage.press(KeyCode::Down);
    stage.press(KeyCode::Left);
    stage.press(KeyCode::Left);
    assert_eq!([stage.lr(0), stage.lr(1)], [1.0, 0.02]);
    stage.keys("=0.25");
    stage.press(KeyCode::Enter);
    assert_eq!(stage.lr(1), 0.25);
    stage.keys("=-1");
    stage.press(KeyCode::Enter);
    assert!(stage.picture().contains("type a number from 1.2e-38 to 3.4e38"));
    stage.press(KeyCode::Esc);
    assert_eq!(stage.lr(1), 0.25);
    stage.keys(".");
    let steps = stage.view().walks()[1].steps();
    assert_eq!([steps[1].lr, steps[2].lr], [0.1, 0.25], "it takes hold with the next step");
    stage.keys("R");
    assert_eq!([stage.lr(0), stage.lr(1)], [1.0, 0.25], "R keeps it");
    assert_eq!(stage.view().walks()[1].steps()[0].lr, 0.25);
    stage.keys("0");
    assert_eq!([stage.lr(0), stage.lr(1)], [1.0, 0.1]);
    stage.keys("r");
    assert_eq!([stage.lr(0), stage.lr(1)], [0.95, 0.1], "r is what it is in the race");
    assert_eq!(stage.view().walks()[0].steps()[0].lr, 0.95);
}

#[test]
fn the_start_is_moved_by_keys_and_by_the_mouse_and_stays_on_the_surface() {
    let mut stage = stage("ravine", (80, 24));
    stage.keys("..");
    stage.press_with(KeyCode::Right, KeyModifiers::SHIFT);
    assert_eq!(stage.view().start(), Point::new(-6.6, 2.0));
    assert_eq!(stage.steps(), [0; 4], "all walk again from there");
    assert_eq!(stage.view().walks()[0].steps()[0].at, Point::new(-6.6, 2.0));
    stage.press_with(KeyCode::Up, KeyModifiers::SHIFT);
    assert_eq!(stage.view().start(), Point::new(-6.6, 2.15));
    assert_eq!(stage.lr(0), 0.95, "shift and an arrow is no arrow");
    stage.keys("JH");
    assert_eq!(stage.view().start(), Point::new(-7.0, 2.0));
    stage.keys(&"K".repeat(50));
    assert_eq!(stage.view().start(), Point::new(-7.0, 3.0));

    // The surface covers columns 5 to 78 and rows 2 to 15.
    stage.click(42, 9);
    let start = stage.view().start();
    assert!(start.x.abs() < 0.25 && start.y.abs() < 0.5, "{start:?}");
    assert!(start.x == (start.x * 10.0).round() / 10.0, "{start:?} is round");
    for (column, row, right, up) in [(5, 2, -1.0, 1.0), (78, 15, 1.0, -1.0)] {
        stage.click(column, row);
        let start = stage.view().start();
        assert!(stage.view().surface().contains(start));
        assert!(start.x * right > 7.5 && start.y * up > 2.5, "{start:?}");
    }
}

#[test]
fn runs_are_selected_by_keys_click_and_wheel() {
    let mut stage = stage("ravine", (80, 24));
    stage.press(KeyCode::Up);
    assert_eq!(stage.view().selected(), 3);
    stage.keys("j");
    assert_eq!(stage.view().selected(), 0);
    stage.mouse(MouseEventKind::ScrollDown, 3, 3);
    assert_eq!(stage.view().selected(), 1);
    let row = stage.picture().lines().position(|line| line.contains("AdaGrad ") && line.contains("1.5"));
    stage.click(6, row.expect("a line of the table") as u16);
    assert_eq!(stage.view().selected(), 2);
    stage.app.take_needs_drawing();
    stage.mouse(MouseEventKind::Moved, 6, 6);
    assert!(!stage.app.take_needs_drawing());
}

#[test]
fn the_next_surface_has_its_own_optimizers_unless_a_person_named_them() {
    let mut stage = stage("ravine", (80, 24));
    let mut seen = Vec::new();
    for _ in surface::all() {
        stage.keys("n");
        seen.push(stage.view().surface().name);
        let surface = stage.view().surface();
        assert_eq!((stage.lr(0), stage.view().start()), (surface.optimizers[0].1, surface.start));
    }
    assert_eq!(seen, ["rosenbrock", "beale", "himmelblau", "saddle", "wells", "ravine"]);

    let mut plan = Plan::new(surface::find("beale").expect("known"));
    plan.specs = vec!["adam:lr=0.07".parse().expect("valid")];
    let mut stage = of(plan, true, (80, 24));
    stage.keys("n");
    assert_eq!((stage.view().walks().len(), stage.lr(0), stage.view().surface().name), (1, 0.07, "himmelblau"));
}

#[test]
fn where_no_race_is_its_keys_mean_nothing_and_leaving_asks_nothing() {
    let mut stage = stage("ravine", (80, 24));
    assert_eq!(stage.keys("1243we"), []);
    assert_eq!(stage.app.view().kind().name, "surface");
    assert_eq!(stage.keys("q"), [Effect::Quit]);
    assert_eq!(stage.control('c'), [Effect::Quit]);
    assert_eq!(stage.control('z'), [Effect::Suspend]);
    assert_eq!(stage.keys("?q"), [], "q closes the help");
    assert_eq!(stage.keys("q"), [Effect::Quit]);
}

#[test]
fn an_optimizer_has_the_marker_of_the_default_race() {
    let mut stage = stage("ravine", (80, 24));
    let markers = |stage: &Stage| (0..4).map(|walk| stage.view().marker(walk)).collect::<Vec<_>>();
    assert_eq!(markers(&stage), [0, 1, 3, 5], "sgd, momentum, adagrad, adam");
    stage.keys("n");
    assert_eq!(markers(&stage), [0, 1, 3, 5], "on every surface");
}

#[test]
fn what_has_not_changed_is_not_drawn_again() {
    let mut stage = stage("ravine", (80, 24));
    assert!(stage.app.take_needs_drawing());
    assert!(!stage.app.take_needs_drawing());
    stage.tick(10);
    assert!(!stage.app.take_needs_drawing(), "no step was due");
    stage.tick(1000);
    assert!(stage.app.take_needs_drawing());
    stage.finish_walks();
    stage.app.take_needs_drawing();
    stage.tick(1000);
    assert!(!stage.app.take_needs_drawing(), "all has ended");
    stage.keys("+");
    assert!(stage.app.take_needs_drawing());
    stage.tick(9000);
    assert!(stage.app.take_needs_drawing(), "what was said has passed");
}
