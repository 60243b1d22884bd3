//! How high a surface is, in bands that a screen can shade.

use crate::surface::{Point, Surface};

/// How many bands there are.
pub const BANDS: u8 = 10;

/// Points along each side at which the highest and lowest value are looked for.
const GRID: u32 = 64;

/// Above this range of values, bands get four times as high from one to the next instead of twice.
const WIDE: f64 = 100.0;

/// Bands of height from the lowest value within a surface's range to the highest.
#[derive(Debug, Clone, Copy)]
pub struct ContourBands {
    low: f64,
    high: f64,
    /// How many times as high above the lowest value each band begins as the one below; bands are equal where `None`.
    growth: Option<f64>,
}

impl ContourBands {
    /// The bands of `surface`. They grow towards the top where there is a bottom; a surface without one, such as a
    /// saddle, has equal bands.
    pub fn of(surface: &Surface) -> Self {
        let at = |index: u32, low: f64, extent: f64| low + extent * f64::from(index) / f64::from(GRID);
        let grid = (0..=GRID).flat_map(|row| (0..=GRID).map(move |column| (column, row)));
        let points = grid.map(|(column, row)| {
            let x = at(column, surface.x.low, surface.x.extent());
            Point::new(x, at(row, surface.y.low, surface.y.extent()))
        });
        let known = surface.minima.iter().map(|minimum| minimum.at);
        let values = points.chain(known).map(surface.value);
        let (low, high) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        let growth = if high - low > WIDE { 4.0 } else { 2.0 };
        Self { low, high, growth: (!surface.minima.is_empty()).then_some(growth) }
    }

    /// The band of a value: 0 is the lowest.
    pub fn band(&self, value: f64) -> u8 {
        let share = (value - self.low) / (self.high - self.low);
        let band = match self.growth {
            Some(growth) => f64::from(BANDS) + share.log(growth),
            None => f64::from(BANDS) * share,
        };
        band.clamp(0.0, f64::from(BANDS - 1)) as u8
    }
}

/// The bands in words.
pub fn legend(surface: &Surface) -> String {
    let bands = ContourBands::of(surface);
    let between = format!("values from {:.3} to {:.0} in {BANDS} bands", bands.low, bands.high);
    match bands.growth {
        Some(growth) => format!("{between}, each {growth} times as high above the lowest value as the one below"),
        None => format!("{between} of equal height"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surface;

    #[test]
    fn every_surface_uses_nearly_all_bands_and_its_minima_the_lowest() {
        for surface in surface::all() {
            let bands = ContourBands::of(surface);
            assert_eq!(bands.band(bands.low), 0, "{}", surface.name);
            assert_eq!(bands.band(bands.high), BANDS - 1, "{}", surface.name);
            for minimum in surface.minima.iter().filter(|minimum| minimum.is_global) {
                assert_eq!(bands.band((surface.value)(minimum.at)), 0, "{}", surface.name);
            }
        }
        let ravine = ContourBands::of(surface::find("ravine").expect("known"));
        assert_eq!([12.2, 6.2, 6.0, 3.0, 1.5].map(|value| ravine.band(value)), [9, 9, 8, 7, 6]);
        let saddle = ContourBands::of(surface::find("saddle").expect("known"));
        assert_eq!([-3.9, 0.0, 8.9].map(|value| saddle.band(value)), [0, 3, 9]);
    }
}
