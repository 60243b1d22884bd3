//! Two runs side by side: how much each zigzags, and under both a line in words.

mod angles;
mod heading;
mod layout;
mod loss;
mod measures;
mod path;

use crossterm::event::KeyCode;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::board::Board;
use crate::board::lr;
use crate::board::zigzag::{Pane, Zigzag, caption};
use crate::race::protocol::Target;
use crate::text::{self, grouped, wrap};
use crate::tui::drawn::{ClickTarget, Context, Painter};
use crate::tui::effect::Effect;
use crate::tui::keymap::charts::{LOG, SMOOTH};
use crate::tui::keymap::{Action, Entry, Press, plain, time};
use crate::tui::view::{CatchUp, View, ViewKind};
use crate::tui::widgets::both_ends::both_ends;
use crate::tui::widgets::help_text::HelpText;
use layout::{Sections, ZigzagPlaces};

/// Keys that only this view has, in the order in which they are shown.
static KEYS: &[Entry] = &[
    Entry {
        keys: &[(Press::Plain(KeyCode::Tab), Action::NextSide), (Press::Plain(KeyCode::BackTab), Action::NextSide)],
        shown: "tab",
        short: "side",
        help: "choose the other side (also a click); its run is the selected one",
        rank: 2,
    },
    Entry {
        keys: &[(plain('['), Action::SelectPrevious), (plain(']'), Action::SelectNext)],
        shown: "[ ]",
        short: "its run",
        help: "another run on the chosen side, as ↑ and ↓ do",
        rank: 2,
    },
    Entry {
        keys: &[(plain('<'), Action::FewerSteps), (plain('>'), Action::MoreSteps)],
        shown: "< >",
        short: "steps",
        help: "look at fewer or more of the last steps: 20 40 100 200 500 1000 2000",
        rank: 1,
    },
    Entry {
        keys: &[(plain('b'), Action::SharePlane)],
        shown: "b",
        short: "both",
        help: "both paths on one plane and scale, or each on its own",
        rank: 2,
    },
    LOG,
    SMOOTH,
];

/// The view.
pub struct ZigzagView {
    /// The runs side by side, and what is seen of them.
    pub zigzag: Zigzag,
}

impl ZigzagView {
    /// A view of so many runs.
    pub fn new(runs: usize) -> Self {
        Self { zigzag: Zigzag::new(runs) }
    }

    /// Looks at both sides as they are now; whether there is something new to see.
    fn look(&mut self, board: &Board) -> bool {
        self.zigzag.look(board)
    }

    fn select_chosen_side(&mut self, board: &mut Board) {
        board.selected = self.zigzag.chosen_run().unwrap_or(board.selected);
    }

    fn change_side(&mut self, board: &mut Board, forward: bool) {
        if !self.zigzag.change_run(board.history.runs.len(), forward) {
            board.say("every run of this race is already on a side");
        }
        self.select_chosen_side(board);
    }

    fn change_steps(&mut self, board: &mut Board, more: bool) {
        let has_changed = if more { self.zigzag.more_steps() } else { self.zigzag.fewer_steps() };
        let (steps, end) = (self.zigzag.steps(), if more { "no more" } else { "no fewer" });
        board.say(match has_changed {
            true => format!("the last {steps} steps of each run"),
            false => format!("the last {steps} steps of each run: {end} can be shown"),
        });
    }
}

impl View for ZigzagView {
    fn kind(&self) -> ViewKind {
        ViewKind { key: '2', name: "zigzag" }
    }

    fn keys(&self) -> Vec<&'static [Entry]> {
        vec![KEYS, time::KEYS]
    }

    fn help(&self, text: &mut HelpText, board: &Board) {
        text.heading("What this is");
        for paragraph in [
            "Two runs side by side: does one zigzag where the other is smooth? All that is said here is measured in \
             this race. Tab chooses a side; its run is the selected one, whose learning rate ← and → change. Pause \
             (space) and step (.) to walk a path step by step.",
            "loss: the loss of every one of the last steps, and over it the same smoothed as in the race.",
            "path: where these steps led through weight space, × the oldest, the run's marker where it is now; the \
             older half is faint, and a dot stands where the drawn line turns by more than 120°. Each path is seen on \
             its own plane, the one of all directions that shows most of its spread (its first two principal \
             components; how much is said), and at its own scale: the bars say how long what is drawn is. b puts both \
             on one plane and scale. Up to 40 steps are exact, at any moment of the race; more are drawn from \
             compressed steps, within a tenth, which are recorded while they are shown, and for the last steps of a \
             race.",
            "What is real in the picture: the teeth, and their size beside the way from × to the marker. What is not: \
             the bow. Principal components bend any smooth walk into an arc, also a straight or a random one \
             (Antognini & Sohl-Dickstein 2018, arXiv 1806.08805).",
            "angles: how many updates stand at which angle to the one before. 0° goes straight on, 90° turns off at a \
             right angle, 180° goes back.",
        ] {
            text.paragraph(paragraph);
        }
        text.heading("Measures of the last steps, and how they changed within 50 steps");
        for measure in measures::MEASURES {
            text.define(measure.measure.label, measure.meaning);
        }
        text.keys();
        text.race(board);
    }

    fn handle(&mut self, action: Action, board: &mut Board) -> Option<Vec<Effect>> {
        match action {
            Action::SelectPrevious => self.change_side(board, false),
            Action::SelectNext => self.change_side(board, true),
            Action::Select(run) => {
                board.selected = run;
                self.zigzag.choose(run);
            }
            Action::NextSide => {
                self.zigzag.next_side();
                self.select_chosen_side(board);
            }
            Action::FewerSteps => self.change_steps(board, false),
            Action::MoreSteps => self.change_steps(board, true),
            Action::SharePlane => {
                self.zigzag.toggle_shared();
                board.say(match self.zigzag.is_shared() {
                    true => "both paths on one plane and one scale",
                    false => "each path on its own plane, at its own scale",
                });
            }
            _ => return None,
        }
        self.look(board);
        Some(Vec::new())
    }

    /// The selected run stays selected; once there are runs on both sides, only a person changes them.
    fn enter(&mut self, board: &mut Board) {
        self.zigzag.open(board.selected, &board.history);
        if !self.zigzag.sides().contains(&board.selected) {
            let label = board.label(board.selected).to_owned();
            board.say(format!("{label} is on neither side; [ ] puts another run on a side, tab chooses one"));
        }
        self.look(board);
    }

    /// Recordings are asked for of the runs that are looked at, and of no others until the end of the race: to record a
    /// step takes a tenth of the time of training it, or half of it at one sample a step.
    fn catch_up(&mut self, board: &Board, is_shown: bool) -> CatchUp {
        let needs_drawing = is_shown && self.look(board);
        let commands = self.zigzag.requests(board, is_shown);
        CatchUp {
            needs_drawing,
            effects: commands.into_iter().map(|(run, command)| Effect::Race(Target::Run(run), command)).collect(),
        }
    }

    fn draw(&self, painter: &mut Painter<'_>, area: Rect, board: &Board) {
        let cx = Context { board, theme: painter.theme };
        draw(painter, area, cx, &self.zigzag);
    }

    fn paces_itself(&self) -> bool {
        true
    }
}

/// Draws both sides, and under them a line in words.
fn draw(painter: &mut Painter<'_>, body: Rect, cx: Context<'_>, zigzag: &Zigzag) {
    let buffer = &mut *painter.buffer;
    let panes = zigzag.panes();
    let columns = usize::from(body.width.saturating_sub(2)).max(1);
    let caption = |magnified| wrap(&cx.theme.words(&caption::text(cx.board, zigzag, magnified)), columns);
    // How large the scales are is known only once there is a layout.
    let lines = u16::try_from(caption(Some(99.9)).len()).unwrap_or(u16::MAX);
    let layout = ZigzagPlaces::of(body, panes.len(), lines);
    let sections: Vec<Sections> = layout.panes.iter().map(|area| Sections::of(*area)).collect();
    let Some(first) = sections.first() else { return };
    let loss = loss::LossScale::of(cx, panes);
    let scales = path::PathScale::of(panes, zigzag.is_shared(), first.path, cx.theme);
    let magnified = match &scales[..] {
        [Some(left), Some(right)] => Some(left.magnifies(*right)),
        _ => None,
    };
    let angles = angles::peak(panes);
    for ((pane, sections), scale) in panes.iter().zip(&sections).zip(&scales) {
        title(buffer, sections.title, cx, pane);
        loss::render(buffer, sections, cx, pane, loss.as_ref());
        path::render(buffer, sections, cx, pane, *scale);
        angles::render(buffer, sections, cx.theme, pane, angles);
        measures::render(buffer, sections.measures, cx.theme, pane);
    }
    for (pane, area) in panes.iter().zip(&layout.panes) {
        painter.drawn.note(*area, ClickTarget::Run(pane.run));
    }
    for (line, y) in caption(magnified).iter().zip(layout.verdict.y..layout.verdict.bottom()) {
        buffer.set_stringn(body.x + 1, y, line, usize::from(body.width) - 1, cx.theme.strong());
    }
}

/// Cells of a name that comes before what else is told of its run.
const LONG_NAME: usize = 14;

fn title(buffer: &mut Buffer, area: Rect, cx: Context<'_>, pane: &Pane) {
    let run = &cx.board.history.runs[pane.run];
    let seen = cx.board.seen(pane.run);
    let theme = cx.theme;
    let is_chosen = pane.run == cx.board.selected;
    let base = if is_chosen { theme.selected_row() } else { Style::new() };
    buffer.set_style(area, base);
    let is_worth_saying = seen.state().has_ended() || cx.board.is_guessing(pane.run);
    let state =
        if is_worth_saying { format!(" · {}", cx.board.state_texts(pane.run).swap_remove(0)) } else { String::new() };
    let batch = if area.width >= 60 { format!("batch {} · ", run.info.batch_size) } else { String::new() };
    let lr = format!("lr {}", lr::short(cx.board.seen_lr(pane.run)));
    let step = format!("step {}", grouped(pane.step as u64));
    let rights = [format!("{batch}{lr} · {step}{state}"), format!("{step}{state}"), step];
    // The name comes first, and a name that is long has some room in any case.
    let beside = |right: &String| usize::from(area.width).saturating_sub(text::columns(right) + 6);
    let wanted = text::columns(&cx.board.names()[pane.run]).min(LONG_NAME);
    let right = rights.iter().find(|right| beside(right) >= wanted).unwrap_or(&rights[2]);
    let room = beside(right);
    let own = base.patch(theme.run(pane.run)).patch(theme.strong());
    let left = Line::from(vec![
        Span::styled(if is_chosen { "▸" } else { " " }, base),
        Span::styled(format!("{} {}", theme.marker(pane.run), cx.board.short_labels(room)[pane.run]), own),
    ]);
    both_ends(buffer, area, &left, &Line::styled(right.as_str(), base));
}
