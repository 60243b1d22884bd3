//! A line per run: where it is, and how far from what is seen of it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::race::landscape::{PathSpot, Picture};
use crate::race::protocol::RunIndex;
use crate::text::grouped;
use crate::tui::app::App;
use crate::tui::drawn::{Painter, Target};
use crate::tui::series::Metric;
use crate::tui::view::columns::{self, none};
use crate::tui::view::run_line::{self, Name, SIGNS};
use crate::tui::view::{format, layout};

/// Cells of the shortest and the longest column of names.
const NAMES: std::ops::RangeInclusive<u16> = 8..=20;

/// Cells of the state, where there are enough to tell the step of a divergence.
const WIDE_STATE: u16 = 20;

/// A column of the table.
pub struct Column {
    /// What stands above it.
    pub title: &'static str,
    width: u16,
    /// What it means, for the help.
    pub meaning: &'static str,
    value: fn(&Seen<'_>) -> String,
}

/// A run as the picture shows it.
struct Seen<'a> {
    app: &'a App,
    run: RunIndex,
    picture: Option<&'a Picture>,
    /// Its last snapshot.
    last: Option<&'a PathSpot>,
}

/// All columns between the run's name and its state; where room is short, the last are left out.
pub static COLUMNS: [Column; 6] = [
    Column {
        title: "loss",
        width: 7,
        meaning: "training loss of the run, smoothed like its curve",
        value: |seen| seen.app.series.last(seen.run, Metric::Loss).map_or_else(none, format::loss),
    },
    Column {
        title: "on map",
        width: 8,
        meaning: "loss on the plane, where the run's sign stands",
        value: |seen| seen.on_map().map_or_else(none, format::loss),
    },
    Column {
        title: "distance",
        width: 10,
        meaning: "how far its weights are from the start, through all of weight space",
        value: |seen| seen.last.map_or_else(none, |last| format::compact(last.distance as f32)),
    },
    Column {
        title: "off plane",
        width: 11,
        meaning: "how far its weights are from the plane",
        value: |seen| seen.last.map_or_else(none, |last| format::compact(last.spot.off as f32)),
    },
    Column {
        title: "of distance",
        width: 13,
        meaning: "that compared with the distance: the less, the more of the way is seen; over 100 % where a run is nearer to the start than to the plane, which does not lead through the start either",
        value: |seen| {
            let share = seen.last.map(|last| 100.0 * last.spot.off / last.distance);
            share.filter(|share| share.is_finite()).map_or_else(none, |share| format!("{share:.0} %"))
        },
    },
    Column {
        title: "at step",
        width: 9,
        meaning: "step of its last snapshot, where its sign stands",
        value: |seen| seen.last.map_or_else(none, |last| grouped(u64::from(last.step))),
    },
];

impl<'a> Seen<'a> {
    fn of(app: &'a App, run: RunIndex) -> Self {
        let picture = app.picture();
        let last = picture.and_then(|picture| picture.paths.get(run)?.last());
        Self { app, run, picture, last }
    }

    fn on_map(&self) -> Option<f32> {
        let (grid, spot) = (self.picture?.grid.as_ref()?, self.last?.spot);
        grid.contains(spot.x, spot.y).then(|| grid.loss_at(spot.x, spot.y))
    }
}

/// Draws the table.
pub fn render(painter: &mut Painter<'_>, area: Rect, app: &App) {
    if area.is_empty() {
        return;
    }
    let buffer = &mut *painter.buffer;
    let names = names(app);
    let shown = columns_shown(area.width, names);
    let faint = app.theme.faint();
    let room = |x: u16| usize::from(area.right().saturating_sub(x));
    let visible = visible(app, area);
    let mut x = area.x + SIGNS + names;
    for column in shown {
        buffer.set_stringn(x, area.y, format!("{:>1$}", column.title, usize::from(column.width)), room(x), faint);
        x += column.width;
    }
    let (end, _) = buffer.set_stringn(x + 2, area.y, "state", room(x + 2), faint);
    let note =
        start_off_plane(app).map_or_else(String::new, |off| format!("× start: {} off the plane", format::compact(off)));
    let from = area.right().saturating_sub(note.chars().count() as u16 + 1);
    if from > end + 2 {
        buffer.set_stringn(from, area.y, note, room(from), faint);
    }
    let title = match visible.len() < app.history.runs.len() {
        true => format!("run {}-{}/{}", visible.start + 1, visible.end, app.history.runs.len()),
        false => "run".to_owned(),
    };
    buffer.set_stringn(area.x + SIGNS, area.y, title, usize::from(names) + 1, faint);
    for (run, y) in visible.zip(area.y + 1..area.bottom()) {
        let place = Rect { y, height: 1, ..area };
        line(buffer, place, app, run, names);
        painter.drawn.note(place, Target::Run(run));
    }
}

/// How far the common start is from the plane.
fn start_off_plane(app: &App) -> Option<f32> {
    let start = app.picture()?.paths.iter().find_map(|path| path.first())?;
    Some(start.spot.off as f32)
}

/// The runs that have a line, from top to bottom.
fn visible(app: &App, area: Rect) -> std::ops::Range<RunIndex> {
    let (count, lines) = (app.history.runs.len(), usize::from(area.height.saturating_sub(1)));
    let first = layout::first_visible(app.selected, count, lines);
    first..(first + lines).min(count)
}

fn names(app: &App) -> u16 {
    let longest = app.history.runs.iter().map(|run| run.info.label.chars().count()).max().unwrap_or(0);
    longest.clamp(usize::from(*NAMES.start()), usize::from(*NAMES.end())) as u16
}

/// The columns for which there is room beside names and states.
fn columns_shown(width: u16, names: u16) -> &'static [Column] {
    let mut room = width.saturating_sub(SIGNS + names + 2 + 8);
    let fits = |column: &&Column| {
        let rest = room.checked_sub(column.width);
        room = rest.unwrap_or(0);
        rest.is_some()
    };
    let count = COLUMNS.iter().take_while(fits).count();
    &COLUMNS[..count]
}

fn line(buffer: &mut Buffer, area: Rect, app: &App, run: RunIndex, names: u16) {
    let name = Name {
        sign: run,
        label: &app.history.runs[run].info.label,
        width: names,
        is_selected: run == app.selected,
        is_hidden: app.hidden[run],
    };
    let base = run_line::begin(buffer, area, app.theme, &name);
    let seen = Seen::of(app, run);
    let mut x = area.x + SIGNS + names;
    for column in columns_shown(area.width, names) {
        let text = format!("{:>1$}", (column.value)(&seen), usize::from(column.width));
        buffer.set_string(x, area.y, text, base);
        x += column.width;
    }
    let has_died = app.history.runs[run].state.has_died();
    let style = if has_died { base.patch(app.theme.strong()) } else { base };
    let room = area.right().saturating_sub(x + 2);
    buffer.set_stringn(x + 2, area.y, columns::state(app, run, room >= WIDE_STATE), usize::from(room), style);
}
