//! A line per run: where it is, and how far from what is seen of it.

use ratatui::layout::Rect;

use crate::board::column::Column;
use crate::board::value::{CellValue, Notation, compact};
use crate::race::landscape::PathSpot;
use crate::race::protocol::RunIndex;
use crate::tui::app::App;
use crate::tui::drawn::Painter;
use crate::tui::series::Metric;
use crate::tui::view::columns::number;
use crate::tui::view::table::rows;
use crate::tui::widgets::run_table::RunTable;

/// All columns between the run's name and its state.
pub static COLUMNS: &[Column<App>] = &[
    Column {
        title: "loss",
        width: 6,
        rank: 0,
        meaning: "training loss of the run, smoothed like its curve",
        value: |app, run| number(app.series.last(run, Metric::Loss), Notation::Loss),
    },
    Column {
        title: "on map",
        width: 7,
        rank: 1,
        meaning: "loss on the plane, where the run's sign stands",
        value: |app, run| number(on_map(app, run), Notation::Loss),
    },
    Column {
        title: "distance",
        width: 9,
        rank: 2,
        meaning: "how far its weights are from the start, through all of weight space",
        value: |app, run| CellValue::of(last(app, run).map(|last| last.distance), Notation::Compact),
    },
    Column {
        title: "off plane",
        width: 10,
        rank: 3,
        meaning: "how far its weights are from the plane",
        value: |app, run| CellValue::of(last(app, run).map(|last| last.spot.off), Notation::Compact),
    },
    Column {
        title: "of distance",
        width: 12,
        rank: 4,
        meaning: "that compared with the distance: the less, the more of the way is seen; over 100 % where a run is nearer \
                  to the start than to the plane, which does not lead through the start either",
        value: |app, run| CellValue::of(last(app, run).map(|last| last.spot.off / last.distance), Notation::Percent),
    },
    Column {
        title: "at step",
        width: 8,
        rank: 5,
        meaning: "step of its last snapshot, where its sign stands",
        value: |app, run| CellValue::of(last(app, run).map(|last| last.step.into()), Notation::Grouped),
    },
];

/// A run's last snapshot, as the picture shows it.
fn last(app: &App, run: RunIndex) -> Option<&PathSpot> {
    app.picture()?.paths.get(run)?.last()
}

fn on_map(app: &App, run: RunIndex) -> Option<f32> {
    let (grid, spot) = (app.picture()?.grid.as_ref()?, last(app, run)?.spot);
    grid.contains(spot.x, spot.y).then(|| grid.loss_at(spot.x, spot.y))
}

/// Draws the table.
pub fn render(painter: &mut Painter<'_>, area: Rect, app: &App) {
    let start = app.picture().and_then(|picture| picture.paths.iter().find_map(|path| path.first()));
    let note =
        start.map_or_else(String::new, |start| format!("× start: {} off the plane", compact(start.spot.off as f32)));
    let rows = rows(app).collect();
    RunTable { board: app, columns: COLUMNS, rows, selected: app.selected, renamed: None, note }.render(painter, area);
}
