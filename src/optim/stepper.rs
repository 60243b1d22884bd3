//! Applies an optimizer to parameters, piece by piece, and measures the update on the way.

use std::ops::Range;

use aligned_vec::{AVec, avec};

use super::clip::Collected;
use super::element::{MOST_SLOTS, Optimizer, Sums, Tile};
use super::outer::OuterSteps;
use super::spec::Spec;
use crate::gradient::{Gradient, Outer};

/// Elements whose sums are kept in single precision, and that stay in the first-level cache meanwhile.
const TILE: usize = 2048;

/// Parameters that share a note of whether they moved.
const BLOCK: usize = 64;

/// What one step was like, over all parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepMeasures {
    /// ‖g‖₂, of the gradient as it was before any clipping.
    pub grad_norm: f64,
    /// ‖Δθ‖₂.
    pub update_norm: f64,
    /// Cosine between this update and the one before; `NaN` at the first step and where either is zero.
    pub update_cosine: f64,
}

/// An optimizer with its state for a number of parameters.
///
/// A step is [`Stepper::begin`], then [`Stepper::apply`] until every parameter was covered once,
/// then [`Stepper::finish`]. Parameters move as they are covered; where norms are clipped, which takes a variable's
/// whole gradient, they move at the end.
pub struct Stepper {
    optimizer: Box<dyn Optimizer<f32>>,
    /// One vector per slot; slots that the optimizer does not use are empty.
    state: [AVec<f32>; MOST_SLOTS],
    /// The last update of every parameter.
    update: AVec<f32>,
    /// For each [`BLOCK`] of parameters, whether any of their updates may not be 0.
    moved: Vec<bool>,
    last_update_norm: f64,
    sums: Sums,
    /// Updates that are kept as the factors of an outer product, and do not stand in `update`.
    outer: OuterSteps,
    /// Gradient of the tile at hand, where it has to be written down.
    tile: AVec<f32>,
    /// Where norms are clipped: the gradient so far.
    collected: Option<Collected>,
}

impl Stepper {
    /// The optimizer of `spec` at its first step, for variables (kernels, biases) that stand at these places and
    /// together are all parameters.
    pub fn new(spec: &Spec, variables: &[Range<usize>]) -> Self {
        let parameters = variables.iter().map(ExactSizeIterator::len).sum();
        let optimizer = spec.build_f32();
        let initial = optimizer.initial_state();
        let state = std::array::from_fn(|slot| match initial.get(slot) {
            Some(&value) => avec![value; parameters],
            None => avec![],
        });
        Self {
            state,
            optimizer,
            update: avec![0.0; parameters],
            moved: vec![false; parameters.div_ceil(BLOCK)],
            last_update_norm: f64::NAN,
            sums: Sums::default(),
            outer: OuterSteps::default(),
            tile: avec![0.0; TILE],
            collected: spec.clip_norm.map(|limit| Collected::new(limit, variables, parameters)),
        }
    }

    /// Begins a step with this learning rate.
    pub fn begin(&mut self, lr: f64) {
        self.sums = Sums::default();
        self.optimizer.begin_step(lr);
    }

    /// Updates the parameters that stand at `range` among all parameters, given their gradient.
    pub fn apply(&mut self, range: Range<usize>, parameters: &mut [f32], gradient: Gradient<'_>) {
        if let Some(collected) = &mut self.collected {
            gradient.write(0, &mut collected.gradient[range]);
            return;
        }
        match (gradient, self.optimizer.multiple()) {
            (Gradient::Outer(outer), Some(multiple)) => {
                self.sums += self.outer.take(range, parameters, outer, multiple, &self.update);
            }
            (Gradient::Outer(outer), None) => self.update_by_outer(range, parameters, outer),
            (Gradient::Dense(gradient), _) => self.update(range, parameters, gradient),
            (Gradient::Zero, _) => self.rest(range, parameters),
        }
    }

    fn update(&mut self, range: Range<usize>, parameters: &mut [f32], gradient: &[f32]) {
        self.write_last_outer(&range);
        note_moved(&mut self.moved, &range);
        self.step_tiles(range, parameters, Gradient::Dense(gradient));
    }

    /// Updates parameters by an optimizer that needs every element of their gradient, but for rows that rest.
    fn update_by_outer(&mut self, range: Range<usize>, parameters: &mut [f32], outer: Outer<'_>) {
        if !self.optimizer.rests_without_gradient() {
            note_moved(&mut self.moved, &range);
            self.step_tiles(range, parameters, Gradient::Outer(outer));
            return;
        }
        let width = outer.columns.len();
        let mut first = 0;
        for rows in outer.rows.chunk_by(|a, b| (*a == 0.0) == (*b == 0.0)) {
            let part = first * width..(first + rows.len()) * width;
            let place = range.start + part.start..range.start + part.end;
            first += rows.len();
            if rows[0] == 0.0 {
                self.rest(place, &mut parameters[part]);
            } else {
                note_moved(&mut self.moved, &place);
                self.step_tiles(place, &mut parameters[part], Gradient::Outer(Outer { rows, ..outer }));
            }
        }
    }

    /// Updates parameters whose gradient is 0.
    fn rest(&mut self, range: Range<usize>, parameters: &mut [f32]) {
        self.write_last_outer(&range);
        if self.optimizer.rests_without_gradient() {
            set_to_rest(&mut self.update, &mut self.moved, range);
        } else {
            self.step_tiles(range, parameters, Gradient::Zero);
        }
    }

    fn step_tiles(&mut self, range: Range<usize>, parameters: &mut [f32], gradient: Gradient<'_>) {
        for (index, parameters) in parameters.chunks_mut(TILE).enumerate() {
            let start = index * TILE;
            let tile = match gradient {
                Gradient::Dense(gradient) => &gradient[start..start + parameters.len()],
                Gradient::Outer(_) | Gradient::Zero => {
                    let tile = &mut self.tile[..parameters.len()];
                    gradient.write(start, tile);
                    tile
                }
            };
            let (state, update) = (&mut self.state, &mut self.update);
            self.sums += step_tile(self.optimizer.as_ref(), state, update, range.start + start, parameters, tile);
        }
    }

    /// Writes the updates of the last step down that reach into `range`, where they are kept as factors.
    fn write_last_outer(&mut self, range: &Range<usize>) {
        for written in self.outer.write_last(range, &mut self.update) {
            note_moved(&mut self.moved, &written);
        }
    }

    /// The last update of every parameter, once its step has ended.
    pub fn last_update(&mut self) -> &[f32] {
        self.outer.write(&mut self.update);
        &self.update
    }

    /// Ends a step, `parameters` being all of them: what it was like.
    pub fn finish(&mut self, parameters: &mut [f32]) -> StepMeasures {
        if let Some(mut collected) = self.collected.take() {
            let gradient_squared = collected.clip();
            for variable in &collected.variables {
                self.update(variable.clone(), &mut parameters[variable.clone()], &collected.gradient[variable.clone()]);
            }
            self.sums.gradient_squared = gradient_squared;
            self.collected = Some(collected);
        }
        self.outer.finish();
        let update_norm = self.sums.update_squared.sqrt();
        let norms = update_norm * self.last_update_norm;
        let update_cosine = if norms > 0.0 { (self.sums.update_times_last / norms).clamp(-1.0, 1.0) } else { f64::NAN };
        self.last_update_norm = update_norm;
        StepMeasures { grad_norm: self.sums.gradient_squared.sqrt(), update_norm, update_cosine }
    }
}

fn note_moved(moved: &mut [bool], place: &Range<usize>) {
    moved[place.start / BLOCK..place.end.div_ceil(BLOCK)].fill(true);
}

/// Sets the updates at `place` to 0, block by block, where `moved` says that one of them may not be 0.
fn set_to_rest(updates: &mut [f32], moved: &mut [bool], place: Range<usize>) {
    let mut start = place.start;
    while start < place.end {
        let block = start / BLOCK;
        let end = ((block + 1) * BLOCK).min(place.end);
        if moved[block] {
            updates[start..end].fill(0.0);
            // A block that is not wholly in `place` may hold other updates.
            moved[block] = end - start < BLOCK;
        }
        start = end;
    }
}

fn step_tile(
    optimizer: &dyn Optimizer<f32>,
    state: &mut [AVec<f32>; MOST_SLOTS],
    update: &mut [f32],
    start: usize,
    parameters: &mut [f32],
    gradient: &[f32],
) -> Sums {
    let place = start..start + parameters.len();
    let state = state.each_mut().map(|slot| slot.get_mut(place.clone()).unwrap_or_default());
    optimizer.step(Tile { parameters, gradient, state, update: &mut update[place] })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parameters without a gradient are passed over; what is measured must not show it.
    #[test]
    fn resting_parameters_are_measured_as_if_their_gradient_were_0() {
        for text in [
            "sgd",
            "adagrad",
            "adagrad:dialect=torch",
            "momentum",
            "rmsprop",
            "adam",
            "sgd:clip_value=2",
            "sgd:weight_decay=1",
            "sgd:clip_norm=9",
        ] {
            let spec: Spec = text.parse().unwrap();
            let count = 1000;
            let variables = [0..400, 400..count];
            let (mut resting, mut reckoned) = (Stepper::new(&spec, &variables), Stepper::new(&spec, &variables));
            let (mut a, mut b) = (vec![1.0; count], vec![1.0; count]);
            for step in 0..40 {
                // Three pieces with gradients and two without, their borders at other places in each step.
                let borders = [0, 100 + step, 311 + 3 * step, 600, 777 + step, count];
                resting.begin(spec.lr);
                reckoned.begin(spec.lr);
                for (piece, ends) in borders.windows(2).enumerate() {
                    let place = ends[0]..ends[1];
                    let is_lit = piece % 2 == 0;
                    let value = |index: usize| if is_lit { ((index * 7 + step) % 13) as f32 - 6.0 } else { 0.0 };
                    let gradient: Vec<f32> = place.clone().map(value).collect();
                    if is_lit {
                        resting.apply(place.clone(), &mut a[place.clone()], Gradient::Dense(&gradient));
                    } else {
                        resting.apply(place.clone(), &mut a[place.clone()], Gradient::Zero);
                    }
                    reckoned.apply(place.clone(), &mut b[place], Gradient::Dense(&gradient));
                }
                let (resting, reckoned) = (resting.finish(&mut a), reckoned.finish(&mut b));
                assert_eq!(resting.update_norm, reckoned.update_norm, "{text}, step {step}");
                assert_eq!(resting.update_cosine.to_bits(), reckoned.update_cosine.to_bits(), "{text}, step {step}");
            }
            assert_eq!(a, b, "{text}");
        }
    }

    /// An outer product is applied in other ways than the matrix it stands for: nothing may come of it.
    #[test]
    fn steps_along_outer_products_are_those_along_their_matrices() {
        for text in
            ["sgd", "sgd:clip_norm=0.5", "sgd:weight_decay=1", "momentum", "adagrad", "adagrad:dialect=torch", "adam"]
        {
            let spec: Spec = text.parse().unwrap();
            let (rows, columns) = (70, 33);
            let (matrix, count) = (rows * columns, rows * columns + 5);
            let variables = [0..matrix, matrix..count];
            let (mut outer, mut dense) = (Stepper::new(&spec, &variables), Stepper::new(&spec, &variables));
            let (mut a, mut b) = (vec![1.0; count], vec![1.0; count]);
            for step in 0..30_usize {
                let factor = |index: usize| ((index * 7 + step * step) % 13) as f32 / 13.0 - 0.4;
                let rows: Vec<f32> =
                    (0..rows).map(|row| if (row / 5 + step) % 3 == 0 { 0.0 } else { factor(row) }).collect();
                let columns: Vec<f32> = (0..columns).map(factor).collect();
                let product = Gradient::Outer(Outer { rows: &rows, columns: &columns });
                let (mut elements, rest) = (vec![0.0; matrix], [0.25; 5]);
                product.write(0, &mut elements);
                // Now and then a minibatch has more than one sample.
                let is_outer = step % 7 != 3;
                for (stepper, parameters, is_outer) in [(&mut outer, &mut a, is_outer), (&mut dense, &mut b, false)] {
                    stepper.begin(spec.lr);
                    if is_outer {
                        stepper.apply(0..matrix, &mut parameters[..matrix], product);
                    } else {
                        for start in (0..matrix).step_by(1000) {
                            let place = start..(start + 1000).min(matrix);
                            let gradient = Gradient::Dense(&elements[place.clone()]);
                            stepper.apply(place.clone(), &mut parameters[place], gradient);
                        }
                    }
                    stepper.apply(matrix..count, &mut parameters[matrix..], Gradient::Dense(&rest));
                }
                let (ours, theirs) = (outer.finish(&mut a), dense.finish(&mut b));
                let close = |a: f64, b: f64| (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-6 * b.abs().max(1.0);
                assert!(close(ours.grad_norm, theirs.grad_norm), "{text}, step {step}: {ours:?} {theirs:?}");
                assert!(close(ours.update_norm, theirs.update_norm), "{text}, step {step}: {ours:?} {theirs:?}");
                assert!(close(ours.update_cosine, theirs.update_cosine), "{text}, step {step}: {ours:?} {theirs:?}");
                assert_eq!(a, b, "{text}, step {step}");
                // Asking changes nothing, and need not be done.
                if step % 4 == 1 {
                    assert_eq!(outer.last_update(), dense.last_update(), "{text}, step {step}");
                }
            }
        }
    }
}
