//! The surface from above, with every run's path on it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Style};

use super::relief::Relief;
use crate::surface::{Minimum, Point, Step, Surface, Walk};
use crate::tui::surface::SurfaceView;
use crate::tui::theme::Theme;
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

/// Where the surface is drawn.
pub struct Plot {
    map: Map,
    surface: &'static Surface,
}

impl Plot {
    /// The surface of `view` within `area`.
    pub fn of(area: Rect, view: &SurfaceView) -> Self {
        let inner = Rect {
            x: area.x + LABELS,
            width: area.width.saturating_sub(LABELS + 1),
            height: area.height.saturating_sub(1),
            ..area
        };
        let surface = view.surface();
        Self { map: Map { area: inner, x: surface.x, y: surface.y }, surface }
    }

    /// The place that is drawn at `position`, rounded to what a cell can tell.
    pub fn point_at(&self, position: Position) -> Option<Point> {
        let Map { area, x, y } = self.map;
        area.contains(position).then(|| {
            let exact = self.map.within(position.x - area.x, position.y - area.y, (0.5, 0.5));
            let x = round(exact.x, x.extent() / f64::from(area.width));
            Point::new(x, round(exact.y, y.extent() / f64::from(area.height)))
        })
    }

    /// Draws it.
    pub fn render(&self, buffer: &mut Buffer, view: &SurfaceView, theme: Theme) {
        let map = self.map;
        if map.area.is_empty() {
            return;
        }
        map.axes(buffer, theme, LABELS);
        let relief = Relief::of(self.surface);
        map.shade(buffer, theme, |at| Some(relief.band((self.surface.value)(at))));
        for minimum in self.surface.minima {
            map.put(buffer, minimum.at, "◎", theme.strong().patch(PLAIN));
        }
        let others = (0..view.walks().len()).filter(|run| *run != view.selected());
        let order: Vec<usize> = others.chain([view.selected()]).collect();
        let style = |run: usize| {
            if run == view.selected() {
                theme.run(view.sign(run)).patch(theme.strong())
            } else {
                theme.run(view.sign(run))
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
            if let Some(step) = self.last_inside(&view.walks()[run]) {
                map.put(buffer, step.at, theme.marker(view.sign(run)), style(run));
            }
        }
        captions::render(buffer, map.area, &self.captions(view, &order, style));
    }

    /// Names beside the runs' signs and the minima.
    fn captions(&self, view: &SurfaceView, order: &[usize], style: impl Fn(usize) -> Style) -> Vec<Caption> {
        let run = |&run: &usize| {
            let walk = &view.walks()[run];
            let at = self.map.cell(self.last_inside(walk)?.at)?;
            Some(Caption { at, name: format::cut(walk.label(), LONGEST_NAME), style: style(run), spots: RUN_SPOTS })
        };
        let minimum = |minimum: &Minimum| {
            let name = if minimum.is_global { "min" } else { "local min" };
            let at = self.map.cell(minimum.at)?;
            Some(Caption { at, name: name.to_owned(), style: PLAIN, spots: MINIMUM_SPOTS })
        };
        order.iter().rev().filter_map(run).chain(self.surface.minima.iter().filter_map(minimum)).collect()
    }

    /// The last step of a walk that lies within the surface.
    fn last_inside<'a>(&self, walk: &'a Walk) -> Option<&'a Step> {
        walk.steps().iter().rev().find(|step| self.map.contains(step.at))
    }
}

/// `value` in as few digits as tell it to within `grain`.
fn round(value: f64, grain: f64) -> f64 {
    let digits = (-grain.log10().floor()).clamp(0.0, 12.0);
    let unit = 10_f64.powf(digits);
    // Adding 0 turns −0 into 0.
    (value * unit).round() / unit + 0.0
}
