//! The surface from above, with every run's path on it.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::contour::ContourBands;
use crate::board::walks::Walks;
use crate::surface::{Minimum, Step, Walk};
use crate::text::cut_apart;
use crate::tui::drawn::{ClickTarget, Painter};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::captions::{self, Caption, CaptionSpot, LONGEST_NAME, RUN_SPOTS, Side};
use crate::tui::widgets::map::PlaneMap;

/// Cells for the labels of the vertical axis.
const LABELS: u16 = 5;

/// Where the name of a minimum may be: it must not cover paths that end beside it.
const MINIMUM_SPOTS: &[CaptionSpot] = &[(Side::Right, 0)];

/// Draws it.
pub fn render(painter: &mut Painter<'_>, area: Rect, walks: &Walks) {
    let area = Rect {
        x: area.x + LABELS,
        width: area.width.saturating_sub(LABELS + 1),
        height: area.height.saturating_sub(1),
        ..area
    };
    if area.is_empty() {
        return;
    }
    painter.drawn.note(area, ClickTarget::Plane);
    let (buffer, theme, surface) = (&mut *painter.buffer, painter.theme, walks.surface());
    let map = PlaneMap { area, x: surface.x, y: surface.y };
    map.axes(buffer, theme, LABELS);
    let bands = ContourBands::of(surface);
    map.shade(buffer, theme, |at| Some(bands.band((surface.value)(at))));
    for minimum in surface.minima {
        map.put(buffer, minimum.at, "◎", theme.strong().patch(theme.on_map()));
    }
    let others = (0..walks.walks().len()).filter(|run| *run != walks.selected());
    let order: Vec<usize> = others.chain([walks.selected()]).collect();
    let style = |run: usize| {
        if run == walks.selected() {
            theme.run(walks.marker(run)).patch(theme.strong())
        } else {
            theme.run(walks.marker(run))
        }
    };
    let mut canvas = Canvas::new(map.area, theme.ascii);
    for &run in &order {
        let places = walks.walks()[run].steps().iter().map(|step| step.at);
        map.path(&mut canvas, places, run, run == walks.selected());
    }
    canvas.render(buffer, style);
    map.put(buffer, walks.start(), "×", theme.strong().patch(theme.on_map()));
    for &run in &order {
        if let Some(step) = last_inside(&map, &walks.walks()[run]) {
            map.put(buffer, step.at, theme.marker(walks.marker(run)), style(run));
        }
    }
    captions::render(buffer, map.area, &captions(&map, walks, &order, theme.on_map(), style));
}

/// Names beside the runs' markers and the minima.
fn captions(
    map: &PlaneMap,
    walks: &Walks,
    order: &[usize],
    plain: Style,
    style: impl Fn(usize) -> Style,
) -> Vec<Caption> {
    let labels: Vec<&str> = walks.walks().iter().map(Walk::label).collect();
    let names = cut_apart(&labels, LONGEST_NAME);
    let run = |&run: &usize| {
        let walk = &walks.walks()[run];
        let at = map.cell(last_inside(map, walk)?.at)?;
        Some(Caption { at, name: names[run].clone(), style: style(run), spots: RUN_SPOTS })
    };
    let minimum = |minimum: &Minimum| {
        let name = if minimum.is_global { "min" } else { "local min" };
        let at = map.cell(minimum.at)?;
        Some(Caption { at, name: name.to_owned(), style: plain, spots: MINIMUM_SPOTS })
    };
    order.iter().rev().filter_map(run).chain(walks.surface().minima.iter().filter_map(minimum)).collect()
}

/// The last step of a walk that lies within the surface.
fn last_inside<'a>(map: &PlaneMap, walk: &'a Walk) -> Option<&'a Step> {
    walk.steps().iter().rev().find(|step| map.contains(step.at))
}
