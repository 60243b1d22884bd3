//! The path of a run's last steps as it is drawn: on a plane, around its own mean.

use std::collections::VecDeque;

use super::eigen::two_largest;
use super::plane::{Plane, Spot, combine};
use super::vectors::{Products, gram};

/// Positions of a sketched path that are drawn, at most: twice as many as the widest pane has columns of dots.
const MOST_POSITIONS: usize = 501;

/// Positions from which a plane is found, at most: the plane of all of them is hardly another.
const MOST_FOR_PLANE: usize = 126;

/// How much less of a path's spread than the best plane the one in use may show, 0 to 1. Until then a picture that is
/// walked step by step stands still.
const MOST_LOST: f64 = 0.02;

/// A run's last updates, all of their numbers.
#[derive(Debug)]
pub struct UpdateRing {
    capacity: usize,
    updates: VecDeque<Box<[f32]>>,
    /// Updates that were taken in, also those that are no longer there.
    taken: u64,
    held: Option<HeldPlane>,
}

/// The plane of the last trail, and how many updates there had been by then.
#[derive(Debug)]
struct HeldPlane {
    plane: Plane,
    taken: u64,
}

/// Where a run was before and after each of its last steps, on the plane that best shows just these.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trail {
    /// The positions, one more than steps, around their mean.
    pub spots: Vec<Spot>,
}

impl UpdateRing {
    /// Keeps as many updates as `capacity` says.
    pub fn new(capacity: usize) -> Self {
        Self::from_step(capacity, 0)
    }

    /// The same where so many updates were made before the first that is taken in.
    pub fn from_step(capacity: usize, taken: u64) -> Self {
        Self { capacity, updates: VecDeque::with_capacity(capacity), taken, held: None }
    }

    /// How many updates are there.
    pub fn len(&self) -> usize {
        self.updates.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.updates.is_empty()
    }

    /// Goes on with the plane of the last trail of another one, of the same run.
    pub fn hold_plane_of(&mut self, other: &mut Self) {
        self.held = other.held.take();
    }

    /// How far the last `steps` updates that are there led ÷ how long they are together: 1 is a straight line. `NaN`
    /// where there are none.
    pub fn straightness(&self, steps: usize) -> f64 {
        let last = || self.updates.iter().skip(self.updates.len().saturating_sub(steps));
        let mut sum = vec![0.0_f32; self.updates.front().map_or(0, |update| update.len())];
        for update in last() {
            sum.iter_mut().zip(update).for_each(|(sum, value)| *sum += value);
        }
        let norm = |vector: &[f32]| {
            let mut products = Products::default();
            products.add(vector, vector);
            products.product.sqrt()
        };
        norm(&sum) / last().map(|update| norm(update)).sum::<f64>()
    }

    /// Takes in the newest update; the oldest gives way to it.
    pub fn push(&mut self, update: &[f32]) {
        if self.updates.len() < self.capacity {
            self.updates.push_back(Box::from(update));
        } else if let Some(mut oldest) = self.updates.pop_front() {
            oldest.copy_from_slice(update);
            self.updates.push_back(oldest);
        }
        self.taken += 1;
    }

    /// The path of the last `steps` updates that are there, up to the first that is not finite, on the plane of its own
    /// first two principal components.
    ///
    /// The plane of the trail before stays in use while both share steps and it shows at most 2 % less than the best.
    pub fn trail(&mut self, steps: usize) -> Trail {
        let all = self.updates.make_contiguous();
        let all = &all[all.len().saturating_sub(steps)..];
        let mut products = gram(all);
        let total = all.len();
        let count = (0..total).take_while(|&step| products[step * (total + 1)].is_finite()).count();
        if count < total {
            products = (0..count * count).map(|at| products[at / count * total + at % count]).collect();
        }
        let updates = &all[..count];
        let positions = products_of_positions(&products, count);
        let spread: f64 = positions.iter().step_by(count + 2).sum();
        let eigen = two_largest(&positions, count + 1);
        let best: f64 = eigen.iter().map(|eigen| eigen.value).sum();
        let common = self.held.take().filter(|held| self.taken.abs_diff(held.taken) < self.capacity as u64);
        if let Some(held) = common {
            let spots = spots_on(&held.plane, updates, &positions);
            let shown: f64 = spots.iter().map(|spot| spot.x * spot.x + spot.y * spot.y).sum();
            if shown >= best - MOST_LOST * spread {
                self.held = Some(HeldPlane { taken: self.taken, ..held });
                return Trail { spots };
            }
        }
        let size = updates.first().map_or(0, |update| update.len());
        let of_updates = |shares: &[f64]| combine(updates, &steps_of(shares), size);
        let plane = Plane::from_products(eigen.clone(), spread, of_updates, vec![0.0; size]);
        let along = eigen.map(|eigen| eigen.vector.iter().map(|share| share * eigen.value.sqrt()).collect::<Vec<_>>());
        let mut trail = Trail { spots: spots_at(along, &positions) };
        let plane = trail.face(plane);
        self.held = Some(HeldPlane { plane, taken: self.taken });
        trail
    }
}

/// The products of the positions before and after each of `count` updates, around their mean, from those of the
/// updates.
fn products_of_positions(updates: &[f64], count: usize) -> Vec<f64> {
    let size = count + 1;
    let mut positions = vec![0.0; size * size];
    for row in 1..size {
        let mut along_row = 0.0;
        for column in 1..size {
            along_row += updates[(row - 1) * count + column - 1];
            positions[row * size + column] = positions[(row - 1) * size + column] + along_row;
        }
    }
    let means: Vec<f64> = positions.chunks(size).map(|row| row.iter().sum::<f64>() / size as f64).collect();
    let mean = means.iter().sum::<f64>() / size as f64;
    for (row, values) in positions.chunks_mut(size).enumerate() {
        values.iter_mut().zip(&means).for_each(|(value, of_column)| *value += mean - means[row] - of_column);
    }
    positions
}

/// What share each update has in Σ share·position, given the shares of the positions.
fn steps_of(shares: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut of_steps: Vec<f64> = shares
        .iter()
        .skip(1)
        .rev()
        .map(|share| {
            sum += share;
            sum
        })
        .collect();
    of_steps.reverse();
    of_steps
}

/// The positions around their mean on a plane that was found for others.
fn spots_on(plane: &Plane, updates: &[Box<[f32]>], positions: &[f64]) -> Vec<Spot> {
    let along = plane.axes.each_ref().map(|axis| {
        let axis: Vec<f32> = axis.iter().map(|&value| value as f32).collect();
        let mut place = 0.0;
        let mut places = vec![0.0];
        places.extend(updates.iter().map(|update| {
            let mut products = Products::default();
            products.add(&axis, update);
            place += products.product;
            place
        }));
        let mean = places.iter().sum::<f64>() / places.len() as f64;
        places.iter().map(|place| place - mean).collect()
    });
    spots_at(along, positions)
}

/// Spots with these coordinates, of positions with these products around their mean.
fn spots_at([x, y]: [Vec<f64>; 2], positions: &[f64]) -> Vec<Spot> {
    let squares = positions.iter().step_by(x.len() + 1);
    let spot =
        |((x, y), square): ((&f64, &f64), &f64)| Spot { x: *x, y: *y, off: (square - x * x - y * y).max(0.0).sqrt() };
    x.iter().zip(&y).zip(squares).map(spot).collect()
}

impl Trail {
    /// Gives the axes the signs with which paths are drawn: it ends to the right of where it began, and bows upwards.
    fn face(&mut self, mut plane: Plane) -> Plane {
        let (Some(first), Some(last)) = (self.spots.first(), self.spots.last()) else { return plane };
        let middle = self.spots[self.spots.len() / 2];
        let flips = [last.x < first.x, middle.y < f64::midpoint(first.y, last.y)];
        for (axis, _) in plane.axes.iter_mut().zip(flips).filter(|(_, flips)| *flips) {
            axis.iter_mut().for_each(|value| *value = -*value);
        }
        for spot in &mut self.spots {
            spot.x *= if flips[0] { -1.0 } else { 1.0 };
            spot.y *= if flips[1] { -1.0 } else { 1.0 };
        }
        plane
    }
}

/// The last steps of a run as positions, from sketches of their updates.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SketchedPath {
    /// Positions from the start to the end, around their own mean.
    positions: Vec<Vec<f32>>,
    /// Steps from one position to the next.
    stride: usize,
}

impl SketchedPath {
    /// The way of these steps, given the sketch of each update. Of more than 500 steps every second, third … position
    /// is kept, see [`SketchedPath::stride`].
    pub fn new<'a>(updates: impl ExactSizeIterator<Item = &'a [f32]>) -> Self {
        let stride = updates.len().div_ceil(MOST_POSITIONS - 1).max(1);
        let mut updates = updates.peekable();
        let size = updates.peek().map_or(0, |update| update.len());
        let mut position = vec![0.0_f32; size];
        let mut positions = vec![position.clone()];
        let mut walked = 0;
        for update in updates {
            position.iter_mut().zip(update).for_each(|(sum, step)| *sum += step);
            walked += 1;
            if walked % stride == 0 {
                positions.push(position.clone());
            }
        }
        if walked % stride != 0 {
            positions.push(position);
        }
        let mut mean = vec![0.0_f32; size];
        let share = 1.0 / positions.len() as f32;
        for position in &positions {
            mean.iter_mut().zip(position).for_each(|(sum, value)| *sum += share * value);
        }
        for position in &mut positions {
            position.iter_mut().zip(&mean).for_each(|(value, mean)| *value -= mean);
        }
        Self { positions, stride }
    }

    /// Steps from one position that is drawn to the next.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// The path on the plane of its own first two principal components.
    pub fn trail(&self) -> Trail {
        let Some(plane) = Self::plane([self], None) else { return Trail::default() };
        let mut trail = self.on(&plane);
        trail.face(plane);
        trail
    }

    /// The plane that best shows all `paths` at once, each around its own mean: see [`Plane::of_points`]. Every path
    /// counts the same: it is scaled to the same spread for this, or the longest would have the plane to itself. So
    /// `explained` is the mean of the shares that are explained of each.
    pub fn plane<'a>(paths: impl IntoIterator<Item = &'a Self>, previous: Option<&Plane>) -> Option<Plane> {
        let scaled = paths.into_iter().flat_map(|path| {
            let every = path.positions.len().div_ceil(MOST_FOR_PLANE).max(1);
            let points: Vec<&Vec<f32>> = path.positions.iter().step_by(every).collect();
            let spread: f32 = points.iter().flat_map(|point| point.iter()).map(|value| value * value).sum();
            let scale = if spread > 0.0 { spread.sqrt().recip() } else { 0.0 };
            points.into_iter().map(move |point| point.iter().map(|value| scale * value).collect())
        });
        let points: Vec<Vec<f32>> = scaled.collect();
        Plane::of_points(&points, previous)
    }

    /// The path on a plane that it shares with others.
    pub fn on(&self, plane: &Plane) -> Trail {
        let shifted = |position: &Vec<f32>| position.iter().map(|&value| f64::from(value)).collect::<Vec<_>>();
        Trail { spots: self.positions.iter().map(|position| plane.project_shifted(&shifted(position))).collect() }
    }
}
