//! The marker and the name of each run at the end of its line.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::plot::Plot;
use crate::board::curve::Curve;
use crate::text::{self, cut};
use crate::tui::drawn::Context;

/// The share of a chart that the longest name beside a line may take.
const NAMES_SHARE: u16 = 5;

/// From this width of a chart on, names are beside the lines.
const NAMES_FROM: u16 = 34;

/// From this width on, a name is behind its run's marker.
const MARKERS_FROM: u16 = 66;

/// Cells of a name, at most, where there is no room for markers.
const SHORT_NAME: usize = 9;

/// What is shown at the ends of lines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum LineLabels {
    Markers,
    Names,
    MarkersAndNames,
}

impl LineLabels {
    /// What a chart of this width has room for.
    pub fn of(width: u16) -> Self {
        match width {
            ..NAMES_FROM => Self::Markers,
            NAMES_FROM..MARKERS_FROM => Self::Names,
            _ => Self::MarkersAndNames,
        }
    }

    /// Cells to the right of the curves that they may need in a chart so many cells `across`.
    pub fn margin(self, cx: Context<'_>, across: u16) -> u16 {
        let names = self.name_cells(cx, across) as u16;
        match self {
            Self::Markers => 1,
            Self::Names => names + 1,
            Self::MarkersAndNames => names + 3,
        }
    }

    /// Cells of the longest name.
    fn name_cells(self, cx: Context<'_>, across: u16) -> usize {
        let longest = cx.board.history.runs.iter().map(|run| text::columns(&run.info.label)).max().unwrap_or(0);
        match self {
            Self::Markers => 0,
            Self::Names => longest.min(SHORT_NAME),
            Self::MarkersAndNames => longest.min(usize::from(across / NAMES_SHARE)),
        }
    }
}

/// Draws them, each as near to its line's end as the others let it, in the chart `inner`.
pub(super) fn render(buffer: &mut Buffer, plot: &Plot<'_>, curves: &[Curve], what: LineLabels, inner: Rect) {
    let cx = plot.cx;
    let across = if cx.theme.ascii { 1 } else { 2 };
    let mut ends: Vec<(u16, u16, usize)> = curves
        .iter()
        .filter_map(|curve| curve.columns.last().map(|column| (column, curve.run)))
        .map(|(column, run)| (plot.row(column.mean), plot.area.x + (column.column / across) as u16 + 1, run))
        .collect();
    if what == LineLabels::Markers {
        for (row, column, run) in ends {
            buffer.set_string(column, row, cx.theme.marker(run), plot.style(run));
        }
        return;
    }
    ends.sort_by_key(|(row, _, _)| *row);
    let labels = cx.board.short_labels(what.name_cells(cx, inner.width));
    let rows: Vec<u16> = ends.iter().map(|(row, _, _)| *row).collect();
    for ((_, column, run), row) in ends.into_iter().zip(spread(&rows, plot.area.y, plot.area.bottom())) {
        let Some(row) = row else { continue };
        let room = usize::from(inner.right().saturating_sub(column));
        let label = &labels[run];
        let text = if what == LineLabels::MarkersAndNames {
            format!("{} {label}", cx.theme.marker(run))
        } else {
            label.clone()
        };
        buffer.set_string(column, row, cut(&text, room), plot.style(run));
    }
}

/// Names that touch: they are placed one below the other, around the middle of where they would like to be.
struct Block {
    /// Sum over its names of the first row they would like it to have.
    wanted: i32,
    names: i32,
}

impl Block {
    fn first_row(&self) -> i32 {
        (2 * self.wanted + self.names).div_euclid(2 * self.names)
    }

    fn with(&self, next: &Self) -> Self {
        let wanted = self.wanted + next.wanted - self.names * next.names;
        Self { wanted, names: self.names + next.names }
    }
}

/// A row of its own for each of the ascending `wanted` rows, near it, between `top` and `bottom`. `None` where there
/// are more of them than rows.
fn spread(wanted: &[u16], top: u16, bottom: u16) -> Vec<Option<u16>> {
    let room = usize::from(bottom.saturating_sub(top));
    let mut blocks: Vec<Block> = Vec::new();
    for &row in wanted.iter().take(room) {
        blocks.push(Block { wanted: i32::from(row), names: 1 });
        while let [.., upper, lower] = &blocks[..]
            && upper.first_row() + upper.names > lower.first_row()
        {
            let joined = upper.with(lower);
            blocks.truncate(blocks.len() - 2);
            blocks.push(joined);
        }
    }
    let rows = blocks.iter().flat_map(|block| block.first_row()..block.first_row() + block.names);
    let count = wanted.len().min(room) as i32;
    let within = |(row, index): (i32, i32)| {
        // As many rows stay free above and below as there are names to come before and after.
        let (first, last) = (i32::from(top) + index, i32::from(bottom) - (count - index));
        u16::try_from(row.clamp(first, last.max(first))).ok()
    };
    let mut rows: Vec<Option<u16>> = rows.zip(0..).map(within).collect();
    rows.resize(wanted.len(), None);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_gets_a_row_near_its_line() {
        let rows = |wanted: &[u16]| spread(wanted, 2, 8).into_iter().flatten().collect::<Vec<_>>();
        assert_eq!(rows(&[3, 5, 7]), [3, 5, 7]);
        assert_eq!(rows(&[5, 5, 5]), [4, 5, 6]);
        assert_eq!(rows(&[7, 7, 7]), [5, 6, 7]);
        assert_eq!(rows(&[2, 2, 7, 7]), [2, 3, 6, 7]);
        assert_eq!(rows(&[3, 4, 4]), [3, 4, 5]);
        assert_eq!(rows(&[2; 9]), [2, 3, 4, 5, 6, 7]);
        assert_eq!(spread(&[2; 9], 2, 8).len(), 9);
    }
}
