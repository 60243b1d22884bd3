//! The shuffle behind the split and the order of samples.

/// A permutation of 0 to `count` − 1, drawn with 32-bit random numbers from `next`.
///
/// This is NumPy's legacy shuffle, draw for draw: backwards through the list (Fisher and Yates), every partner drawn
/// by throwing away numbers that are too large. Having it here, rather than from a library, keeps orders the same
/// for as long as the generator stays the same.
pub(super) fn permutation(count: u32, mut next: impl FnMut() -> u32) -> Vec<u32> {
    let mut indices: Vec<u32> = (0..count).collect();
    for last in (1..count).rev() {
        let mask = u32::MAX >> last.leading_zeros();
        let partner = loop {
            let drawn = next() & mask;
            if drawn <= last {
                break drawn;
            }
        };
        indices.swap(last as usize, partner as usize);
    }
    indices
}
