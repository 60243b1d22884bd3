//! The learning rate that each parameter really had in a step: how far it moved for the gradient it was given.

use std::ops::Range;

use crate::gradient::Gradient;

/// Parameters that a quantile is taken over, at most.
pub const MOST_SAMPLED: usize = 1024;

/// Effective learning rates in one step, |Δθ| ÷ |g| of each parameter, as quantiles over the parameters; the lowest
/// value that is not below this share of them (Hyndman & Fan 1996, *Sample quantiles in statistical packages*,
/// definition 1; NumPy's `inverted_cdf`). `NaN` where no parameter has a gradient.
///
/// Δθ is the whole update, weight decay included, and g the gradient before any clipping: under SGD with nothing else
/// every one of them is the learning rate.
///
/// Of more than [`MOST_SAMPLED`] parameters only that many are looked at, the same in every step, one in each of as
/// many neighbouring groups of equal size. A quantile is then that of a sample: the share of all parameters below it
/// is p ± √(p (1 − p) ÷ n) (one standard error) for a sampled n that have a gradient; for n = 1024 that is 0.50 ± 0.016
/// and 0.10 ± 0.009.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EffectiveLr {
    /// One in ten parameters has a lower one.
    pub p10: f32,
    /// Median.
    pub p50: f32,
    /// One in ten parameters has a higher one.
    pub p90: f32,
    /// Parameters that were left out as their gradient is 0; all parameters are counted, not a sample.
    pub still: u32,
}

impl EffectiveLr {
    /// Of no parameters.
    pub const NONE: Self = Self { p10: f32::NAN, p50: f32::NAN, p90: f32::NAN, still: 0 };
}

/// Measures effective learning rates in one step: over all parameters, and over those of each layer.
///
/// [`EffectiveLrMeter::begin`], then [`EffectiveLrMeter::take`] until every gradient was handed over once, then
/// [`EffectiveLrMeter::end`].
pub struct EffectiveLrMeter {
    whole: Sampled,
    layers: Vec<Sampled>,
    /// The sampled ratios, as the bits of numbers that are not negative: these are in the order of the numbers.
    ratios: Vec<u32>,
}

impl EffectiveLrMeter {
    /// For layers whose parameters are at these places, one after the other.
    pub fn new(layers: impl IntoIterator<Item = Range<usize>>) -> Self {
        let layers: Vec<Sampled> = layers.into_iter().map(Sampled::new).collect();
        let end = layers.last().map_or(0, |layer| layer.place.end);
        Self { whole: Sampled::new(0..end), layers, ratios: Vec::with_capacity(MOST_SAMPLED) }
    }

    /// Begins a step.
    pub fn begin(&mut self) {
        for sampled in self.all() {
            sampled.still = 0;
        }
    }

    /// The gradient of the parameters at `place`, before any clipping.
    pub fn take(&mut self, place: &Range<usize>, gradient: Gradient<'_>) {
        self.whole.pick(place, |index| gradient.at(index));
        for layer in &mut self.layers {
            let common = layer.common(place);
            if !common.is_empty() {
                let start = common.start - place.start;
                layer.pick(&common, |index| gradient.at(start + index));
                layer.still += gradient.zeros(start..start + common.len()) as u32;
            }
        }
    }

    /// Ends a step that moved the parameters by `update`: over all of them, and for each layer.
    pub fn end(&mut self, update: &[f32]) -> (EffectiveLr, Box<[EffectiveLr]>) {
        let Self { whole, layers, ratios } = self;
        let of_layers: Box<[EffectiveLr]> = layers.iter().map(|layer| layer.quantiles(update, ratios)).collect();
        whole.still = of_layers.iter().map(|layer| layer.still).sum();
        (whole.quantiles(update, ratios), of_layers)
    }

    fn all(&mut self) -> impl Iterator<Item = &mut Sampled> {
        self.layers.iter_mut().chain([&mut self.whole])
    }
}

/// Some parameters, and the gradients of a sample of them.
struct Sampled {
    place: Range<usize>,
    /// Parameters in a group of which one is looked at; the last group may be smaller.
    group: usize,
    /// For each group, the gradient of the one that is looked at.
    gradient: Vec<f32>,
    /// Parameters whose gradient is 0.
    still: u32,
}

impl Sampled {
    fn new(place: Range<usize>) -> Self {
        let group = place.len().div_ceil(MOST_SAMPLED).max(1);
        Self { gradient: vec![0.0; place.len().div_ceil(group)], group, place, still: 0 }
    }

    fn common(&self, place: &Range<usize>) -> Range<usize> {
        place.start.max(self.place.start)..place.end.min(self.place.end)
    }

    /// Index of the parameter that stands for a group. Its place within is scattered: a fixed distance from one to the
    /// next would miss some units of a layer altogether.
    fn chosen(&self, group: usize) -> usize {
        let within = (u64::from(scattered(group as u32)) * self.group as u64) >> u32::BITS;
        (self.place.start + group * self.group + within as usize).min(self.place.end - 1)
    }

    /// Keeps the gradient of what is looked at in `place`, where the element that is first there has index 0.
    fn pick(&mut self, place: &Range<usize>, gradient: impl Fn(usize) -> f32) {
        let first = (place.start - self.place.start) / self.group;
        for group in first..self.gradient.len() {
            let chosen = self.chosen(group);
            if chosen >= place.end {
                break;
            }
            if chosen >= place.start {
                self.gradient[group] = gradient(chosen - place.start);
            }
        }
    }

    fn quantiles(&self, update: &[f32], ratios: &mut Vec<u32>) -> EffectiveLr {
        ratios.clear();
        let moving = self.gradient.iter().enumerate().filter(|(_, gradient)| **gradient != 0.0);
        ratios.extend(moving.map(|(group, gradient)| (update[self.chosen(group)] / gradient).abs().to_bits()));
        let Some(last) = ratios.len().checked_sub(1) else {
            return EffectiveLr { still: self.still, ..EffectiveLr::NONE };
        };
        // Rank ⌈n p⌉, counted from 1.
        let rank = |tenths: usize| (ratios.len() * tenths).div_ceil(10) - 1;
        let [low, middle, high] = [rank(1), rank(5), rank(9).min(last)];
        let (below, &mut p50, above) = ratios.select_nth_unstable(middle);
        let p10 = if low < middle { *below.select_nth_unstable(low).1 } else { p50 };
        let p90 = if high > middle { *above.select_nth_unstable(high - middle - 1).1 } else { p50 };
        let [p10, p50, p90] = [p10, p50, p90].map(f32::from_bits);
        EffectiveLr { p10, p50, p90, still: self.still }
    }
}

/// A number that looks random (the finalizer of Appleby's MurmurHash3).
fn scattered(number: u32) -> u32 {
    let mut hash = number;
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85EB_CA6B);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xC2B2_AE35);
    hash ^ (hash >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_has_one_parameter_and_every_unit_is_looked_at() {
        let sampled = Sampled::new(1000..80_000);
        let chosen: Vec<usize> = (0..sampled.gradient.len()).map(|group| sampled.chosen(group)).collect();
        assert!(chosen.len() <= MOST_SAMPLED && chosen.is_sorted_by(|a, b| a < b));
        assert!(chosen.iter().enumerate().all(|(group, index)| (index - 1000) / sampled.group == group));
        for units in [10, 64, 78, 100] {
            let mut seen = vec![0; units];
            chosen.iter().for_each(|index| seen[index % units] += 1);
            assert!(seen.iter().all(|&count| count > 0), "{units}: {seen:?}");
        }
        let few = Sampled::new(5..1000);
        assert!((0..995).all(|group| few.chosen(group) == group + 5), "all of them where they are few");
    }

    #[test]
    fn pieces_make_the_same_whole_in_any_order() {
        let gradient: Vec<f32> = (0..6000).map(|index| ((index * 7) % 11) as f32 - 5.0).collect();
        let update: Vec<f32> = (0..6000).map(|index| 1e-3 * ((index * 13) % 31) as f32).collect();
        let layers = [0..4000, 4000..6000];
        let mut at_once = EffectiveLrMeter::new(layers.clone());
        at_once.begin();
        at_once.take(&(0..6000), Gradient::Dense(&gradient));
        let mut piecewise = EffectiveLrMeter::new(layers);
        for _ in 0..2 {
            piecewise.begin();
            for start in (0..6000).step_by(100).rev() {
                piecewise.take(&(start..start + 100), Gradient::Dense(&gradient[start..start + 100]));
            }
        }
        let (whole, layers) = at_once.end(&update);
        assert_eq!((whole, layers.clone()), piecewise.end(&update));
        assert_eq!(whole.still as usize, gradient.iter().filter(|gradient| **gradient == 0.0).count());
        assert_eq!(whole.still, layers.iter().map(|layer| layer.still).sum::<u32>());
        assert!(layers.len() == 2 && whole.p10 < whole.p50 && whole.p50 < whole.p90);
    }

    #[test]
    fn without_a_gradient_there_is_no_rate_and_all_are_counted() {
        let mut meter = EffectiveLrMeter::new([0..3000, 3000..3002]);
        meter.begin();
        meter.take(&(0..3000), Gradient::Zero);
        meter.take(&(3000..3002), Gradient::Dense(&[0.5, -0.25]));
        let (whole, layers) = meter.end(&vec![0.1; 3002]);
        assert!(layers[0].p50.is_nan() && layers[0].still == 3000);
        assert_eq!(layers[1], EffectiveLr { p10: 0.2, p50: 0.2, p90: 0.4, still: 0 });
        assert_eq!(whole.still, 3000);
    }
}
