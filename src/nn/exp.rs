//! The exponential function, in a form that compilers turn into vector instructions.

use std::f32::consts::LOG2_E;

/// ln 10⁻³⁰: powers of less count as 0. They would become denormal numbers, with which processors are slow.
const NEGLIGIBLE: f32 = -69.077_55;

/// Added to a number of moderate size, it leaves the nearest whole number in the lowest bits of the sum.
const ROUNDING: f32 = 1.5 * (1 << 23) as f32;

/// The bits of 1.
const ONE: u32 = 1_f32.to_bits();

/// ln 2 in two parts; the first has so few digits that its product with a small whole number is exact.
const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];

/// Coefficients of (eˣ − 1 − x) ÷ x² for |x| ≤ ½ ln 2, the highest power first (Cephes, `expf`: Moshier 1989, Methods
/// and Programs for Mathematical Functions).
const COEFFICIENTS: [f32; 6] = [1.987_569_2e-4, 1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5];

/// eˣ for `x` ≤ 0, to 1 unit in the last place; 0 below 10⁻³⁰, and NaN for NaN.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let rounded = x * LOG2_E + ROUNDING;
    let power = rounded - ROUNDING;
    let rest = x - power * LN_2[0] - power * LN_2[1];
    let mut series = 0.0;
    for coefficient in COEFFICIENTS {
        series = series * rest + coefficient;
    }
    let of_rest = series * (rest * rest) + rest + 1.0;
    let of_power = f32::from_bits((rounded.to_bits() << 23).wrapping_add(ONE));
    if x < NEGLIGIBLE { 0.0 } else { of_rest * of_power }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_those_of_double_precision_to_a_unit_in_the_last_place() {
        let mut worst = 0.0_f64;
        for index in 0..4_000_000 {
            let x = NEGLIGIBLE * (index as f32 / 4e6);
            let exact = f64::from(x).exp();
            worst = worst.max((f64::from(exp(x)) - exact).abs() / exact);
        }
        assert!(worst <= f64::from(f32::EPSILON), "{worst:e}");
    }

    #[test]
    fn ends_and_what_is_no_number() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(NEGLIGIBLE.next_down()), 0.0);
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        for nan in [f32::NAN, -f32::NAN, f32::from_bits(0x7fc0_01ff), f32::from_bits(0xffff_ffff)] {
            assert!(exp(nan).is_nan(), "{:x}", nan.to_bits());
        }
    }
}
