//! What a gradient looks like on its way from the network to an optimizer, neither of which knows the other.

use std::ops::Range;

use pulp::{Simd, WithSimd};

use crate::simd;

/// A kernel or a bias: a matrix of parameters, kept row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Where it is among all parameters.
    pub place: Range<usize>,
    /// Rows: as many as its layer has inputs; 1 for a bias.
    pub rows: usize,
    /// Columns: as many as its layer has units.
    pub columns: usize,
    /// What its layer does with it.
    pub kind: VariableKind,
}

/// What a layer does with a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariableKind {
    /// It is multiplied with what goes into the layer.
    Kernel,
    /// It is added to what comes out.
    Bias,
}

impl Variable {
    /// A kernel that begins at `start`.
    pub fn kernel(start: usize, rows: usize, columns: usize) -> Self {
        Self { place: start..start + rows * columns, rows, columns, kind: VariableKind::Kernel }
    }

    /// A bias that begins at `start`: also any other vector of parameters.
    pub fn bias(start: usize, columns: usize) -> Self {
        Self { place: start..start + columns, rows: 1, columns, kind: VariableKind::Bias }
    }
}

/// The gradient of some parameters.
#[derive(Debug, Clone, Copy)]
pub enum Gradient<'a> {
    /// A number for each of them.
    Dense(&'a [f32]),
    /// They are a matrix, kept row by row, and its gradient is that of a single sample.
    Outer(Outer<'a>),
    /// 0 for each of them.
    Zero,
}

/// An outer product: the element in a row and a column is the row's factor × the column's.
#[derive(Debug, Clone, Copy)]
pub struct Outer<'a> {
    /// A factor for each row; many may be 0.
    pub rows: &'a [f32],
    /// A factor for each column.
    pub columns: &'a [f32],
}

impl<'a> Gradient<'a> {
    /// The element at `index`.
    pub fn at(self, index: usize) -> f32 {
        match self {
            Self::Dense(gradient) => gradient[index],
            Self::Outer(Outer { rows, columns }) => rows[index / columns.len()] * columns[index % columns.len()],
            Self::Zero => 0.0,
        }
    }

    /// How many of the elements at `place` are 0.
    pub fn zeros(self, place: Range<usize>) -> usize {
        let count = |elements: &[f32], factor: f32| {
            elements.iter().map(|element| u32::from(factor * element == 0.0)).sum::<u32>() as usize
        };
        match self {
            Self::Dense(gradient) => count(&gradient[place], 1.0),
            Self::Outer(outer) => outer.parts(place).map(|(factor, columns)| count(columns, factor)).sum(),
            Self::Zero => place.len(),
        }
    }

    /// Fills `elements` with those from `start` on.
    pub fn write(self, start: usize, elements: &mut [f32]) {
        match self {
            Self::Dense(gradient) => elements.copy_from_slice(&gradient[start..start + elements.len()]),
            Self::Outer(outer) => simd::dispatch(Write { outer, start, elements }),
            Self::Zero => elements.fill(0.0),
        }
    }

    /// Adds each element to one of `sums`, which are as many.
    pub fn add_to(self, sums: &mut [f32]) {
        match self {
            Self::Dense(gradient) => add(sums, 1.0, gradient),
            Self::Outer(Outer { rows, columns }) => {
                let parts = sums.chunks_exact_mut(columns.len()).zip(rows);
                parts.for_each(|(sums, &factor)| add(sums, factor, columns));
            }
            Self::Zero => {}
        }
    }
}

impl<'a> Outer<'a> {
    /// For each row that `place` has a part of, the row's factor and the columns of that part.
    #[inline(always)]
    fn parts(self, place: Range<usize>) -> impl Iterator<Item = (f32, &'a [f32])> {
        let width = self.columns.len();
        (place.start / width..place.end.div_ceil(width)).map(move |row| {
            let start = place.start.saturating_sub(row * width);
            let end = (place.end - row * width).min(width);
            (self.rows[row], &self.columns[start..end])
        })
    }
}

/// Fills `places` with those of the factors that are not 0, in ascending order.
pub fn find_nonzero(factors: &[f32], places: &mut Vec<u32>) {
    places.resize(factors.len(), 0);
    let mut count = 0;
    for (place, factor) in factors.iter().enumerate() {
        // Without a branch: which factors are 0 follows no pattern that a processor could foresee.
        places[count] = place as u32;
        count += usize::from(*factor != 0.0);
    }
    places.truncate(count);
}

fn add(sums: &mut [f32], factor: f32, elements: &[f32]) {
    sums.iter_mut().zip(elements).for_each(|(sum, element)| *sum += factor * element);
}

struct Write<'a> {
    outer: Outer<'a>,
    start: usize,
    elements: &'a mut [f32],
}

impl WithSimd for Write<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { outer, start, elements } = self;
        let mut rest = elements;
        for (factor, columns) in outer.parts(start..start + rest.len()) {
            let (part, after) = rest.split_at_mut(columns.len());
            for (element, column) in part.iter_mut().zip(columns) {
                *element = factor * column;
            }
            rest = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outer_product_is_the_matrix_it_stands_for() {
        let (rows, columns) = ([2.0, 0.0, -1.0], [1.0, 3.0, 0.0, 5.0]);
        let outer = Gradient::Outer(Outer { rows: &rows, columns: &columns });
        let matrix = [2.0, 6.0, 0.0, 10.0, 0.0, 0.0, 0.0, 0.0, -1.0, -3.0, 0.0, -5.0];
        let dense = Gradient::Dense(&matrix);
        for start in 0..matrix.len() {
            assert_eq!(outer.at(start), dense.at(start));
            for end in start..=matrix.len() {
                let mut written = vec![f32::NAN; end - start];
                outer.write(start, &mut written);
                assert_eq!(written, matrix[start..end], "{start}..{end}");
                assert_eq!(outer.zeros(start..end), dense.zeros(start..end), "{start}..{end}");
            }
        }
        let mut sums = matrix;
        outer.add_to(&mut sums);
        assert_eq!(sums, matrix.map(|element| 2.0 * element));
    }
}
