//! What a frame shows where: the drawing notes it, and clicks are answered from it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::dialog::Answer;
use super::theme::Theme;
use crate::board::Board;
use crate::board::axis::Axis;
use crate::race::protocol::RunIndex;

/// What a click is meant for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ClickTarget {
    /// The name of the view that this key shows.
    View(char),
    /// A run's line, or its side.
    Run(RunIndex),
    /// A sentence of the lesson.
    Sentence(usize),
    /// An answer to the question that is asked.
    Answer(Answer),
    /// The plane on which walks are drawn.
    Plane,
    /// A moment, by its place on the horizontal axis of a chart.
    Chart(Axis),
}

/// How much of the help there is to scroll.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HelpExtent {
    /// Lines that are visible at once.
    pub page: u16,
    /// The first visible line when it is scrolled to its end.
    pub last: u16,
}

/// A frame as it was drawn last.
#[derive(Debug, Clone, Default)]
pub struct Drawn {
    hits: Vec<(Rect, ClickTarget)>,
    /// The help, where it is open.
    pub help: HelpExtent,
    /// Where the cursor is, if there is one.
    pub cursor: Option<Position>,
}

impl Drawn {
    /// Notes what a click within `area` is meant for. What is noted last lies on top.
    pub fn note(&mut self, area: Rect, target: ClickTarget) {
        self.hits.push((area, target));
    }

    /// What a click at `position` is meant for, and the whole area that is meant for it.
    pub fn at(&self, position: Position) -> Option<(Rect, ClickTarget)> {
        self.hits.iter().rev().find(|(area, _)| area.contains(position)).copied()
    }
}

/// Draws a frame and notes what it shows where.
pub struct Painter<'a> {
    /// The frame's cells.
    pub buffer: &'a mut Buffer,
    /// How it looks.
    pub theme: Theme,
    /// What was noted so far.
    pub drawn: Drawn,
}

/// What a part of the screen is drawn of, and how it looks.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// What there is to see.
    pub board: &'a Board,
    /// How it looks.
    pub theme: Theme,
}
