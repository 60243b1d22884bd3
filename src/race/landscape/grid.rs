//! A rectangle of a plane with a loss at each point of a grid, refined step by step.

/// Points along each side, from the first grid to the last; each has every second point of the next.
const SIDES: [usize; 5] = [5, 9, 17, 33, 65];

/// The rectangle around paths is this much wider than they are, to each side.
const MARGIN: f64 = 0.25;

/// A rectangle this many times as wide and as high as another is too large for it.
const DWARFED: f64 = 4.0;

/// A loss at each point of a grid over a rectangle.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// From the first to the last column.
    pub x: [f64; 2],
    /// From the first to the last row.
    pub y: [f64; 2],
    /// Columns, and rows.
    pub side: usize,
    /// `[rows][columns]`, each the mean cross-entropy there, in nats.
    pub loss: Vec<f32>,
}

impl Grid {
    /// The coarsest grid over a rectangle around these points, with some margin, and no loss known yet. Points that
    /// are not finite are left out.
    pub(super) fn around(points: impl Iterator<Item = (f64, f64)>) -> Self {
        let (mut x, mut y) = ([f64::INFINITY, f64::NEG_INFINITY], [f64::INFINITY, f64::NEG_INFINITY]);
        for point in points.filter(|(x, y)| x.is_finite() && y.is_finite()) {
            x = [x[0].min(point.0), x[1].max(point.0)];
            y = [y[0].min(point.1), y[1].max(point.1)];
        }
        let extent = (x[1] - x[0]).max(y[1] - y[0]);
        let widen = |[low, high]: [f64; 2]| {
            let is_empty = !(extent > 0.0 && extent.is_finite());
            let middle = if low.is_finite() { f64::midpoint(low, high) } else { 0.0 };
            // A path may be straight: its rectangle has a width nevertheless.
            let half = if is_empty { 1.0 } else { (0.5 + MARGIN) * (high - low).max(0.1 * extent) };
            [middle - half, middle + half]
        };
        Self { x: widen(x), y: widen(y), side: SIDES[0], loss: vec![f32::NAN; SIDES[0] * SIDES[0]] }
    }

    /// The next finer grid with the losses that are known, and the indices of those that are not; `None` if this is
    /// the finest.
    pub(super) fn refined(&self) -> Option<(Self, Vec<usize>)> {
        let side = SIDES.into_iter().find(|&side| side > self.side)?;
        let mut loss = vec![f32::NAN; side * side];
        let mut missing = Vec::new();
        for (index, value) in loss.iter_mut().enumerate() {
            let (row, column) = (index / side, index % side);
            if row % 2 == 0 && column % 2 == 0 {
                *value = self.loss[row / 2 * self.side + column / 2];
            } else {
                missing.push(index);
            }
        }
        Some((Self { side, loss, ..*self }, missing))
    }

    /// Whether this rectangle is so large that little would be seen of what the `other` is around.
    pub(super) fn dwarfs(&self, other: &Self) -> bool {
        let extent = |[low, high]: [f64; 2]| high - low;
        extent(self.x) > DWARFED * extent(other.x) && extent(self.y) > DWARFED * extent(other.y)
    }

    /// Whether the point lies in the rectangle.
    pub fn contains(&self, x: f64, y: f64) -> bool {
        (self.x[0]..=self.x[1]).contains(&x) && (self.y[0]..=self.y[1]).contains(&y)
    }

    /// The loss at a point, from those of the four nearest points of the grid in proportion (bilinear); beyond the
    /// rectangle, that of the nearest point of its border.
    pub fn loss_at(&self, x: f64, y: f64) -> f32 {
        let cells = self.side - 1;
        let along = |[low, high]: [f64; 2], value: f64| {
            let place = ((value - low) / (high - low) * cells as f64).clamp(0.0, cells as f64);
            let cell = (place as usize).min(cells.saturating_sub(1));
            (cell, (place - cell as f64) as f32)
        };
        let ((column, right), (row, up)) = (along(self.x, x), along(self.y, y));
        let of_row = |row: usize| {
            let start = row * self.side + column;
            (1.0 - right) * self.loss[start] + right * self.loss[start + 1]
        };
        (1.0 - up) * of_row(row) + up * of_row(row + 1)
    }

    /// Where the loss of this index is.
    pub fn place(&self, index: usize) -> (f64, f64) {
        let along = |[low, high]: [f64; 2], count: usize| low + (high - low) * count as f64 / (self.side - 1) as f64;
        (along(self.x, index % self.side), along(self.y, index / self.side))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finer_grid_has_the_coarser_ones_losses_where_they_were() {
        let mut grid = Grid::around([(0.0, 0.0), (4.0, 2.0)].into_iter());
        assert_eq!((grid.x, grid.y), ([-1.0, 5.0], [-0.5, 2.5]));
        grid.loss = (0..25).map(|index| index as f32).collect();
        let mut sides = vec![grid.side];
        let coarse = grid.clone();
        while let Some((finer, missing)) = grid.refined() {
            assert_eq!(missing.len(), finer.side * finer.side - grid.side * grid.side);
            assert!(missing.iter().all(|&index| finer.loss[index].is_nan()));
            sides.push(finer.side);
            grid = finer;
        }
        assert_eq!(sides, SIDES);
        for (index, &loss) in grid.loss.iter().enumerate().filter(|(_, loss)| !loss.is_nan()) {
            let (x, y) = grid.place(index);
            let (there_x, there_y) = coarse.place(loss as usize);
            assert!((x - there_x).abs() < 1e-12 && (y - there_y).abs() < 1e-12);
        }
    }

    #[test]
    fn between_its_points_a_loss_is_in_proportion() {
        let mut grid = Grid::around([(0.0, 0.0), (4.0, 2.0)].into_iter());
        let formula = |x: f64, y: f64| 3.0 + 2.0 * x - y + 0.5 * x * y;
        for index in 0..grid.loss.len() {
            let (x, y) = grid.place(index);
            grid.loss[index] = formula(x, y) as f32;
        }
        for (x, y) in [(-1.0, -0.5), (5.0, 2.5), (0.0, 0.0), (1.3, 0.7), (4.99, -0.49)] {
            assert!((f64::from(grid.loss_at(x, y)) - formula(x, y)).abs() < 1e-5, "{x} {y}");
        }
        assert_eq!(grid.loss_at(-9.0, 9.0), grid.loss_at(-1.0, 2.5), "beyond the border");
    }

    #[test]
    fn a_rectangle_has_a_width_whatever_it_is_around() {
        for points in [vec![], vec![(3.0, 3.0)], vec![(0.0, 1.0), (5.0, 1.0)], vec![(f64::NAN, 0.0), (1.0, 1.0)]] {
            let grid = Grid::around(points.iter().copied());
            assert!(grid.x[0] < grid.x[1] && grid.y[0] < grid.y[1], "{points:?}");
            assert!(points.iter().all(|&(x, y)| x.is_nan() || grid.contains(x, y)), "{points:?}");
        }
    }
}
