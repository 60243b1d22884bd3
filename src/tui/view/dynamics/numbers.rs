//! The numbers behind the charts: of all runs where there is room, else a legend and those of the selected run.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::race::measure::EffectiveLr;
use crate::race::protocol::RunIndex;
use crate::tui::app::App;
use crate::tui::drawn::{Painter, Target};
use crate::tui::lr;
use crate::tui::view::columns::{none, recent_mean};
use crate::tui::view::format;
use crate::tui::view::run_line::{self, Name, SIGNS};

/// Characters of a name: at least, and at most.
const NAMES: std::ops::RangeInclusive<usize> = 8..=20;

/// A number of a run.
struct Column {
    title: &'static str,
    width: usize,
    value: fn(&App, RunIndex) -> String,
}

static COLUMNS: [Column; 7] = [
    Column { title: "lr", width: 8, value: |app, run| lr::short(app.lr(run)) },
    Column { title: "grad norm", width: 11, value: |app, run| mean(recent_mean(app, run, |step| step.grad_norm)) },
    Column { title: "update norm", width: 13, value: |app, run| mean(recent_mean(app, run, |step| step.update_norm)) },
    Column { title: "eff lr 10 %", width: 13, value: |app, run| rate(app, run, |rates| rates.p10) },
    Column { title: "median", width: 9, value: |app, run| rate(app, run, |rates| rates.p50) },
    Column { title: "90 %", width: 9, value: |app, run| rate(app, run, |rates| rates.p90) },
    Column { title: "no gradient", width: 13, value: |app, run| still(app, run) },
];

fn mean(value: Option<f32>) -> String {
    value.map_or_else(none, format::compact)
}

/// The effective learning rates of what is shown, the whole network or a layer, in the run's last window.
fn last_rates(app: &App, run: RunIndex) -> Option<&EffectiveLr> {
    let run = &app.history.runs[run];
    match app.series.layer() {
        None => run.windows.last().map(|window| &window.effective_lr),
        Some(layer) => run.layer_effective_lr(layer).last(),
    }
}

fn rate(app: &App, run: RunIndex, quantile: fn(&EffectiveLr) -> f32) -> String {
    let rate = last_rates(app, run).map(quantile).filter(|rate| rate.is_finite());
    rate.map_or_else(none, format::compact)
}

fn still(app: &App, run: RunIndex) -> String {
    last_rates(app, run).map_or_else(none, |rates| rates.still.to_string())
}

/// Draws them.
pub fn render(painter: &mut Painter<'_>, area: Rect, app: &App) {
    let buffer = &mut *painter.buffer;
    if is_table(app, area) {
        heading(buffer, area, app);
        for (run, y) in (0..app.history.runs.len()).zip(area.y + 1..area.bottom()) {
            let place = Rect { y, height: 1, ..area };
            line(buffer, place, app, run);
            painter.drawn.note(place, Target::Run(run));
        }
        return;
    }
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

fn is_table(app: &App, area: Rect) -> bool {
    usize::from(area.height) > app.history.runs.len()
}

fn names(app: &App) -> u16 {
    let longest = app.history.runs.iter().map(|run| run.info.label.chars().count()).max().unwrap_or(0);
    longest.clamp(*NAMES.start(), *NAMES.end()) as u16
}

fn heading(buffer: &mut Buffer, area: Rect, app: &App) {
    let faint = app.theme.faint();
    buffer.set_string(area.x + SIGNS, area.y, "run", faint);
    let mut x = area.x + SIGNS + names(app);
    for column in &COLUMNS {
        let room = usize::from(area.right().saturating_sub(x));
        if column.width > room {
            return;
        }
        buffer.set_string(x, area.y, format!("{:>1$}", column.title, column.width), faint);
        x += column.width as u16;
    }
    let note = format!("  {}", app.layer_name());
    buffer.set_stringn(x, area.y, note, usize::from(area.right().saturating_sub(x)), faint);
}

fn line(buffer: &mut Buffer, area: Rect, app: &App, run: RunIndex) {
    let name = Name {
        sign: run,
        label: &app.history.runs[run].info.label,
        width: names(app),
        is_selected: run == app.selected,
        is_hidden: app.hidden[run],
    };
    let base = run_line::begin(buffer, area, app.theme, &name);
    let mut x = area.x + SIGNS + names(app);
    for column in &COLUMNS {
        if column.width > usize::from(area.right().saturating_sub(x)) {
            return;
        }
        buffer.set_string(x, area.y, format!("{:>1$}", (column.value)(app, run), column.width), base);
        x += column.width as u16;
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
