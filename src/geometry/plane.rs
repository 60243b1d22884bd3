//! The plane that best shows points of a space with many coordinates.
//!
//! It is the plane of the two principal components of the points, through their mean (Pearson 1901, *On lines and
//! planes of closest fit to systems of points in space*); used for the paths of trainings by Li et al. 2018,
//! *Visualizing the loss landscape of neural nets*.

use super::eigen::{Eigen, dot, two_largest};
use super::vectors::gram;

/// A plane with two axes at right angles, in a space of any number of coordinates.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    /// The point of the plane that is its (0, 0).
    pub centre: Vec<f64>,
    /// The directions of x and y, of length 1; zeros where the points have no such direction.
    pub axes: [Vec<f64>; 2],
    /// The share of the points' variance along each axis, 0 to 1.
    pub explained: [f64; 2],
}

/// Where a point is above a plane.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spot {
    /// Along the first axis.
    pub x: f64,
    /// Along the second axis.
    pub y: f64,
    /// Distance from the plane.
    pub off: f64,
}

impl Plane {
    /// The plane that best shows `points`, all of the same number of coordinates, with their mean as (0, 0); from the
    /// products of every two of them, so that few points of very many coordinates cost little. `None` where there are
    /// no points.
    ///
    /// Without `previous`, the axes are the principal components themselves, each with its largest coordinate
    /// positive. With it they are turned within the plane so that they lie as near as can be to the previous ones
    /// (orthogonal Procrustes: Schönemann 1966), so that a picture that is drawn again and again neither flips nor
    /// jumps; what each explains is then measured along the turned axes.
    pub fn of_points(points: &[impl AsRef<[f32]>], previous: Option<&Self>) -> Option<Self> {
        let size = points.first()?.as_ref().len();
        let mut centre = vec![0.0; size];
        for point in points {
            let values = centre.iter_mut().zip(point.as_ref());
            values.for_each(|(sum, &value)| *sum += f64::from(value) / points.len() as f64);
        }
        let shifted = |point: &[f32]| -> Vec<f32> {
            point.iter().zip(&centre).map(|(&value, centre)| (f64::from(value) - centre) as f32).collect()
        };
        let centred: Vec<Vec<f32>> = points.iter().map(|point| shifted(point.as_ref())).collect();
        let products = gram(&centred);
        let total: f64 = products.iter().step_by(points.len() + 1).sum();
        let eigen = two_largest(&products, points.len());
        Some(Self::from_products(eigen, total, |shares| combine(&centred, shares, size), centre).steadied(previous))
    }

    /// From an eigenvector of the centred products of points, each with its coordinates in the points, to axes.
    pub(super) fn from_products(
        eigen: [Eigen; 2],
        total: f64,
        direction: impl Fn(&[f64]) -> Vec<f64>,
        mean: Vec<f64>,
    ) -> Self {
        let explained = eigen.each_ref().map(|eigen| share(eigen.value, total));
        let mut axes = eigen.map(|eigen| direction(&eigen.vector));
        let [first, second] = &mut axes;
        normalize(first);
        let overlap = dot(first, second);
        add(second, -overlap, first);
        normalize(second);
        Self { centre: mean, axes, explained }
    }

    /// Turns the axes towards the previous ones, or gives them their usual signs.
    pub(super) fn steadied(mut self, previous: Option<&Self>) -> Self {
        let Some(previous) = previous else {
            for axis in &mut self.axes {
                let largest =
                    axis.iter().fold(0.0_f64, |most, &value| if value.abs() > most.abs() { value } else { most });
                if largest < 0.0 {
                    axis.iter_mut().for_each(|value| *value = -*value);
                }
            }
            return self;
        };
        let [[a, b], [c, d]] = self.axes.each_ref().map(|new| previous.axes.each_ref().map(|old| dot(new, old)));
        let (turned, mirrored) = ((a + d).hypot(c - b), (a - d).hypot(c + b));
        let (cosine, sine, sign) = match () {
            () if turned == 0.0 && mirrored == 0.0 => (1.0, 0.0, 1.0),
            () if turned >= mirrored => ((a + d) / turned, (c - b) / turned, 1.0),
            () => ((a - d) / mirrored, (c + b) / mirrored, -1.0),
        };
        let [first, second] = &self.axes;
        let combined =
            |x: f64, y: f64| first.iter().zip(second).map(|(first, second)| x * first + y * second).collect();
        let axes = [combined(cosine, sine), combined(-sign * sine, sign * cosine)];
        let [first, second] = self.explained;
        let (cosine, sine) = (cosine * cosine, sine * sine);
        Self { axes, explained: [cosine * first + sine * second, sine * first + cosine * second], ..self }
    }

    /// The same plane, whose (0, 0) is the point of it nearest to `point`.
    pub(super) fn centred_below(mut self, point: &[f32]) -> Self {
        let spot = self.project(point);
        add(&mut self.centre, spot.x, &self.axes[0]);
        add(&mut self.centre, spot.y, &self.axes[1]);
        self
    }

    /// Where `point` is above the plane.
    pub fn project(&self, point: &[f32]) -> Spot {
        let shifted: Vec<f64> =
            point.iter().zip(&self.centre).map(|(&value, centre)| f64::from(value) - centre).collect();
        self.project_shifted(&shifted)
    }

    /// Where a point is above the plane, given as its difference from the plane's centre.
    pub(super) fn project_shifted(&self, shifted: &[f64]) -> Spot {
        let [x, y] = self.axes.each_ref().map(|axis| dot(axis, shifted));
        Spot { x, y, off: (dot(shifted, shifted) - x * x - y * y).max(0.0).sqrt() }
    }

    /// Puts the point of the plane at (x, y) into `point`, which has as many coordinates as the space.
    pub fn point_at(&self, x: f64, y: f64, point: &mut [f32]) {
        let axes = self.axes[0].iter().zip(&self.axes[1]);
        for ((value, centre), (first, second)) in point.iter_mut().zip(&self.centre).zip(axes) {
            *value = (centre + x * first + y * second) as f32;
        }
    }
}

pub(super) fn add(sum: &mut [f64], share: f64, values: &[f64]) {
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += share * value);
}

/// Σ share·vector, of `size` coordinates.
pub(super) fn combine(vectors: &[impl AsRef<[f32]>], shares: &[f64], size: usize) -> Vec<f64> {
    let mut sum = vec![0.0; size];
    for (vector, &share) in vectors.iter().zip(shares) {
        sum.iter_mut().zip(vector.as_ref()).for_each(|(sum, &value)| *sum += share * f64::from(value));
    }
    sum
}

fn normalize(vector: &mut [f64]) {
    let length = dot(vector, vector).sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|value| *value /= length);
    }
}

fn share(value: f64, total: f64) -> f64 {
    if total > 0.0 { value / total } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points of an ellipse in the plane of the directions (1, 1, 0) and (0, 0, 1), turned by `angle`.
    fn ellipse(angle: f64) -> Vec<[f32; 3]> {
        let point = |i: i32| {
            let t = f64::from(i) * std::f64::consts::TAU / 24.0;
            let (long, short) = (3.0 * t.cos(), t.sin());
            let (x, y) = (long * angle.cos() - short * angle.sin(), long * angle.sin() + short * angle.cos());
            [5.0 + x * 0.5_f64.sqrt(), x * 0.5_f64.sqrt(), 1.0 + y].map(|value| value as f32)
        };
        (0..24).map(point).collect()
    }

    #[test]
    fn a_flat_figure_is_seen_as_it_is() {
        let plane = Plane::of_points(&ellipse(0.0), None).unwrap();
        assert!((plane.explained[0] - 0.9).abs() < 1e-6 && (plane.explained[1] - 0.1).abs() < 1e-6);
        for (point, index) in ellipse(0.0).iter().zip(0..) {
            let t = f64::from(index) * std::f64::consts::TAU / 24.0;
            let spot = plane.project(point);
            assert!((spot.x - 3.0 * t.cos()).abs() < 1e-5 && (spot.y - t.sin()).abs() < 1e-5 && spot.off < 1e-3);
        }
    }

    #[test]
    fn axes_stay_where_they_were_while_the_figure_turns() {
        let mut plane = Plane::of_points(&ellipse(0.0), None).unwrap();
        let first = plane.axes.clone();
        for turn in 1..=40 {
            let angle = f64::from(turn) * std::f64::consts::TAU / 40.0;
            plane = Plane::of_points(&ellipse(angle), Some(&plane)).unwrap();
            for (now, before) in plane.axes.iter().zip(&first) {
                assert!(dot(now, before) > 1.0 - 1e-9, "at {angle}");
            }
            assert!((plane.explained.iter().sum::<f64>() - 1.0).abs() < 1e-6);
            assert!((plane.explained[0] - (0.9 * angle.cos().powi(2) + 0.1 * angle.sin().powi(2))).abs() < 1e-6);
        }
    }

    #[test]
    fn points_on_a_line_or_in_one_place_have_a_plane_too() {
        let line = Plane::of_points(&[[0.0, 0.0], [1.0, 1.0]], None).unwrap();
        assert!((line.explained[0] - 1.0).abs() < 1e-12 && line.explained[1] == 0.0);
        assert!(line.project(&[2.0, 2.0]).off < 1e-6);
        let place = Plane::of_points(&[[1.0, 2.0]], Some(&line)).unwrap();
        assert_eq!((place.explained, place.project(&[1.0, 2.0])), ([0.0, 0.0], Spot::default()));
        assert_eq!(Plane::of_points(&[[0.0; 2]; 0], None), None);
    }
}
