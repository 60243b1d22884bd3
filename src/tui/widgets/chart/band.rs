//! The band around the selected run's curve: between the lowest and the highest value of each column or, of effective
//! learning rates, between the 10th and the 90th percentile.

use ratatui::buffer::Buffer;

use super::plot::Plot;
use crate::board::curve::Curve;
use crate::board::series::PlotColumn;
use crate::tui::widgets::canvas::Canvas;

/// Dots from one of the band's dots to the next, across and down: sparse enough that lines stand out from it.
const SPARSE: (usize, i32) = (2, 2);

/// Fills the band with sparse dots, if the curve has one.
pub(super) fn render(buffer: &mut Buffer, plot: &Plot<'_>, curve: &Curve) {
    let mut canvas = Canvas::new(plot.area, plot.cx.theme.ascii);
    let [low, high] = curve.band.each_ref().map(|edge| edge_dots(&canvas, plot, edge));
    for (low, high) in low.iter().zip(&high) {
        let column = low.0;
        for row in high.1..=low.1 {
            if column % SPARSE.0 == 0 && (row + (column / SPARSE.0) as i32) % SPARSE.1 == 0 {
                canvas.vertical(column as i32, (row, row), curve.run, false);
            }
        }
    }
    canvas.render_by_column(buffer, |run, column| plot.style_at(run, column));
}

/// The column and row of every dot along an edge, straight lines between what was measured.
fn edge_dots(canvas: &Canvas, plot: &Plot<'_>, edge: &[PlotColumn]) -> Vec<(usize, i32)> {
    let dot = |column: &PlotColumn| (column.column, plot.dot(canvas, column.mean));
    let between = edge.windows(2).flat_map(|pair| {
        let ((from, above), (to, below)) = (dot(&pair[0]), dot(&pair[1]));
        (from..to).map(move |at| {
            let share = (at - from) as f64 / (to - from) as f64;
            (at, above + (share * f64::from(below - above)).round() as i32)
        })
    });
    between.chain(edge.last().map(dot)).collect()
}
