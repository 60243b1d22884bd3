//! What formulas compute with: a number, or a vector of numbers at once. Each formula is written once for both.

use std::ops::{Add, Div, Mul, Neg, Sub};

use num_traits::Float;
use pulp::Simd;

/// Below this size a number that an optimizer keeps or divides becomes 0: it has no effect. Without this the
/// moments of a parameter whose gradient is always 0 decay into denormal numbers, with which processors are slow.
const NEGLIGIBLE: f64 = 1e-30;

/// The least single-precision number whose square counts: any share of it that a mean takes in is no denormal number
/// either, and [`NEGLIGIBLE`] long before.
const LEAST_SQUARED: f32 = 1e-16;

/// A number of type `T`, or several of them.
pub trait SimdFloat<T>:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Add<T, Output = Self>
    + Mul<T, Output = Self>
{
    /// The square root.
    fn sqrt(self) -> Self;

    /// The square; 0 for a number below 1e-16 in size (1e-151 in double precision), which has no effect on a sum.
    fn squared(self) -> Self;

    /// The larger one.
    fn max(self, other: Self) -> Self;

    /// The number, but no less than `limit`; NaN stays NaN.
    fn at_least(self, limit: T) -> Self;

    /// The size.
    fn abs(self) -> Self;

    /// 1 above 0 and −1 below; 0 and NaN stay what they are.
    fn sign(self) -> Self;

    /// `yes` where this is above 0, else `no`.
    fn if_positive(self, yes: Self, no: Self) -> Self;

    /// From −`limit` to `limit`; NaN stays NaN.
    fn clipped(self, limit: T) -> Self;

    /// 0 in place of a number below 1e-30 in size; NaN stays NaN.
    fn flushed(self) -> Self;
}

macro_rules! scalar {
    ($float:ty, $least:expr) => {
        impl SimdFloat<$float> for $float {
            #[inline(always)]
            fn sqrt(self) -> Self {
                Float::sqrt(self)
            }

            #[inline(always)]
            fn squared(self) -> Self {
                if Float::abs(self) < $least { 0.0 } else { self * self }
            }

            #[inline(always)]
            fn max(self, other: Self) -> Self {
                if other > self { other } else { self }
            }

            #[inline(always)]
            fn at_least(self, limit: $float) -> Self {
                if self < limit { limit } else { self }
            }

            #[inline(always)]
            fn abs(self) -> Self {
                Float::abs(self)
            }

            #[inline(always)]
            fn sign(self) -> Self {
                if self > 0.0 {
                    1.0
                } else if self < 0.0 {
                    -1.0
                } else {
                    self
                }
            }

            #[inline(always)]
            fn if_positive(self, yes: Self, no: Self) -> Self {
                if self > 0.0 { yes } else { no }
            }

            #[inline(always)]
            fn clipped(self, limit: $float) -> Self {
                if self > limit {
                    limit
                } else if self < -limit {
                    -limit
                } else {
                    self
                }
            }

            #[inline(always)]
            fn flushed(self) -> Self {
                if Float::abs(self) < NEGLIGIBLE as $float { 0.0 } else { self }
            }
        }
    };
}

scalar!(f32, LEAST_SQUARED);
scalar!(f64, 1e-151);

/// A vector of single-precision numbers.
#[derive(Clone, Copy)]
pub struct Vector<S: Simd> {
    simd: S,
    /// The numbers.
    pub lanes: S::f32s,
}

impl<S: Simd> Vector<S> {
    /// These numbers.
    #[inline(always)]
    pub fn new(simd: S, lanes: S::f32s) -> Self {
        Self { simd, lanes }
    }
}

macro_rules! vector_operator {
    ($operator:ident, $method:ident, $lanes:ident) => {
        impl<S: Simd> $operator for Vector<S> {
            type Output = Self;

            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self::new(self.simd, self.simd.$lanes(self.lanes, other.lanes))
            }
        }
    };
}

vector_operator!(Add, add, add_f32s);
vector_operator!(Sub, sub, sub_f32s);
vector_operator!(Mul, mul, mul_f32s);
vector_operator!(Div, div, div_f32s);

impl<S: Simd> Neg for Vector<S> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self::new(self.simd, self.simd.neg_f32s(self.lanes))
    }
}

impl<S: Simd> Add<f32> for Vector<S> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: f32) -> Self {
        self + Self::new(self.simd, self.simd.splat_f32s(other))
    }
}

impl<S: Simd> Mul<f32> for Vector<S> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: f32) -> Self {
        self * Self::new(self.simd, self.simd.splat_f32s(other))
    }
}

impl<S: Simd> SimdFloat<f32> for Vector<S> {
    #[inline(always)]
    fn sqrt(self) -> Self {
        Self::new(self.simd, self.simd.sqrt_f32s(self.lanes))
    }

    #[inline(always)]
    fn squared(self) -> Self {
        let size = self.simd.abs_f32s(self.lanes);
        let is_tiny = self.simd.less_than_f32s(size, self.simd.splat_f32s(LEAST_SQUARED));
        let root = self.simd.select_f32s(is_tiny, self.simd.splat_f32s(0.0), self.lanes);
        Self::new(self.simd, self.simd.mul_f32s(root, root))
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        let is_larger = self.simd.greater_than_f32s(other.lanes, self.lanes);
        Self::new(self.simd, self.simd.select_f32s(is_larger, other.lanes, self.lanes))
    }

    #[inline(always)]
    fn at_least(self, limit: f32) -> Self {
        let limit = self.simd.splat_f32s(limit);
        let is_below = self.simd.less_than_f32s(self.lanes, limit);
        Self::new(self.simd, self.simd.select_f32s(is_below, limit, self.lanes))
    }

    #[inline(always)]
    fn abs(self) -> Self {
        Self::new(self.simd, self.simd.abs_f32s(self.lanes))
    }

    #[inline(always)]
    fn sign(self) -> Self {
        let (zero, one) = (self.simd.splat_f32s(0.0), self.simd.splat_f32s(1.0));
        let is_above = self.simd.greater_than_f32s(self.lanes, zero);
        let is_below = self.simd.less_than_f32s(self.lanes, zero);
        let down = self.simd.select_f32s(is_below, self.simd.neg_f32s(one), self.lanes);
        Self::new(self.simd, self.simd.select_f32s(is_above, one, down))
    }

    #[inline(always)]
    fn if_positive(self, yes: Self, no: Self) -> Self {
        let is_above = self.simd.greater_than_f32s(self.lanes, self.simd.splat_f32s(0.0));
        Self::new(self.simd, self.simd.select_f32s(is_above, yes.lanes, no.lanes))
    }

    #[inline(always)]
    fn clipped(self, limit: f32) -> Self {
        let (most, least) = (self.simd.splat_f32s(limit), self.simd.splat_f32s(-limit));
        let is_above = self.simd.greater_than_f32s(self.lanes, most);
        let capped = self.simd.select_f32s(is_above, most, self.lanes);
        let is_below = self.simd.less_than_f32s(capped, least);
        Self::new(self.simd, self.simd.select_f32s(is_below, least, capped))
    }

    #[inline(always)]
    fn flushed(self) -> Self {
        let size = self.simd.abs_f32s(self.lanes);
        let is_negligible = self.simd.less_than_f32s(size, self.simd.splat_f32s(NEGLIGIBLE as f32));
        Self::new(self.simd, self.simd.select_f32s(is_negligible, self.simd.splat_f32s(0.0), self.lanes))
    }
}
