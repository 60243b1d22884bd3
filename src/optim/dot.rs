//! The dot product.

use pulp::{Simd, WithSimd};

use crate::simd;

/// Sums that are taken side by side, which is several times as quick as one.
const SUMS: usize = 16;

/// Σ a·b in double precision.
pub fn dot(a: &[f32], b: &[f32]) -> f64 {
    simd::dispatch(Dot { a, b })
}

struct Dot<'a> {
    a: &'a [f32],
    b: &'a [f32],
}

impl WithSimd for Dot<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        let mut sums = [0.0; SUMS];
        let (a, a_rest) = self.a.as_chunks::<SUMS>();
        let (b, b_rest) = self.b.as_chunks::<SUMS>();
        for (a, b) in a.iter().zip(b) {
            for lane in 0..SUMS {
                sums[lane] += f64::from(a[lane]) * f64::from(b[lane]);
            }
        }
        for (lane, (a, b)) in a_rest.iter().zip(b_rest).enumerate() {
            sums[lane] += f64::from(*a) * f64::from(*b);
        }
        sums.iter().sum()
    }
}
