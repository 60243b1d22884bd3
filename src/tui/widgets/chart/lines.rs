//! The lines of a chart: each the means of its columns, one dot thin.

use super::lanes::{Passing, moves};
use super::plot::Plot;
use crate::board::curve::Curve;
use crate::tui::theme::Theme;
use crate::tui::widgets::canvas::Canvas;

/// A curve as it runs over the dots of a canvas.
struct DrawnLine {
    run: usize,
    /// The row of dots in each column of dots; none before it begins and after it ends.
    dots: Vec<Option<i32>>,
    /// By how many cells it is moved in each column of cells.
    moved: Vec<i32>,
    /// Columns of cells in which it had to leave its cell to another line.
    lost: u32,
}

/// Draws them. The last of the curves is the selected one, which lies on top.
pub(super) fn draw(canvas: &mut Canvas, plot: &Plot<'_>, curves: &[Curve]) {
    let mut lines: Vec<DrawnLine> = curves.iter().map(|curve| line(canvas, plot, curve)).collect();
    let owned: Vec<Vec<(usize, i32)>> =
        (0..canvas.columns()).map(|cell| place(canvas, plot, &mut lines, cell)).collect();
    for line in &lines {
        let alone = line.run == plot.cx.board.selected;
        for x in 0..canvas.width() {
            line.draw(canvas, x, (i32::MIN, i32::MAX), alone);
        }
    }
    // What a line owns is its own, whoever else passes through on the way between two rows.
    for (cell, owned) in owned.iter().enumerate() {
        for &(index, row) in owned {
            for x in canvas.dots_across(cell) {
                lines[index].draw(canvas, x, canvas.dots_down(row), true);
            }
        }
    }
}

/// The means of a curve's columns, straight lines between them.
fn line(canvas: &Canvas, plot: &Plot<'_>, curve: &Curve) -> DrawnLine {
    let mut dots = vec![None; canvas.width()];
    let mut before: Option<(usize, i32)> = None;
    for column in &curve.columns {
        let (x, y) = (column.column, plot.dot(canvas, column.mean));
        let (from, at) = before.unwrap_or((x, y));
        for between in from..=x {
            let share = if x == from { 1.0 } else { (between - from) as f64 / (x - from) as f64 };
            if let Some(dot) = dots.get_mut(between) {
                *dot = Some(at + (share * f64::from(y - at)).round() as i32);
            }
        }
        before = Some((x, y));
    }
    DrawnLine { run: curve.run, dots, moved: vec![0; canvas.columns()], lost: 0 }
}

/// Moves the lines in a column of cells apart: which lines own a cell there, by index, and in which row. Where lines
/// share a cell all the same, it goes to the one that went without most often so far.
fn place(canvas: &Canvas, plot: &Plot<'_>, lines: &mut [DrawnLine], cell: usize) -> Vec<(usize, i32)> {
    let rows = canvas.rows();
    let passing = |line: &DrawnLine| {
        let dots: Vec<i32> = canvas.dots_across(cell).filter_map(|x| line.dots[x]).collect();
        let place = dots.iter().sum::<i32>().checked_div(dots.len() as i32)?;
        let row = canvas.row_of(place);
        let before = cell.checked_sub(1).map_or(0, |before| line.moved[before]);
        let is_selected = line.run == plot.cx.board.selected;
        (0..rows).contains(&row).then_some(Passing { row, place, before, lost: line.lost, is_selected })
    };
    let all: Vec<Option<Passing>> = lines.iter().map(passing).collect();
    let seen: Vec<(usize, Passing)> =
        all.iter().enumerate().filter_map(|(index, passing)| Some((index, (*passing)?))).collect();
    let passing: Vec<Passing> = seen.iter().map(|(_, passing)| *passing).collect();
    let moved = moves(&passing, rows);
    seen.iter().zip(moved).for_each(|((index, _), moved)| lines[*index].moved[cell] = moved);
    let placed: Vec<(usize, i32)> =
        seen.iter().map(|(index, passing)| (*index, passing.row + lines[*index].moved[cell])).collect();
    let owners = |(index, row): &(usize, i32)| {
        let sharing = placed.iter().filter(|(_, other)| other == row);
        sharing.max_by_key(|(other, _)| (lines[*other].lost, *other)).is_some_and(|(owner, _)| owner == index)
    };
    let (owned, lost): (Vec<_>, Vec<_>) = placed.iter().copied().partition(owners);
    lost.iter().for_each(|(index, _)| lines[*index].lost += 1);
    owned
}

impl DrawnLine {
    /// Draws what leads to a column of dots, as far as it lies between two rows of dots.
    fn draw(&self, canvas: &mut Canvas, x: usize, (top, bottom): (i32, i32), alone: bool) {
        let at = |x: usize| Some(self.dots[x]? + canvas.dots_down(self.moved[canvas.cell_of(x)]).0);
        let Some(here) = at(x).filter(|_| !Theme::has_gap(self.run, canvas.cell_of(x))) else { return };
        let before = x.checked_sub(1).and_then(at).unwrap_or(here);
        // From the row after the last one's to this one's.
        let from = before + (here - before).signum();
        let (low, high) = (from.min(here).max(top), from.max(here).min(bottom));
        if low <= high {
            canvas.vertical(x as i32, (low, high), self.run, alone);
        }
    }
}
