//! The surface from above, with every run's path on it.

use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

use super::relief::Relief;
use crate::surface::{Minimum, Step, Walk};
use crate::tui::drawn::{Painter, Target};
use crate::tui::surface::SurfaceView;
use crate::tui::view::canvas::Canvas;
use crate::tui::view::captions::{self, Caption, LONGEST_NAME, RUN_SPOTS, Side, Spot};
use crate::tui::view::format;
use crate::tui::view::map::Map;

/// Cells for the labels of the vertical axis.
const LABELS: u16 = 5;

/// The terminal's own text colour, whatever was drawn below.
const PLAIN: Style = Style::new().fg(Color::Reset);

/// Where the name of a minimum may stand: it must not cover paths that end beside it.
const MINIMUM_SPOTS: &[Spot] = &[(Side::Right, 0)];

/// Draws it.
pub fn render(painter: &mut Painter<'_>, area: Rect, view: &SurfaceView) {
    let area = Rect {
        x: area.x + LABELS,
        width: area.width.saturating_sub(LABELS + 1),
        height: area.height.saturating_sub(1),
        ..area
    };
    if area.is_empty() {
        return;
    }
    painter.drawn.note(area, Target::Plane);
    let (buffer, theme, surface) = (&mut *painter.buffer, painter.theme, view.surface());
    let map = Map { area, x: surface.x, y: surface.y };
    map.axes(buffer, theme, LABELS);
    let relief = Relief::of(surface);
    map.shade(buffer, theme, |at| Some(relief.band((surface.value)(at))));
    for minimum in surface.minima {
        map.put(buffer, minimum.at, "◎", theme.strong().patch(PLAIN));
    }
    let others = (0..view.walks().len()).filter(|run| *run != view.selected());
    let order: Vec<usize> = others.chain([view.selected()]).collect();
    let style = |run: usize| {
        if run == view.selected() {
            theme.run(view.marker(run)).patch(theme.strong())
        } else {
            theme.run(view.marker(run))
        }
    };
    let mut canvas = Canvas::new(map.area, theme.ascii);
    for &run in &order {
        let places = view.walks()[run].steps().iter().map(|step| step.at);
        map.path(&mut canvas, places, run, run == view.selected());
    }
    canvas.render(buffer, style);
    map.put(buffer, view.start(), "×", theme.strong().patch(PLAIN));
    for &run in &order {
        if let Some(step) = last_inside(&map, &view.walks()[run]) {
            map.put(buffer, step.at, theme.marker(view.marker(run)), style(run));
        }
    }
    captions::render(buffer, map.area, &captions(&map, view, &order, style));
}

/// Names beside the runs' signs and the minima.
fn captions(map: &Map, view: &SurfaceView, order: &[usize], style: impl Fn(usize) -> Style) -> Vec<Caption> {
    let run = |&run: &usize| {
        let walk = &view.walks()[run];
        let at = map.cell(last_inside(map, walk)?.at)?;
        Some(Caption { at, name: format::cut(walk.label(), LONGEST_NAME), style: style(run), spots: RUN_SPOTS })
    };
    let minimum = |minimum: &Minimum| {
        let name = if minimum.is_global { "min" } else { "local min" };
        let at = map.cell(minimum.at)?;
        Some(Caption { at, name: name.to_owned(), style: PLAIN, spots: MINIMUM_SPOTS })
    };
    order.iter().rev().filter_map(run).chain(view.surface().minima.iter().filter_map(minimum)).collect()
}

/// The last step of a walk that lies within the surface.
fn last_inside<'a>(map: &Map, walk: &'a Walk) -> Option<&'a Step> {
    walk.steps().iter().rev().find(|step| map.contains(step.at))
}
