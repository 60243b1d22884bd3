//! Where everything is drawn.

use ratatui::layout::Rect;

use crate::race::range_stats::ANGLES;

/// Lines of the words under both sides: mostly the same, so that nothing moves when they change.
const WORDS: std::ops::RangeInclusive<u16> = 2..=3;

/// From this width of a pane on, each measure has a line of its own, if there is the height for it.
const WIDE: u16 = 56;

/// From this height of a pane on, likewise.
const TALL: u16 = 26;

/// Places of the view.
pub struct ZigzagPlaces {
    /// The sides, equally large.
    pub panes: Vec<Rect>,
    /// The words under both.
    pub verdict: Rect,
}

impl ZigzagPlaces {
    /// Where so many panes and lines of words are in `body`.
    pub fn of(body: Rect, panes: usize, words: u16) -> Self {
        let words = words.clamp(*WORDS.start(), *WORDS.end()).min(body.height / 3);
        let height = body.height - words;
        let count = panes.max(1) as u16;
        let width = (body.width + 1) / count - 1;
        let pane = |index: u16| Rect { x: body.x + index * (width + 1), y: body.y, width, height };
        Self {
            panes: (0..panes as u16).map(pane).collect(),
            verdict: Rect { y: body.y + height, height: words, ..body },
        }
    }
}

/// Places of a pane.
pub struct Sections {
    /// Which run it is.
    pub title: Rect,
    /// The heading of the loss.
    pub loss_heading: Rect,
    /// The loss.
    pub loss: Rect,
    /// The heading of the path.
    pub path_heading: Rect,
    /// The path.
    pub path: Rect,
    /// The heading of the angles.
    pub angles_heading: Rect,
    /// The angles.
    pub angles: Rect,
    /// The measures.
    pub measures: Rect,
}

impl Sections {
    /// Where everything is drawn in a pane.
    pub fn of(pane: Rect) -> Self {
        let measures = if pane.width >= WIDE && pane.height >= TALL { 7 } else { 3 };
        let charts = pane.height.saturating_sub(1 + measures);
        let loss = charts * 2 / 5;
        let mut top = pane.y;
        let mut take = |lines: u16| {
            let rect = Rect { y: top, height: lines.min(pane.bottom() - top), ..pane };
            top += rect.height;
            rect
        };
        let title = take(1);
        let (loss_heading, loss) = (take(1), take(loss.saturating_sub(1)));
        let (heading, paths) = (take(1), take((charts - charts * 2 / 5).saturating_sub(1)));
        let angles = ANGLES as u16 * (pane.width / (3 * ANGLES as u16)).max(1);
        let split = |area: Rect| {
            let width = area.width.saturating_sub(angles + 1);
            let right = Rect { x: area.right() - angles.min(area.width), width: angles.min(area.width), ..area };
            (Rect { width, ..area }, right)
        };
        let ((path_heading, angles_heading), (path, angles)) = (split(heading), split(paths));
        Self { title, loss_heading, loss, path_heading, path, angles_heading, angles, measures: take(measures) }
    }
}
