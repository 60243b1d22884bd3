//! The dynamics: learning rate, gradient norm, update norm and effective learning rate of every run, over time.

mod numbers;

use ratatui::layout::{Constraint, Layout, Rect};

use crate::board::Board;
use crate::board::columns::dynamics::COLUMNS;
use crate::board::series::Metric;
use crate::tui::drawn::{Context, Painter};
use crate::tui::effect::Effect;
use crate::tui::keymap::{Action, Entry, charts, plain, time};
use crate::tui::view::{View, ViewKind, is_on};
use crate::tui::widgets::chart;
use crate::tui::widgets::help_text::HelpText;

/// Keys that only this view has, in the order in which they are shown.
static KEYS: &[Entry] = &[Entry {
    keys: &[(plain('{'), Action::PreviousLayer), (plain('}'), Action::NextLayer)],
    shown: "{ }",
    short: "layer",
    help: "effective learning rates of the whole network, or of one layer",
    rank: 2,
}];

const ABOUT: &str = "What drives the weights. Effective learning rate: how far a single parameter moved in a step, \
                     divided by its gradient, measured every 50 steps. The line is the median over the parameters; the \
                     dots of the selected run reach from the 10th to the 90th percentile. Under SGD all parameters \
                     share the learning rate, so there is no band; AdaGrad's falls as it sums up squared gradients; \
                     RMSprop's and Adam's hold their height, as they forget. Parameters whose gradient is 0 have no \
                     rate; they are counted instead.";

/// Least lines of the charts where a table of all runs is below them.
const CHARTS_BESIDE_TABLE: u16 = 20;

/// Lines for a legend and the selected run's numbers, where there is no room for the table.
const LEGEND: u16 = 2;

/// The view.
pub struct DynamicsView;

impl View for DynamicsView {
    fn kind(&self) -> ViewKind {
        ViewKind { key: '4', name: "dynamics" }
    }

    fn keys(&self) -> Vec<&'static [Entry]> {
        vec![KEYS, charts::KEYS, time::KEYS]
    }

    fn help(&self, text: &mut HelpText, board: &Board) {
        text.charts(board);
        text.heading("View 4: dynamics");
        text.paragraph(ABOUT);
        text.keys();
        text.columns("Columns", COLUMNS);
        text.race(board);
    }

    fn handle(&mut self, action: Action, board: &mut Board) -> Option<Vec<Effect>> {
        match action {
            Action::PreviousLayer => board.turn_layers(true),
            Action::NextLayer => board.turn_layers(false),
            Action::ToggleLog => board.toggle_log(true),
            _ => return None,
        }
        Some(Vec::new())
    }

    fn is_on(&self, action: Action, board: &Board) -> bool {
        if action == Action::ToggleLog { board.charts.dynamics_log } else { is_on(action, board) }
    }

    fn draw(&self, painter: &mut Painter<'_>, area: Rect, board: &Board) {
        let runs = u16::try_from(board.history.runs.len()).unwrap_or(u16::MAX);
        let table = runs.saturating_add(1);
        let below = if area.height >= table.saturating_add(CHARTS_BESIDE_TABLE) { table } else { LEGEND };
        let [charts, numbers] = Layout::vertical([Constraint::Fill(1), Constraint::Length(below)]).areas(area);
        let rows = Layout::vertical([Constraint::Length(charts.height / 2), Constraint::Fill(1)]).areas::<2>(charts);
        let halves =
            |row| Layout::horizontal([Constraint::Length(area.width / 2), Constraint::Fill(1)]).areas::<2>(row);
        let metrics = [[Metric::Lr, Metric::EffectiveLr], [Metric::GradNorm, Metric::UpdateNorm]];
        let cx = Context { board, theme: painter.theme };
        let places = rows.map(halves).into_iter().flatten().zip(metrics.into_iter().flatten());
        for (area, metric) in places {
            chart::render(painter, area, cx, metric);
        }
        numbers::render(painter, numbers, cx);
    }
}
