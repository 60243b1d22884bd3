//! Names beside what is drawn on a map, as far as none covers another or a marker.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::text;

/// The longest name of a run.
pub const LONGEST_NAME: usize = 12;

/// Where a name is: on which side of its marker, and how many lines below it.
pub type CaptionSpot = (Side, i32);

/// A side of a marker.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Side {
    /// Left of it.
    Left,
    /// Right of it.
    Right,
}

/// Where the name of a run may be, the best first.
pub const RUN_SPOTS: &[CaptionSpot] = &[
    (Side::Right, 0),
    (Side::Right, 1),
    (Side::Right, -1),
    (Side::Right, 2),
    (Side::Right, -2),
    (Side::Left, 0),
    (Side::Left, 1),
    (Side::Left, -1),
];

/// A name and what it belongs to.
#[derive(Debug)]
pub struct Caption {
    /// Where the marker is that it names.
    pub at: Position,
    /// The name.
    pub name: String,
    /// How it looks.
    pub style: Style,
    /// Where it may be, the best first.
    pub spots: &'static [CaptionSpot],
}

/// Puts names on the screen within `area`, the most important ones first.
pub fn render(buffer: &mut Buffer, area: Rect, captions: &[Caption]) {
    let mut taken: Vec<Rect> = captions.iter().map(|caption| Rect::new(caption.at.x, caption.at.y, 1, 1)).collect();
    for Caption { at, name, style, spots } in captions {
        let width = text::columns(name) as u16;
        let marker = Rect::new(at.x, at.y, 1, 1);
        let left = -1 - i32::from(width);
        let mut spots = spots.iter().map(|&(side, down)| (if side == Side::Right { 2 } else { left }, down));
        let place = spots.find_map(|(right, down)| {
            let x = u16::try_from(i32::from(at.x) + right).ok()?;
            let y = u16::try_from(i32::from(at.y) + down).ok()?;
            let place = Rect::new(x, y, width, 1);
            let fits = area.intersection(place) == place;
            // A blank on each side, or two names read as one.
            let around = Rect { x: x.saturating_sub(1), width: width + 2, ..place };
            let is_free = !taken.iter().any(|other| *other != marker && other.intersects(around));
            (fits && is_free).then_some(place)
        });
        if let Some(place) = place {
            buffer.set_string(place.x, place.y, name, *style);
            taken.push(place);
        }
    }
}
