//! The numbers behind the charts: of all runs where there is room, else a legend and those of the selected run.

use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::board::column::Column;
use crate::board::value::{CellValue, Notation};
use crate::race::measure::EffectiveLr;
use crate::race::protocol::RunIndex;
use crate::tui::app::App;
use crate::tui::drawn::{Painter, Target};
use crate::tui::view::columns::{number, recent_mean};
use crate::tui::view::format;
use crate::tui::view::table::rows;
use crate::tui::widgets::run_table::{RunRow, RunTable};

/// All columns.
static COLUMNS: &[Column<App>] = &[
    Column {
        title: "lr",
        width: 7,
        rank: 0,
        meaning: "learning rate of the next step",
        value: |app, run| CellValue::Number(app.lr(run), Notation::Lr { asked: false }),
    },
    Column {
        title: "grad norm",
        width: 10,
        rank: 1,
        meaning: "length of the gradient, mean of 50 steps",
        value: |app, run| number(recent_mean(app, run, |step| step.grad_norm), Notation::Compact),
    },
    Column {
        title: "update norm",
        width: 12,
        rank: 2,
        meaning: "length of an update of the weights, mean of 50 steps",
        value: |app, run| number(recent_mean(app, run, |step| step.update_norm), Notation::Compact),
    },
    Column {
        title: "eff lr 10 %",
        width: 12,
        rank: 3,
        meaning: "10th percentile of the effective learning rates",
        value: |app, run| number(last_rates(app, run).map(|rates| rates.p10), Notation::Compact),
    },
    Column {
        title: "median",
        width: 8,
        rank: 4,
        meaning: "their median",
        value: |app, run| number(last_rates(app, run).map(|rates| rates.p50), Notation::Compact),
    },
    Column {
        title: "90 %",
        width: 8,
        rank: 5,
        meaning: "their 90th percentile",
        value: |app, run| number(last_rates(app, run).map(|rates| rates.p90), Notation::Compact),
    },
    Column {
        title: "no gradient",
        width: 12,
        rank: 6,
        meaning: "parameters whose gradient is 0",
        value: |app, run| CellValue::of(last_rates(app, run).map(|rates| rates.still.into()), Notation::Count),
    },
];

/// The effective learning rates of what is shown, the whole network or a layer, in the run's last window.
fn last_rates(app: &App, run: RunIndex) -> Option<&EffectiveLr> {
    let run = &app.history.runs[run];
    match app.series.layer() {
        None => run.windows.last().map(|window| &window.effective_lr),
        Some(layer) => run.layer_effective_lr(layer).last(),
    }
}

/// Draws them.
pub fn render(painter: &mut Painter<'_>, area: Rect, app: &App) {
    if usize::from(area.height) > app.history.runs.len() {
        let rows = rows(app).map(|row| RunRow { states: Vec::new(), ..row }).collect();
        let table = RunTable {
            board: app,
            columns: COLUMNS,
            rows,
            selected: app.selected,
            renamed: None,
            note: app.layer_name(),
        };
        return table.render(painter, area);
    }
    let buffer = &mut *painter.buffer;
    for (run, place) in legend(app, area) {
        let style = if run == app.selected { app.theme.run(run).patch(app.theme.chosen()) } else { app.theme.run(run) };
        buffer.set_stringn(place.x, place.y, entry(app, run), usize::from(place.width), style);
        painter.drawn.note(place, Target::Run(run));
    }
    let run = app.selected;
    let number = |index: usize| (COLUMNS[index].value)(app, run);
    let text = format!(
        "{} lr {} · grad norm {} · update norm {} · eff lr {} ({} to {}) · {} without gradient",
        app.theme.marker(run),
        number(0),
        number(1),
        number(2),
        number(4),
        number(3),
        number(5),
        number(6)
    );
    if area.height > 1 {
        let room = usize::from(area.width).saturating_sub(2);
        buffer.set_string(area.x + 1, area.y + 1, format::cut(&text, room), Style::new());
    }
}

fn entry(app: &App, run: RunIndex) -> String {
    format!("{} {}", app.theme.marker(run), app.history.runs[run].info.label)
}

/// Where each run of the legend stands, from one on such that the selected one is among them.
fn legend(app: &App, area: Rect) -> impl Iterator<Item = (RunIndex, Rect)> {
    let width = |run: RunIndex| entry(app, run).chars().count() as u16;
    let runs = app.history.runs.len();
    let fits = |first: RunIndex| (first..=app.selected).map(|run| width(run) + 2).sum::<u16>() < area.width;
    let first = (0..=app.selected).find(|first| fits(*first)).unwrap_or(app.selected);
    let mut x = area.x + 1;
    (first..runs).map_while(move |run| {
        let place = Rect { x, y: area.y, width: width(run).min(area.right().saturating_sub(x)), height: 1 };
        x += place.width + 2;
        (place.right() <= area.right() && place.width > 0).then_some((run, place))
    })
}
