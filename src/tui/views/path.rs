//! All paths on one plane of weight space: the plane, and under it a line per run.

mod contour;
mod plot;
mod table;

use std::time::Duration;

use ratatui::layout::{Constraint, Layout, Rect};

use crate::board::columns::path::COLUMNS;
use crate::board::path::is_outdated;
use crate::board::{Board, LOOK_EVERY};
use crate::race::history::{History, RunState};
use crate::race::landscape::{LOSS_SAMPLES, Life};
use crate::race::protocol::{Command, Target};
use crate::race::recording::most_snapshots;
use crate::text::grouped;
use crate::tui::drawn::{Context, Painter};
use crate::tui::effect::Effect;
use crate::tui::keymap::charts::{HIDE, ONLY};
use crate::tui::keymap::{Entry, time};
use crate::tui::view::{CatchUp, View, ViewKind};
use crate::tui::widgets::help_text::HelpText;

/// Keys that not every view has, in the order in which they are shown.
static KEYS: &[Entry] = &[HIDE, ONLY];

/// Training samples that the loss on the plane is the mean of.
fn samples(board: &Board) -> u64 {
    board.info.training_samples.min(LOSS_SAMPLES as u64)
}

/// Weights and biases of the network.
fn parameters(board: &Board) -> usize {
    board.info.architecture.parameters()
}

/// The view: has the race record paths, and the landscape's worker look at them.
#[derive(Debug, Default)]
pub struct PathView {
    /// Whether the race was asked to record paths.
    is_recorded: bool,
    /// What the landscape's worker looks at; `None` while it rests.
    looked_at: Option<LookedAt>,
    /// When it was drawn last because runs train.
    shown: Duration,
    /// When runs were last asked for their weights.
    asked: Duration,
}

/// Weights that are asked for in [`LOOK_EVERY`] at most: copying a million takes a run less than a millisecond.
const MOST_WEIGHTS: usize = 1_000_000;

/// What a picture depends on.
#[derive(Debug, PartialEq)]
struct LookedAt {
    life: Life,
    is_still: bool,
    /// Of each run, how many snapshots there are, the step of the last, and whether it has diverged.
    runs: Vec<(usize, u32, bool)>,
    hidden: Vec<bool>,
}

impl LookedAt {
    fn of(history: &History, hidden: &[bool]) -> Self {
        let runs = history.runs.iter().map(|run| {
            let last = run.snapshots.last().map_or(0, |snapshot| snapshot.step);
            (run.snapshots.len(), last, matches!(run.state, RunState::Diverged { .. }))
        });
        let hidden = hidden.to_vec();
        Self { life: Life::of(history), is_still: history.is_still(), runs: runs.collect(), hidden }
    }
}

impl PathView {
    /// Asks those that have trained for their present weights, so that their markers move with them.
    fn ask_for_weights(&mut self, board: &Board) -> Vec<Effect> {
        let all = parameters(board) * board.history.runs.len();
        let pause = LOOK_EVERY * u32::try_from(all.div_ceil(MOST_WEIGHTS)).unwrap_or(u32::MAX).max(1);
        if board.playhead.is_back() || board.picture().is_none() || board.now < self.asked + pause {
            return Vec::new();
        }
        self.asked = board.now;
        let outdated = (0..board.history.runs.len()).filter(|run| is_outdated(&board.history.runs[*run]));
        outdated.map(|run| Effect::Race(Target::Run(run), Command::PresentWeights)).collect()
    }
}

impl View for PathView {
    fn kind(&self) -> ViewKind {
        ViewKind { key: '3', name: "path" }
    }

    fn keys(&self) -> Vec<&'static [Entry]> {
        vec![KEYS, time::KEYS]
    }

    fn help(&self, text: &mut HelpText, board: &Board) {
        let parameters = parameters(board);
        text.heading("What this is");
        let weights = grouped(parameters as u64);
        let plane = format!(
            "The path of every run through the space of all {weights} weights, as its shadow on a plane: × is the \
             start, the same for all, a run's marker the place of its present weights. Of all planes it is the one \
             that shows most of the snapshots' variance (their first two principal components, PC 1 and PC 2: Li et \
             al. 2018, Visualizing the Loss Landscape of Neural Nets). The axes say how much of the variance lies \
             along each, and count distances in weight space from below the start. The plane is kept while it shows \
             at most 2 % less than the best one would, and a new one is turned towards the one before. Runs that \
             diverged, and those that v hides, have no say in it: hide what goes too far to see the others closely."
        );
        let ground = format!(
            "The ground is the loss of the network whose weights lie on the plane, there and not at the paths' own \
             height: the mean over {} training samples. Darker is lower; where there are too few colours, dotted \
             lines stand where the legend's losses are reached. A path may seem to run uphill, as it leads beside the \
             plane: `loss on map` is the loss of its shadow, `loss` its own, `off plane` how far one is from the \
             other. The map is computed while it is seen, in a few percent of the time while runs train and on all \
             cores while they pause, first coarse, then finer: up to 65×65 points, linear between them.",
            grouped(samples(board))
        );
        let most = most_snapshots(parameters);
        let memory = format!(
            "Snapshots are taken from the first step on, also while another view is shown: every 50 steps, and every \
             second one is dropped whenever a run has {most}, at most {:.0} MB a run.",
            (most as usize + 1) as f64 * (parameters * size_of::<f32>()) as f64 / 1e6
        );
        for paragraph in [plane, ground, memory] {
            text.paragraph(&paragraph);
        }
        text.columns("Columns", COLUMNS);
        text.keys();
        text.race(board);
    }

    /// Snapshots are asked for at once, as a path that begins in the middle says little; the landscape's worker is
    /// asked to look whenever there is something new to see, while the view is shown.
    fn catch_up(&mut self, board: &Board, is_shown: bool) -> CatchUp {
        let mut effects = Vec::new();
        if !std::mem::replace(&mut self.is_recorded, true) {
            effects.push(Effect::Race(Target::All, Command::Snapshots { on: true }));
        }
        let wanted = is_shown.then(|| LookedAt::of(&board.history, &board.hidden));
        if wanted != self.looked_at {
            effects.push(Effect::Look { on: wanted.is_some() });
            self.looked_at = wanted;
        }
        effects.extend(if is_shown { self.ask_for_weights(board) } else { Vec::new() });
        // The numbers beside the paths go on while they are seen.
        let needs_drawing = is_shown && board.now >= self.shown + LOOK_EVERY && !board.history.is_still();
        if needs_drawing {
            self.shown = board.now;
        }
        CatchUp { needs_drawing, effects }
    }

    fn draw(&self, painter: &mut Painter<'_>, area: Rect, board: &Board) {
        let runs = u16::try_from(board.history.runs.len()).unwrap_or(u16::MAX);
        let table = Constraint::Length(runs.saturating_add(1).min(area.height / 3));
        let [plot, table] = Layout::vertical([Constraint::Fill(1), table]).areas(area);
        plot::render(painter.buffer, plot, Context { board, theme: painter.theme });
        table::render(painter, table, board);
    }

    fn paces_itself(&self) -> bool {
        true
    }
}
