//! The keys of the view.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::Rect;

use super::{Reaction, SPEEDS, SurfaceView};
use crate::surface::Point;
use crate::tui::dialog::{Dialog, LrInput, Typed};
use crate::tui::keymap::{self, Entry, Press, plain};
use crate::tui::lr;
use crate::tui::view;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SurfaceAction {
    /// Pause, or go on.
    TogglePause,
    /// One step of every run.
    Step,
    /// Select the run above.
    SelectPrevious,
    /// Select the run below.
    SelectNext,
    /// The learning rate, one rung down.
    LrDown,
    /// The learning rate, one rung up.
    LrUp,
    /// Type a learning rate.
    TypeLr,
    /// Back to the learning rate the run began with.
    FirstLr,
    /// Slower.
    Slower,
    /// Faster.
    Faster,
    /// From the start again.
    Restart,
    /// Move the start by so many notches to the right and up.
    MoveStart(i8, i8),
    /// The next surface.
    NextSurface,
    /// The help.
    Help,
    /// Close what is open.
    Close,
    /// Leave.
    Quit,
    /// Give the shell back until `fg`.
    Suspend,
}

use SurfaceAction as Action;

/// All keys of the view, in the order in which they are shown.
pub static KEYS: &[Entry<SurfaceAction>] = &[
    Entry {
        keys: &[(plain(' '), Action::TogglePause)],
        shown: "space",
        short: "pause",
        help: "pause all runs, or let them go on",
        rank: 0,
    },
    Entry {
        keys: &[(plain('.'), Action::Step)],
        shown: ".",
        short: "step",
        help: "every run does one step (and waits for the next)",
        rank: 1,
    },
    Entry {
        keys: &[(plain('+'), Action::Faster), (plain('-'), Action::Slower)],
        shown: "+-",
        short: "speed",
        help: "faster or slower: 1 to 1000 steps a second",
        rank: 4,
    },
    Entry {
        keys: &[(plain('r'), Action::Restart)],
        shown: "r",
        short: "restart",
        help: "from the start again, with the learning rates as they are now",
        rank: 2,
    },
    Entry {
        keys: &[
            (Press::Plain(KeyCode::Up), Action::SelectPrevious),
            (plain('k'), Action::SelectPrevious),
            (Press::Plain(KeyCode::Down), Action::SelectNext),
            (plain('j'), Action::SelectNext),
        ],
        shown: "↑↓",
        short: "run",
        help: "select a run (also k and j, the mouse and its wheel); its path lies on top",
        rank: 1,
    },
    Entry {
        keys: &[(Press::Plain(KeyCode::Left), Action::LrDown), (Press::Plain(KeyCode::Right), Action::LrUp)],
        shown: "←→",
        short: "lr",
        help: "learning rate of the selected run down or up, from its next step: … 0.1 0.2 0.5 1 …",
        rank: 1,
    },
    Entry {
        keys: &[(plain('='), Action::TypeLr)],
        shown: "=",
        short: "type lr",
        help: "type a learning rate",
        rank: 7,
    },
    Entry {
        keys: &[(plain('0'), Action::FirstLr)],
        shown: "0",
        short: "first lr",
        help: "back to the learning rate the run began with",
        rank: 6,
    },
    Entry {
        keys: &[
            (Press::Shift(KeyCode::Left), Action::MoveStart(-1, 0)),
            (Press::Shift(KeyCode::Right), Action::MoveStart(1, 0)),
            (Press::Shift(KeyCode::Up), Action::MoveStart(0, 1)),
            (Press::Shift(KeyCode::Down), Action::MoveStart(0, -1)),
            (plain('H'), Action::MoveStart(-1, 0)),
            (plain('L'), Action::MoveStart(1, 0)),
            (plain('K'), Action::MoveStart(0, 1)),
            (plain('J'), Action::MoveStart(0, -1)),
        ],
        shown: "shift+arrows",
        short: "start",
        help: "move the start (also H J K L); a click on the surface puts it there",
        rank: 3,
    },
    Entry {
        keys: &[(plain('n'), Action::NextSurface)],
        shown: "n",
        short: "next surface",
        help: "the next surface: ravine, rosenbrock, beale, himmelblau, saddle, wells",
        rank: 1,
    },
    Entry {
        keys: &[(plain('?'), Action::Help), (Press::Plain(KeyCode::F(1)), Action::Help)],
        shown: "?",
        short: "help",
        help: "this page",
        rank: 0,
    },
    Entry {
        keys: &[(plain('q'), Action::Quit), (Press::Ctrl('c'), Action::Quit)],
        shown: "q",
        short: "quit",
        help: "leave (also ctrl-c)",
        rank: 0,
    },
    Entry {
        keys: &[(Press::Ctrl('z'), Action::Suspend)],
        shown: "ctrl-z",
        short: "suspend",
        help: "back to the shell; `fg` returns here",
        rank: u8::MAX,
    },
    Entry {
        keys: &[(Press::Plain(KeyCode::Esc), Action::Close)],
        shown: "esc",
        short: "close",
        help: "close what is open",
        rank: u8::MAX,
    },
];

/// Notches that the start can be moved by from one side of the surface to the other.
const NOTCHES: f64 = 40.0;

impl SurfaceView {
    /// Takes a key; `area` is where the view is drawn.
    pub fn handle_key(&mut self, key: KeyEvent, area: Rect) -> Reaction {
        if !keymap::is_press(key) {
            return Reaction::Ignored;
        }
        self.needs_drawing = true;
        match &mut self.dialog {
            None => match keymap::find(KEYS.iter(), key) {
                Some(action) => self.act(action),
                None => Reaction::Ignored,
            },
            Some(Dialog::Lr(input)) => {
                match input.key(key) {
                    Typed::More => {}
                    Typed::Cancelled => self.dialog = None,
                    Typed::Number(lr) => {
                        self.dialog = None;
                        self.set_lr(lr);
                    }
                }
                Reaction::Taken
            }
            Some(_) => self.help_key(key, area),
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        if let Some(Dialog::Lr(input)) = &mut self.dialog {
            input.paste(text);
            self.needs_drawing = true;
        }
    }

    fn act(&mut self, action: SurfaceAction) -> Reaction {
        match action {
            Action::TogglePause => self.toggle_pause(),
            Action::Step => {
                self.is_paused = true;
                self.step_all();
            }
            Action::SelectPrevious => self.select_previous(),
            Action::SelectNext => self.select_next(),
            Action::LrDown => self.climb(lr::rung_below),
            Action::LrUp => self.climb(lr::rung_above),
            Action::TypeLr => self.dialog = Some(Dialog::Lr(LrInput::default())),
            Action::FirstLr => self.set_lr(self.first_lr[self.selected]),
            Action::Slower => self.set_speed(self.speed.saturating_sub(1)),
            Action::Faster => self.set_speed((self.speed + 1).min(SPEEDS.len() - 1)),
            Action::Restart => self.restart(),
            Action::MoveStart(right, up) => {
                let surface = self.surface();
                let notches = |count: i8, extent: f64| f64::from(count) * extent / NOTCHES;
                let x = notches(right, surface.x.extent()) + self.start().x;
                let y = notches(up, surface.y.extent()) + self.start().y;
                self.move_start(Point::new(tidy(x), tidy(y)));
            }
            Action::NextSurface => self.next_surface(),
            Action::Help => self.dialog = Some(Dialog::Help { scroll: 0 }),
            Action::Close => self.status = None,
            Action::Quit => return Reaction::Leave,
            Action::Suspend => return Reaction::Suspend,
        }
        Reaction::Taken
    }

    fn toggle_pause(&mut self) {
        if self.has_ended() {
            self.restart();
            self.is_paused = false;
        } else {
            self.is_paused = !self.is_paused;
        }
    }

    pub(super) fn select_previous(&mut self) {
        self.selected = self.selected.checked_sub(1).unwrap_or(self.walks.len() - 1);
    }

    pub(super) fn select_next(&mut self) {
        self.selected = (self.selected + 1) % self.walks.len();
    }

    fn climb(&mut self, rung: fn(f64) -> Option<f64>) {
        match rung(self.walks[self.selected].lr()) {
            Some(lr) => self.set_lr(lr),
            None => self.say("the ladder ends here; = types any rate"),
        }
    }

    fn set_lr(&mut self, lr: f64) {
        let walk = &mut self.walks[self.selected];
        walk.set_lr(lr);
        let when = match (walk.end(), walk.last().step) {
            (Some(_), _) => "once r begins again",
            (None, 0) => "from the start",
            (None, _) => "from its next step; r takes it from the start",
        };
        let text = format!("{}: learning rate {} {when}", walk.label(), lr::text(lr));
        self.say(text);
    }

    fn set_speed(&mut self, speed: usize) {
        self.speed = speed;
        let steps = self.steps_per_second();
        self.say(format!("{steps} {} a second", if steps == 1 { "step" } else { "steps" }));
    }

    fn help_key(&mut self, key: KeyEvent, area: Rect) -> Reaction {
        let page = i32::from(view::surface::help_page(area));
        match (key.code, keymap::find(KEYS.iter(), key)) {
            (KeyCode::PageDown | KeyCode::Char(' '), _) => self.scroll_help(page, area),
            (KeyCode::PageUp, _) => self.scroll_help(-page, area),
            (KeyCode::Home, _) => self.scroll_help(i32::MIN, area),
            (KeyCode::End, _) => self.scroll_help(i32::MAX, area),
            (_, Some(Action::SelectNext)) => self.scroll_help(1, area),
            (_, Some(Action::SelectPrevious)) => self.scroll_help(-1, area),
            (_, Some(Action::Help | Action::Close)) | (KeyCode::Enter, _) => self.dialog = None,
            (_, Some(Action::Suspend)) => return Reaction::Suspend,
            (_, Some(Action::Quit)) => {
                self.dialog = None;
                // q closes the page that it is pressed on; ctrl-c always means the program.
                if keymap::is_interrupt(key) {
                    return Reaction::Leave;
                }
            }
            _ => {}
        }
        Reaction::Taken
    }

    pub(super) fn scroll_help(&mut self, lines: i32, area: Rect) {
        let last = view::surface::help_scroll_end(self, area);
        if let Some(Dialog::Help { scroll }) = &mut self.dialog {
            let wanted = i32::from(*scroll).saturating_add(lines).clamp(0, i32::from(last));
            *scroll = u16::try_from(wanted).unwrap_or(last);
        }
    }
}

/// Without the last digits, which sums of notches leave behind, and without the sign of −0.
fn tidy(value: f64) -> f64 {
    (value * 1e9).round() / 1e9 + 0.0
}
