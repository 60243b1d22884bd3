//! Optimizers on a function of two variables: its contour with every run's path, and a table.

mod contour;
mod plot;
mod table;

use crossterm::event::KeyCode;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span};

use crate::board::Board;
use crate::board::walks::Walks;
use crate::surface::{self, Noise, Plan, Point, Surface, Walk};
use crate::text::cut;
use crate::tui::drawn::Painter;
use crate::tui::effect::Effect;
use crate::tui::keymap::{Action, Entry, Press, plain};
use crate::tui::theme::Theme;
use crate::tui::view::{CatchUp, View, ViewKind};
use crate::tui::widgets::both_ends::both_ends;
use crate::tui::widgets::help_text::HelpText;

/// Keys that only this view has, in the order in which they are shown.
static KEYS: &[Entry] = &[
    Entry {
        keys: &[(plain('+'), Action::Faster), (plain('-'), Action::Slower)],
        shown: "+-",
        short: "speed",
        help: "faster or slower: 1 to 1000 steps a second",
        rank: 4,
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
        help: "the next surface",
        rank: 1,
    },
    Entry {
        keys: &[(plain('R'), Action::RestartAsNow)],
        shown: "R",
        short: "with these lr",
        help: "from the start again, with the learning rates as they are now",
        rank: 3,
    },
];

/// Keys of every view that mean something else here.
static INSTEAD: &[Entry] = &[
    Entry {
        keys: &[(plain('.'), Action::Step)],
        shown: ".",
        short: "step",
        help: "every run does one step (and waits for the next)",
        rank: 1,
    },
    Entry {
        keys: &[(plain('r'), Action::Restart)],
        shown: "r",
        short: "restart",
        help: "from the start again, with the first learning rates, as in the race",
        rank: 2,
    },
];

/// What is said before there is anything measured.
const HINT: &str = "click or shift+arrows: start elsewhere · n: next surface";

/// The view.
pub struct SurfaceView {
    /// The optimizers on the surface.
    pub walks: Walks,
}

impl SurfaceView {
    /// The surface that is walked on if nobody names one, with the optimizers that suit it, in the colours they race
    /// in.
    pub fn beside(board: &Board) -> Option<Self> {
        let racing = board.history.runs.iter().map(|run| run.info.spec.optimizer.name).collect();
        let plan = Plan::new(surface::named(surface::DEFAULT).ok()?);
        Some(Self { walks: Walks::new(plan, false).ok()?.with_known(racing) })
    }
}

impl View for SurfaceView {
    fn kind(&self) -> ViewKind {
        ViewKind { key: '5', name: "surface" }
    }

    fn keys(&self) -> Vec<&'static [Entry]> {
        vec![KEYS]
    }

    fn instead(&self) -> &'static [Entry] {
        INSTEAD
    }

    fn help(&self, text: &mut HelpText, _: &Board) {
        let walks = &self.walks;
        let surface = walks.surface();
        text.heading("What this is");
        let gradient = match walks.noise() {
            None => "the exact gradient".to_owned(),
            Some(Noise { deviation, seed }) => format!(
                "a gradient with the same normal noise: standard deviation {deviation} on each partial derivative, \
                 seed {seed}"
            ),
        };
        let intro = format!(
            "Optimizers on a function of two variables, all from the same start, each with {gradient}. Lines are their \
             paths, one straight piece a step; markers stand where they are now. What lies low is dark; where there \
             are too few colours, dotted lines divide the heights instead. A run that leaves what is drawn, or whose \
             numbers stop being finite, ends there."
        );
        text.paragraph(&intro);
        text.heading(&format!("{}: {}", surface.name, formula(surface, text.theme)));
        text.paragraph(surface.idea);
        text.paragraph(&contour::legend(surface));
        for minimum in surface.minima {
            let kind = if minimum.is_global { "minimum" } else { "local minimum" };
            let Point { x, y } = minimum.at;
            let value = (surface.value)(minimum.at);
            text.paragraph(&format!("{kind} at ({x:.4}, {y:.4}), value {value:.4}"));
        }
        text.paragraph(&format!("from: {}", surface.source));
        let names: Vec<&str> = surface::all().iter().map(|surface| surface.name).collect();
        text.paragraph(&format!("all surfaces: {}", names.join(", ")));
        text.keys();
        text.columns("Columns", table::COLUMNS);
        text.heading("Runs");
        for (index, walk) in walks.walks().iter().enumerate() {
            let name = format!("{} {}", text.theme.marker(walks.marker(index)), walk.label());
            text.define(&name, &walk.spec().to_string());
        }
    }

    fn handle(&mut self, action: Action, board: &mut Board) -> Option<Vec<Effect>> {
        let walks = &mut self.walks;
        match action {
            Action::TogglePause => walks.toggle_pause(),
            Action::Step => walks.step_by_hand(),
            Action::SelectPrevious => walks.select_next(true),
            Action::SelectNext => walks.select_next(false),
            Action::Select(walk) => walks.select(walk),
            Action::LrDown => board.say(walks.climb(false)),
            Action::LrUp => board.say(walks.climb(true)),
            Action::SetLr(lr) => board.say(walks.set_lr(lr)),
            Action::FirstLr => board.say(walks.first_lr()),
            Action::Slower => board.say(walks.change_speed(false)),
            Action::Faster => board.say(walks.change_speed(true)),
            Action::Restart => {
                walks.restart_as_first();
                board.say("from the start again, with the first learning rates; R takes those of now");
            }
            Action::RestartAsNow => {
                walks.restart();
                board.say("from the start again, with the learning rates as they are now");
            }
            Action::MoveStart(right, up) => walks.shift_start(right, up),
            Action::NextSurface => walks.next_surface(),
            _ => return None,
        }
        Some(Vec::new())
    }

    /// The walks go on while they are seen.
    fn catch_up(&mut self, board: &Board, is_shown: bool) -> CatchUp {
        if is_shown {
            return CatchUp { needs_drawing: self.walks.tick(board.now), effects: Vec::new() };
        }
        self.walks.rest(board.now);
        CatchUp::default()
    }

    fn draw(&self, painter: &mut Painter<'_>, area: Rect, _: &Board) {
        let runs = u16::try_from(self.walks.walks().len()).unwrap_or(u16::MAX).saturating_add(1);
        let table = runs.min(area.height.div_ceil(3));
        let lines = [Constraint::Length(2), Constraint::Fill(1), Constraint::Length(table)];
        let [top, plot, table] = Layout::vertical(lines).areas(area);
        heading(painter.buffer, top, &self.walks, painter.theme);
        plot::render(painter, plot, &self.walks);
        table::render(painter, table, &self.walks);
    }

    fn point(&mut self, plane: Rect, position: Position) {
        self.walks.point([position.x - plane.x, position.y - plane.y], [plane.width, plane.height]);
    }

    fn is_of_race(&self) -> bool {
        false
    }

    fn pause_label(&self, _: &Board) -> Option<&'static str> {
        match (self.walks.has_ended(), self.walks.is_paused()) {
            (true, _) => Some("again"),
            (false, true) => Some("resume"),
            (false, false) => None,
        }
    }

    fn lr_target<'a>(&'a self, _: &'a Board) -> (&'a str, Option<f64>) {
        let walk = &self.walks.walks()[self.walks.selected()];
        (walk.label(), Some(walk.lr()))
    }

    fn about_selected(&self, _: &Board, theme: Theme) -> String {
        let selected = self.walks.selected();
        let measured = measured(&self.walks.walks()[selected]);
        let measured = measured.map(|text| format!("{} {text}", theme.marker(self.walks.marker(selected))));
        measured.unwrap_or_else(|| HINT.to_owned())
    }
}

fn heading(buffer: &mut Buffer, area: Rect, walks: &Walks, theme: Theme) {
    let surface = walks.surface();
    let start = walks.start();
    let mut left = Line::from(vec![
        Span::styled(format!(" {} ", surface.name), theme.strong()),
        Span::raw(format!(" {} ", formula(surface, theme))),
        Span::styled(format!(" from ({}, {})", start.x, start.y), theme.faint()),
    ]);
    if let Some(Noise { deviation, .. }) = walks.noise() {
        left.push_span(Span::styled(format!(" noise {deviation}"), theme.strong()));
    }
    let state = match (walks.has_ended(), walks.is_paused()) {
        (true, _) => Span::styled("■ done", theme.strong()),
        (_, true) => Span::styled(" PAUSED ", theme.chosen()),
        _ => Span::styled(format!("▶ {}/s", walks.steps_per_second()), theme.strong()),
    };
    let right = Line::from(vec![Span::raw(format!("step {}/{}  ", walks.step(), walks.planned())), state]);
    both_ends(buffer, Rect { height: 1, ..area }, &left, &right);
    let idea = cut(surface.idea, usize::from(area.width).saturating_sub(2));
    buffer.set_string(area.x + 1, area.y + 1, idea, theme.faint());
}

fn formula(surface: &Surface, theme: Theme) -> String {
    if theme.ascii { surface.formula.replace('²', "^2").replace('³', "^3") } else { surface.formula.to_owned() }
}

/// A walk in words made of its measures, once there are any.
fn measured(walk: &Walk) -> Option<String> {
    let length = |from: Point, to: Point| (to.x - from.x).hypot(to.y - from.y);
    let steps = walk.steps();
    let walked: f64 = steps.windows(2).map(|pair| length(pair[0].at, pair[1].at)).sum();
    let share = 100.0 * length(steps[0].at, walk.last().at) / walked;
    let turn = walk.turn().filter(|_| share.is_finite())?;
    Some(format!("{} turns {turn:.0}° a step; it came {share:.0} % of the way it walked", walk.label()))
}
