//! The plane, with every run's path on it and the loss as its ground.

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Paragraph, Widget, Wrap};

use super::contour::ContourLevels;
use super::{parameters, samples};
use crate::race::landscape::{LandscapeFrame, PathSpot};
use crate::race::protocol::RunIndex;
use crate::surface::{Point, Range};
use crate::text::{self, grouped};
use crate::tui::drawn::Context;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::captions::{self, Caption, LONGEST_NAME, RUN_SPOTS};
use crate::tui::widgets::map::PlaneMap;

/// Cells for the labels of the vertical axis.
const LABELS: u16 = 6;

/// From this width on, it is said how many samples the loss is the mean of.
const WIDE: u16 = 100;

/// What is seen around the last part of a path, where only that is: so much of its extent on each side.
const MARGIN: f64 = 0.5;

/// The least extent of that part, of what the whole map shows.
const LEAST_EXTENT: f64 = 0.02;

/// Draws it.
pub fn render(buffer: &mut Buffer, area: Rect, cx: Context<'_>) {
    let Some(picture) = cx.board.picture() else {
        let block = Block::bordered().border_style(cx.theme.faint());
        let inner = block.inner(area);
        block.title(Line::styled(" paths on one plane ", cx.theme.strong())).render(area, buffer);
        nothing_yet(buffer, inner, cx);
        return;
    };
    let map = map(area, cx, picture);
    let levels = picture.grid.as_ref().map(|grid| ContourLevels::of(grid, &map));
    frame(buffer, area, cx, picture, levels.as_ref());
    if map.area.is_empty() {
        return;
    }
    map.axes(buffer, cx.theme, LABELS);
    if let Some((grid, levels)) = picture.grid.as_ref().zip(levels) {
        let band = |at: Point| grid.contains(at.x, at.y).then(|| levels.band(grid.loss_at(at.x, at.y)));
        map.shade(buffer, cx.theme, band);
    }
    paths(buffer, &map, cx, picture);
}

/// The part of the plane that is seen, within a frame around it.
fn map(area: Rect, cx: Context<'_>, picture: &LandscapeFrame) -> PlaneMap {
    let inner = Rect {
        x: area.x + 1 + LABELS,
        y: area.y + 1,
        width: area.width.saturating_sub(LABELS + 3),
        height: area.height.saturating_sub(3),
    };
    let whole = PlaneMap { area: inner, x: range(picture.x), y: range(picture.y) };
    if cx.board.playhead.is_zoomed() { zoomed(whole, cx, picture) } else { whole }
}

fn range([low, high]: [f64; 2]) -> Range {
    Range::new(low, high)
}

fn point(at: &PathSpot) -> Point {
    Point::new(at.spot.x, at.spot.y)
}

/// The part of `whole` in which the selected run was while the charts show it.
fn zoomed(whole: PlaneMap, cx: Context<'_>, picture: &LandscapeFrame) -> PlaneMap {
    let path = picture.paths.get(cx.board.selected).map_or(&[][..], Vec::as_slice);
    let part = cx.board.shown_samples();
    let steps = &cx.board.history.runs[cx.board.selected].steps;
    let done = |samples: u64| steps.partition_point(|step| step.samples <= samples);
    let part = done(part.start)..=done(part.end);
    let places: Vec<Point> = path
        .iter()
        .filter(|at| part.contains(&(at.step as usize)))
        .map(point)
        .filter(|at| whole.contains(*at))
        .collect();
    if places.is_empty() {
        return whole;
    }
    let around = |value: fn(&Point) -> f64, whole: Range| {
        let low = places.iter().map(value).fold(f64::INFINITY, f64::min);
        let high = places.iter().map(value).fold(f64::NEG_INFINITY, f64::max);
        let margin = MARGIN * (high - low).max(LEAST_EXTENT * whole.extent());
        Range::new((low - margin).max(whole.low), (high + margin).min(whole.high))
    };
    PlaneMap { x: around(|at| at.x, whole.x), y: around(|at| at.y, whole.y), ..whole }
}

/// The runs that are not hidden, the selected one last.
fn shown(cx: Context<'_>, picture: &LandscapeFrame) -> impl Iterator<Item = RunIndex> {
    let (selected, runs) = (cx.board.selected, picture.paths.len());
    let others = (0..runs).filter(move |run| *run != selected);
    others.chain([selected]).filter(move |run| *run < runs && !cx.board.hidden[*run])
}

fn frame(buffer: &mut Buffer, area: Rect, cx: Context<'_>, picture: &LandscapeFrame, levels: Option<&ContourLevels>) {
    let theme = cx.theme;
    let [first, second] = picture.explained.map(|share| format!("{:.0} % of the variance", 100.0 * share));
    let horizontal = format!(" PC 1 → {first} ");
    let zoomed = cx.board.zoom_name().map_or_else(String::new, |part| format!("· {part} of the selected path "));
    let room = usize::from(area.width).saturating_sub(text::columns(&horizontal) + 4);
    let legend = levels.map_or_else(Line::default, |levels| levels.legend(theme, room));
    Block::bordered()
        .border_style(theme.faint())
        .title(Line::styled(format!(" PC 2 ↑ {second} {zoomed}"), theme.strong()))
        .title(Line::styled(fineness(cx, picture, area.width), theme.faint()).right_aligned())
        .title_bottom(legend)
        .title_bottom(Line::styled(horizontal, theme.strong()).right_aligned())
        .render(area, buffer);
}

/// How fine the map is, and whether it will be finer.
fn fineness(cx: Context<'_>, picture: &LandscapeFrame, width: u16) -> String {
    let samples = if width >= WIDE {
        format!(" · loss of {} training samples", grouped(samples(cx.board)))
    } else {
        String::new()
    };
    match &picture.grid {
        None => format!(" computing the map{samples} "),
        Some(grid) => {
            let goes_on = if picture.is_finest { "finest" } else { "refining" };
            format!(" map {side}×{side}, {goes_on}{samples} ", side = grid.side)
        }
    }
}

fn paths(buffer: &mut Buffer, map: &PlaneMap, cx: Context<'_>, picture: &LandscapeFrame) {
    let theme = cx.theme;
    let style = |run: RunIndex| {
        let own = theme.run(run);
        if run == cx.board.selected { own.patch(theme.strong()) } else { own }
    };
    let runs: Vec<RunIndex> = shown(cx, picture).collect();
    let mut canvas = Canvas::new(map.area, theme.ascii);
    let paths: Vec<Vec<PathSpot>> = runs.iter().map(|&run| cx.board.seen_path(picture, run)).collect();
    for (&run, path) in runs.iter().zip(&paths) {
        map.path(&mut canvas, path.iter().map(point), run, run == cx.board.selected);
    }
    canvas.render(buffer, style);
    let start = picture.paths.iter().find_map(|path| path.first()).map(point);
    if let Some(start) = start {
        map.put(buffer, start, "×", theme.strong().patch(theme.on_map()));
    }
    // A path that leads out of the map has its marker where it is seen last.
    let last = |path: &[PathSpot]| path.iter().rev().map(point).find(|at| map.contains(*at));
    let ends: Vec<Option<Point>> = paths.iter().map(|path| last(path)).collect();
    for (&run, end) in runs.iter().zip(&ends) {
        if let Some(at) = *end {
            map.put(buffer, at, theme.marker(run), style(run));
        }
    }
    let names = cx.board.short_labels(LONGEST_NAME);
    let caption = |(&run, end): (&RunIndex, &Option<Point>)| {
        let name = names[run].clone();
        Some(Caption { at: map.cell((*end)?)?, name, style: style(run), spots: RUN_SPOTS })
    };
    let start = start.and_then(|at| map.cell(at)).map(|at| {
        let style = theme.strong().patch(theme.on_map());
        Caption { at, name: "start".to_owned(), style, spots: RUN_SPOTS }
    });
    let captions: Vec<Caption> = runs.iter().zip(&ends).rev().filter_map(caption).chain(start).collect();
    captions::render(buffer, map.area, &captions);
}

/// What will be seen, and why it is not yet.
fn nothing_yet(buffer: &mut Buffer, area: Rect, cx: Context<'_>) {
    let has_snapshots = cx.board.history.runs.iter().any(|run| run.snapshots.len() > 1);
    let wait = match cx.board.landscape_trouble() {
        Some(trouble) => format!("The system refuses the thread that computes it: {trouble}."),
        None if has_snapshots => "The plane is being computed…".to_owned(),
        None => "It begins with the first snapshots, 50 steps after the start.".to_owned(),
    };
    let what = format!(
        "Here the path of every run through the space of all {} weights will lead away from their common start, seen \
         on the plane that shows most of it; the ground will be the loss there.",
        grouped(parameters(cx.board) as u64)
    );
    let height = area.height.min(6);
    let middle =
        Rect { x: area.x + 1, y: area.y + (area.height - height) / 2, width: area.width.saturating_sub(2), height };
    let text = vec![Line::from(what), Line::from(wait)];
    Paragraph::new(text).alignment(Alignment::Center).wrap(Wrap { trim: true }).render(middle, buffer);
}
