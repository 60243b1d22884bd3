//! Minimum, maximum and mean of any stretch of a growing list of numbers, without reading it all.

use std::ops::Range;

/// Numbers of one level that make one of the next.
const FACTOR: usize = 1 << FACTOR_BITS;
const FACTOR_BITS: u32 = 2;

/// The numbers of a stretch in short.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// The lowest.
    pub min: f32,
    /// The highest.
    pub max: f32,
    /// Their sum: of four times as many on every level, so that little is lost to rounding.
    sum: f32,
    /// How many there are.
    count: u32,
}

impl Span {
    /// Of no numbers at all.
    const EMPTY: Self = Self { min: f32::INFINITY, max: f32::NEG_INFINITY, sum: 0.0, count: 0 };

    /// Their mean; never outside of the lowest and the highest, whatever was rounded.
    pub fn mean(self) -> f32 {
        (self.sum / self.count as f32).clamp(self.min, self.max)
    }

    /// `min` and `max` pass over NaN, so a number that is none leaves no trace.
    fn with(self, other: Self) -> Self {
        Self {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
            sum: self.sum + other.sum,
            count: self.count + other.count,
        }
    }

    fn of(value: f32) -> Self {
        if value.is_finite() { Self { min: value, max: value, sum: value, count: 1 } } else { Self::EMPTY }
    }
}

/// A list of numbers with the span of every whole block of 4, 16, 64 … of them. Appending costs O(1) amortised, the
/// span of a stretch O(log length).
#[derive(Debug, Clone, Default)]
pub struct MinMaxTree {
    values: Vec<f32>,
    /// `levels[k][j]` is the span of values `j·4^(k+1)` to `(j+1)·4^(k+1)`; whole blocks only.
    levels: Vec<Vec<Span>>,
}

impl MinMaxTree {
    /// Bytes of each number with its share of the levels: 1/4 + 1/16 + … of a span is a third of one.
    pub const VALUE_BYTES: f64 = size_of::<f32>() as f64 + size_of::<Span>() as f64 / 3.0;

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// The number at `index`.
    pub fn get(&self, index: usize) -> Option<f32> {
        self.values.get(index).copied()
    }

    /// The numbers at `range`, as far as there are any.
    pub fn at(&self, range: Range<usize>) -> &[f32] {
        let end = range.end.min(self.values.len());
        &self.values[range.start.min(end)..end]
    }

    /// Appends a number; one that is not finite belongs to no span.
    pub fn push(&mut self, value: f32) {
        self.values.push(value);
        let mut count = self.values.len();
        let mut level = 0;
        while count.is_multiple_of(FACTOR) {
            let block = self.last_block_below(level);
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            self.levels[level].push(block);
            count /= FACTOR;
            level += 1;
        }
    }

    fn last_block_below(&self, level: usize) -> Span {
        let join = |span: Span, next: Span| span.with(next);
        match level.checked_sub(1) {
            None => self.values[self.values.len() - FACTOR..].iter().copied().map(Span::of).fold(Span::EMPTY, join),
            Some(below) => {
                let spans = &self.levels[below];
                spans[spans.len() - FACTOR..].iter().copied().fold(Span::EMPTY, join)
            }
        }
    }

    /// The span of the numbers at `range`; `None` where none of them is finite.
    pub fn span(&self, range: Range<usize>) -> Option<Span> {
        let end = range.end.min(self.values.len());
        let mut at = range.start;
        let mut span = Span::EMPTY;
        while at < end {
            // The largest block that begins here and does not reach beyond the end.
            let height = (at.trailing_zeros().min((end - at).ilog2()) / FACTOR_BITS) as usize;
            let bits = height * FACTOR_BITS as usize;
            let block = match height.checked_sub(1) {
                None => Span::of(self.values[at]),
                Some(level) => self.levels[level][at >> bits],
            };
            span = span.with(block);
            at += 1 << bits;
        }
        (span.count > 0).then_some(span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn brute_force(values: &[f32]) -> Option<Span> {
        let finite = values.iter().copied().filter(|value| value.is_finite());
        finite.map(Span::of).reduce(Span::with)
    }

    proptest! {
        #[test]
        fn every_stretch_has_the_span_that_reading_it_all_gives(
            values in proptest::collection::vec(
                prop_oneof![9 => -1e3_f32..1e3, 1 => Just(f32::NAN), 1 => Just(f32::INFINITY)], 0..600),
            start in 0_usize..600, length in 0_usize..600,
        ) {
            let mut pyramid = MinMaxTree::default();
            values.iter().for_each(|value| pyramid.push(*value));
            let (start, end) = (start.min(values.len()), (start + length).min(values.len()));
            let expected = brute_force(&values[start..end.max(start)]);
            let short = |span: Option<Span>| span.map(|span| (span.min, span.max, span.count));
            let span = pyramid.span(start..end.max(start));
            prop_assert_eq!(short(span), short(expected));
            if let Some((span, expected)) = span.zip(expected) {
                prop_assert!((span.mean() - expected.mean()).abs() < 1e-3, "{span:?} {expected:?}");
            }
        }
    }
}
