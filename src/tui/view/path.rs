//! Draws all paths on one plane of weight space: the plane, and under it a line per run.

mod levels;
mod plot;
mod table;

use ratatui::layout::Rect;
use ratatui::text::Line;

use super::help;
use crate::race::landscape::FIELD_SAMPLES;
use crate::race::watch::most_snapshots;
use crate::text::grouped;
use crate::tui::app::App;
use crate::tui::drawn::Painter;

/// Places in the body of the view.
struct Layout {
    plot: Rect,
    table: Rect,
}

impl Layout {
    fn of(app: &App, body: Rect) -> Self {
        let runs = u16::try_from(app.history.runs.len()).unwrap_or(u16::MAX);
        let table = runs.saturating_add(1).min(body.height / 3);
        let plot = Rect { height: body.height - table, ..body };
        Self { plot, table: Rect { y: plot.bottom(), height: table, ..body } }
    }
}

/// Draws the view.
pub fn render(painter: &mut Painter<'_>, body: Rect, app: &App) {
    let layout = Layout::of(app, body);
    plot::render(painter.buffer, layout.plot, app);
    table::render(painter, layout.table, app);
}

/// Training samples that the loss on the plane is the mean of.
fn samples(app: &App) -> u64 {
    app.facts.training_samples.min(FIELD_SAMPLES as u64)
}

/// Weights and biases of the network.
fn parameters(app: &App) -> usize {
    app.facts.architecture.parameters()
}

/// What the help says of the view.
pub fn help_lines(lines: &mut Vec<Line<'static>>, app: &App, width: usize) {
    let (theme, parameters) = (app.theme, parameters(app));
    help::heading(lines, theme, "What this is");
    let weights = grouped(parameters as u64);
    let plane = format!(
        "The path of every run through the space of all {weights} weights, as its shadow on a plane: × is the start, the \
         same for all, a run's sign the place of its last snapshot. Of all planes it is the one that shows most of the \
         snapshots' variance (their first two principal components, PC 1 and PC 2: Li et al. 2018, Visualizing the Loss \
         Landscape of Neural Nets). The axes say how much of the variance lies along each, and count distances in weight \
         space from below the start. The plane is kept while it shows at most 2 % less than the best one would, and a new \
         one is turned towards the one before. Runs that diverged, and those that v hides, have no say in it: hide what goes too far to see \
         the others closely."
    );
    let ground = format!(
        "The ground is the loss of the network whose weights lie on the plane, there and not at the paths' own height: the \
         mean over {} training samples. Darker is lower; where there are too few colours, dotted lines stand where the \
         legend's losses are reached. A path may seem to run uphill, as it leads beside the plane: `on map` is the \
         loss of its shadow, `loss` its own, `off plane` how far one is from the other. The map is computed while it is seen, \
         in a few percent of the time while runs train and on all cores while they pause, first coarse, then finer: up to \
         65×65 points, straight in between.",
        grouped(samples(app))
    );
    let most = most_snapshots(parameters);
    let memory = format!(
        "Snapshots are taken from the first step on, also while another view is shown: every 50 steps, and every second one is \
         dropped whenever a run has {most}, at most {:.0} MB a run.",
        (most as usize + 1) as f64 * (parameters * size_of::<f32>()) as f64 / 1e6
    );
    for paragraph in [plane, ground, memory] {
        help::plain(lines, &paragraph, width);
    }
    help::heading(lines, theme, "Columns");
    for column in table::COLUMNS {
        help::defined(lines, theme, column.title, 15, column.meaning, width);
    }
}
