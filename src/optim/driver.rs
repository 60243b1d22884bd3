//! Drives an optimizer over variables, step by step, and owns all that it keeps: for networks, surfaces and tests
//! alike.

use std::ops::Range;

use super::chain::Chain;
use super::collected::Collected;
use super::elementwise::Given;
use super::kept::{DriverState, StateMismatch};
use super::kernel::{Chunk, Scalar, StepSums};
use super::rule::{Fused, Received, StepContext, Streamed};
use crate::gradient::Variable;
use crate::simd::Engine;

/// Elements whose sums are kept in single precision, and that stay in the first-level cache meanwhile.
pub const CHUNK: usize = 2048;

/// An optimizer with all that it keeps of some variables.
///
/// A step is [`Driver::begin`], then [`Driver::take`] until every parameter was covered once, then [`Driver::finish`].
/// Where elements are independent, parameters move as they are covered; else at the end.
pub struct Driver<T> {
    chain: Chain<T>,
    engine: Engine,
    variables: Vec<Variable>,
    at: StepContext,
    state: DriverState<T>,
    /// The rule at this step, where it acts on single elements.
    streamed: Option<Box<dyn Streamed<T>>>,
    collected: Option<Collected<T>>,
    /// Sums over the elements of this step so far.
    pub sums: StepSums,
}

/// The gradient of some parameters, chunk by chunk.
pub trait ChunkedGradient<T> {
    /// The elements at `place` among them.
    fn chunk(&mut self, place: Range<usize>) -> &[T];
}

impl<T> ChunkedGradient<T> for &[T] {
    fn chunk(&mut self, place: Range<usize>) -> &[T] {
        &self[place]
    }
}

/// What is left of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepEnd {
    /// Nothing: the parameters have moved.
    Done,
    /// The parameters are elsewhere for the moment: their gradient is wanted there, of the same minibatch, and then
    /// the end of the step once more.
    WantsGradient,
}

impl<T: Scalar> Driver<T> {
    /// Before the first step, for variables that follow one another.
    pub fn new(chain: Chain<T>, variables: Vec<Variable>, engine: Engine) -> Self {
        let state = DriverState::new(&chain, &variables);
        let collected = chain.collects().then(|| Collected::new(state.update.len()));
        let at = StepContext { lr: 0.0, t: 0 };
        Self { chain, engine, variables, at, state, streamed: None, collected, sums: StepSums::default() }
    }

    /// Begins a step with this learning rate.
    pub fn begin(&mut self, lr: f64) {
        self.state.steps += 1;
        self.at = StepContext { lr, t: self.state.steps };
        self.sums = StepSums::default();
        match &mut self.collected {
            Some(collected) => collected.count = 0,
            None => {
                let mut fused = Fused::NONE;
                self.chain.fuse_before(self.at, &mut fused);
                self.chain.fuse_after(self.at, &mut fused);
                self.streamed = self.chain.rule.streamed(self.at, &mut self.state.kept[0].numbers, fused);
            }
        }
    }

    /// The rule at this step, where parameters move as they are covered.
    pub fn streamed(&self) -> Option<&dyn Streamed<T>> {
        self.streamed.as_deref()
    }

    /// Where the gradient of some parameters is collected, if it is.
    pub fn collected(&mut self, place: Range<usize>) -> Option<&mut [T]> {
        self.collected.as_mut().map(|collected| &mut collected.gradient[place])
    }

    /// Takes in the gradient of the parameters at `place`, all of one variable.
    pub fn take(&mut self, place: Range<usize>, parameters: &mut [T], gradient: &[T]) {
        match self.collected(place.clone()) {
            Some(collected) => collected.copy_from_slice(gradient),
            None => self.stream(place, parameters, gradient),
        }
    }

    /// Moves the parameters at `place`, all of one variable, at once.
    pub fn stream(&mut self, place: Range<usize>, parameters: &mut [T], mut gradient: impl ChunkedGradient<T>) {
        let variable = self.variables.partition_point(|variable| variable.place.end <= place.start);
        let (Some(streamed), Some(&Variable { place: ref whole, kind, .. })) =
            (&self.streamed, self.variables.get(variable))
        else {
            debug_assert!(place.is_empty(), "a step begins before gradients come");
            return;
        };
        debug_assert!(place.end <= whole.end, "a piece belongs to one variable");
        let state = &mut self.state.kept[0].slots[variable];
        let chunks = parameters.chunks_mut(CHUNK).zip(self.state.update[place.clone()].chunks_mut(CHUNK));
        for (index, (parameters, update)) in chunks.enumerate() {
            let start = index * CHUNK;
            let gradient = gradient.chunk(start..start + parameters.len());
            let start = place.start - whole.start + start;
            let place = start..start + parameters.len();
            self.sums += streamed.apply(self.engine, Chunk { parameters, gradient, state, kind, place, update });
        }
    }

    /// Ends a step, `parameters` being all of them.
    pub fn finish(&mut self, parameters: &mut [T]) -> StepEnd {
        let Some(mut collected) = self.collected.take() else { return StepEnd::Done };
        let end = self.finish_collected(&mut collected, parameters);
        self.collected = Some(collected);
        end
    }

    fn finish_collected(&mut self, collected: &mut Collected<T>, parameters: &mut [T]) -> StepEnd {
        collected.measure(&self.variables);
        if collected.count > 1 {
            parameters.copy_from_slice(&collected.parameters);
        }
        if self.receive(collected, parameters) == Received::WantsAnother {
            collected.move_aside(parameters);
            return StepEnd::WantsGradient;
        }
        let mut fused = Fused::NONE;
        self.streamed = if self.chain.fuse_after(self.at, &mut fused) {
            self.chain.rule.streamed(self.at, &mut self.state.kept[0].numbers, fused)
        } else {
            None
        };
        let elements = if self.streamed.is_some() {
            &collected.gradient
        } else {
            self.make_update(collected, parameters);
            self.streamed = Some(Box::new(Given));
            &collected.update
        };
        for index in 0..self.variables.len() {
            let place = self.variables[index].place.clone();
            self.stream(place.clone(), &mut parameters[place.clone()], &elements[place][..]);
        }
        self.sums.gradient_squared = collected.gradient_squared;
        StepEnd::Done
    }

    fn receive(&mut self, collected: &mut Collected<T>, parameters: &[T]) -> Received {
        let Self { chain, state, variables, at, engine, .. } = self;
        let count = collected.count;
        let mut step = collected.step(*at, *engine, variables, &mut state.kept[0], parameters);
        for transform in &chain.before {
            if transform.transform(count, &mut step) == Received::WantsAnother {
                return Received::WantsAnother;
            }
        }
        chain.rule.receive(count, &mut step)
    }

    fn make_update(&mut self, collected: &mut Collected<T>, parameters: &[T]) {
        let Self { chain, state, variables, at, engine, .. } = self;
        chain.rule.update(&mut collected.step(*at, *engine, variables, &mut state.kept[0], parameters));
        for (transform, kept) in chain.after.iter().zip(&mut state.kept[1..]) {
            transform.transform(&mut collected.step(*at, *engine, variables, kept, parameters));
        }
    }

    /// A whole step, `gradient` giving that of any parameters.
    pub fn step(&mut self, lr: f64, parameters: &mut [T], mut gradient: impl FnMut(&[T]) -> Vec<T>) {
        self.begin(lr);
        loop {
            let gradient = gradient(parameters);
            for index in 0..self.variables.len() {
                let place = self.variables[index].place.clone();
                self.take(place.clone(), &mut parameters[place.clone()], &gradient[place]);
            }
            if self.finish(parameters) == StepEnd::Done {
                return;
            }
        }
    }

    /// The last update of every parameter: θ(t+1) − θ(t).
    pub fn update(&mut self) -> &mut [T] {
        &mut self.state.update
    }

    /// Where the network is evaluated, if that is not at its parameters.
    pub fn evaluated(&self, parameters: &[T]) -> Option<Vec<T>> {
        let mut point = None;
        for (index, variable) in self.variables.iter().enumerate() {
            let here = &parameters[variable.place.clone()];
            let slots = |owner: usize| &self.state.kept[owner].slots[index][..];
            let mut elsewhere = self.chain.rule.evaluated(variable, here, slots(0));
            for (owner, transform) in self.chain.after.iter().enumerate() {
                elsewhere = transform.evaluated(variable, here, slots(owner + 1)).or(elsewhere);
            }
            if let Some(elsewhere) = elsewhere {
                point.get_or_insert_with(|| parameters.to_vec())[variable.place.clone()].copy_from_slice(&elsewhere);
            }
        }
        point
    }

    /// What in its rule's state makes updates that are no finite numbers, where that is known.
    pub fn why_not_finite(&self) -> Option<&'static str> {
        self.state.kept.first()?.slots.iter().find_map(|state| self.chain.rule.why_not_finite(state))
    }

    /// All that it keeps.
    pub fn save(&self) -> DriverState<T> {
        self.state.clone()
    }

    /// Goes on from what was saved, between two steps; settings may differ as long as the same is kept.
    ///
    /// # Errors
    /// When an optimizer saved it that keeps other numbers, or one of other variables.
    pub fn restore(&mut self, saved: &DriverState<T>) -> Result<(), StateMismatch> {
        self.state.restore(saved)
    }
}
