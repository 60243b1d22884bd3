//! Keeps thin curves apart that would hide each other: where several of them run through one cell of the screen, which
//! has one colour, they are drawn up to one row apart, in the order of their values.

/// How a curve may be moved, in rows.
const MOVES: [i32; 3] = [-1, 0, 1];

/// What it costs that two curves share a cell, that one is a row off, and that its row changes between columns.
const SHARED: u32 = 20;
const MOVED: u32 = 2;
const UNSTEADY: u32 = 1;

/// What it costs more that the selected curve is a row off.
const SELECTED_MOVED: u32 = 8;

/// A curve in one column of cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Passing {
    /// The row of cells it runs through, from 0 at the top.
    pub row: i32,
    /// Its place down the column, finer than rows: what curves are ordered by.
    pub place: i32,
    /// How it was moved in the column before.
    pub before: i32,
    /// Columns in which it was left without a cell of its own so far.
    pub lost: u32,
    /// Whether it is the one that a person selected.
    pub is_selected: bool,
}

/// By how many rows each curve of a column of `rows` cells is moved: −1, 0 or 1, so that as few as can be share a cell,
/// none overtakes another, and as few as can be are moved.
pub fn moves(curves: &[Passing], rows: i32) -> Vec<i32> {
    let mut order: Vec<usize> = (0..curves.len()).collect();
    order.sort_by_key(|&index| (curves[index].place, index));
    // The cheapest way to place the curves so far whose last one is moved by each of the moves, and how it began.
    let mut costs: Vec<[(u32, usize); MOVES.len()]> = Vec::with_capacity(order.len());
    for (at, &index) in order.iter().enumerate() {
        let curve = &curves[index];
        let cost = |number: usize| {
            let moved = MOVES[number];
            let row = curve.row + moved;
            if !(0..rows).contains(&row) && moved != 0 {
                return (u32::MAX, 0);
            }
            let steadiness = UNSTEADY * u32::from(moved != curve.before);
            let selected = if curve.is_selected { SELECTED_MOVED } else { 0 };
            let own = moved.unsigned_abs() * (MOVED + selected) + steadiness;
            let Some(above) = at.checked_sub(1) else { return (own, 0) };
            let with = |(before, (cost, _)): (usize, &(u32, usize))| {
                let row_above = curves[order[above]].row + MOVES[before];
                // Whoever went without a cell before is the last to share one.
                let losses = curve.lost + curves[order[above]].lost;
                let joint = if row_above == row { SHARED * (1 + losses) } else { 0 };
                let is_possible = row_above <= row && *cost < u32::MAX;
                (if is_possible { cost + own + joint } else { u32::MAX }, before)
            };
            costs[above].iter().enumerate().map(with).min().unwrap_or((u32::MAX, 0))
        };
        let of_curve = std::array::from_fn(cost);
        costs.push(of_curve);
    }
    let mut moved = vec![0; curves.len()];
    let mut number = costs.last().map_or(0, |last| (0..MOVES.len()).min_by_key(|&number| last[number].0).unwrap_or(0));
    for (&index, cost) in order.iter().zip(&costs).rev() {
        moved[index] = MOVES[number];
        number = cost[number].1;
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(places: &[i32], selected: usize, rows: i32) -> Vec<i32> {
        let passing = |(index, &place): (usize, &i32)| Passing {
            row: place.div_euclid(4),
            place,
            before: 0,
            lost: 0,
            is_selected: index == selected,
        };
        moves(&places.iter().enumerate().map(passing).collect::<Vec<_>>(), rows)
    }

    #[test]
    fn curves_that_share_a_cell_step_aside_in_the_order_of_their_values() {
        assert_eq!(moved(&[2, 10, 20], 0, 9), [0, 0, 0], "nobody is in the way");
        assert_eq!(moved(&[21, 20, 22], 0, 9), [0, -1, 1]);
        assert_eq!(moved(&[20, 21], 0, 9), [0, 1], "the selected one stays");
        assert_eq!(moved(&[20, 21], 1, 9), [-1, 0]);
    }

    #[test]
    fn four_curves_in_three_rows_take_turns() {
        let mut lost = [0; 4];
        for _ in 0..40 {
            let passing = |lost: u32| Passing { row: 5, place: 21, before: 0, lost, is_selected: false };
            let curves = lost.map(passing);
            let rows = moves(&curves, 9);
            let sharing: Vec<usize> = (0..4).filter(|&a| (0..4).any(|b| a != b && rows[a] == rows[b])).collect();
            assert_eq!(sharing.len(), 2, "{rows:?}");
            lost[sharing[usize::from(lost[sharing[1]] < lost[sharing[0]])]] += 1;
        }
        assert!(lost.iter().all(|lost| (8..=12).contains(lost)), "{lost:?}");
    }

    #[test]
    fn no_curve_leaves_the_chart_or_overtakes_another() {
        assert_eq!(moved(&[0, 1], 1, 9), [0, 1], "there is no row above the first");
        assert_eq!(moved(&[34, 35], 0, 9), [-1, 0], "and none below the last");
        for places in [[16, 17, 18, 19], [12, 16, 17, 20], [3, 4, 4, 5]] {
            let rows = moved(&places, 3, 9).into_iter().zip(places).map(|(moved, place)| place / 4 + moved);
            assert!(rows.collect::<Vec<_>>().is_sorted(), "{places:?}");
        }
    }
}
