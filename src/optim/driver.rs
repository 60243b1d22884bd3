//! Drives a rule over variables, step by step, and owns all that it keeps: for networks, surfaces and tests alike.

use std::ops::Range;

use aligned_vec::{AVec, avec};

use super::elementwise::Given;
use super::kernel::{Chunk, Scalar, StepSums};
use super::rule::{Fused, Received, Rule, Slot, StepContext, Streamed, VariableStep, WholeStep};
use super::transforms::Transforms;
use crate::gradient::Variable;
use crate::simd::Engine;

/// Elements whose sums are kept in single precision, and that stay in the first-level cache meanwhile.
pub const CHUNK: usize = 2048;

/// A rule with transforms around it, and all that they keep of some variables.
///
/// A step is [`Driver::begin`], then [`Driver::take`] until every parameter was covered once, then [`Driver::finish`].
/// Where elements stand by themselves, parameters move as they are covered; else at the end.
pub struct Driver<T> {
    rule: Box<dyn Rule<T>>,
    transforms: Transforms<T>,
    engine: Engine,
    variables: Vec<Variable>,
    at: StepContext,
    /// What the rule keeps, then what each transform of updates keeps.
    kept: Vec<Kept<T>>,
    /// The rule at this step.
    streamed: Option<Box<dyn Streamed<T>>>,
    collected: Option<Collected<T>>,
    /// The last update of every parameter.
    pub update: AVec<T>,
    /// Sums over the elements of this step so far.
    pub sums: StepSums,
}

/// What one rule or transform keeps.
#[derive(Debug, Clone, PartialEq)]
struct Kept<T> {
    /// For each variable, its slots.
    slots: Vec<Vec<AVec<T>>>,
    /// Numbers for all of them.
    numbers: Vec<f64>,
}

/// The gradients of a step, where nothing can be done before all of them are there.
struct Collected<T> {
    gradient: AVec<T>,
    /// The update that is being made.
    update: AVec<T>,
    /// Gradients of this step so far.
    count: u32,
    /// For each variable, ‖g‖₂ of the newest one.
    norms: Vec<f64>,
    /// Σ g² of the first one.
    gradient_squared: f64,
    /// The parameters, while a gradient is taken elsewhere.
    parameters: Vec<T>,
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
    /// The parameters stand elsewhere for the moment: their gradient is wanted there, of the same minibatch, and then
    /// the end of the step once more.
    WantsGradient,
}

/// All that a driver keeps between two steps.
#[derive(Debug, Clone, PartialEq)]
pub struct DriverState<T> {
    steps: u64,
    kept: Vec<Kept<T>>,
    update: AVec<T>,
}

/// What was saved is not what an optimizer keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the optimizer keeps other numbers than these")]
pub struct StateMismatch;

impl<T: Scalar> Driver<T> {
    /// Before the first step, for variables that stand one after the other.
    pub fn new(rule: Box<dyn Rule<T>>, transforms: Transforms<T>, variables: Vec<Variable>, engine: Engine) -> Self {
        let parameters = variables.last().map_or(0, |variable| variable.place.end);
        let at = StepContext { lr: 0.0, t: 0 };
        let kept = initial(rule.as_ref(), &transforms, &variables);
        let collected = collects(rule.as_ref(), &transforms).then(|| Collected {
            gradient: avec![T::zero(); parameters],
            update: avec![T::zero(); parameters],
            count: 0,
            norms: Vec::new(),
            gradient_squared: 0.0,
            parameters: Vec::new(),
        });
        let update = avec![T::zero(); parameters];
        let sums = StepSums::default();
        Self { rule, transforms, engine, variables, at, kept, streamed: None, collected, update, sums }
    }

    /// Begins a step with this learning rate.
    pub fn begin(&mut self, lr: f64) {
        self.at = StepContext { lr, t: self.at.t + 1 };
        self.sums = StepSums::default();
        match &mut self.collected {
            Some(collected) => collected.count = 0,
            None => {
                let mut fused = Fused::NONE;
                self.transforms.gradient.iter().for_each(|transform| _ = transform.fuse(self.at, &mut fused));
                self.transforms.update.iter().for_each(|transform| _ = transform.fuse(self.at, &mut fused));
                self.streamed = self.rule.streamed(self.at, &mut self.kept[0].numbers, fused);
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

    /// Takes in the gradient of the parameters that stand at `place`, all of one variable.
    pub fn take(&mut self, place: Range<usize>, parameters: &mut [T], gradient: &[T]) {
        match self.collected(place.clone()) {
            Some(collected) => collected.copy_from_slice(gradient),
            None => self.stream(place, parameters, gradient),
        }
    }

    /// Moves the parameters that stand at `place`, all of one variable, at once.
    pub fn stream(&mut self, place: Range<usize>, parameters: &mut [T], mut gradient: impl ChunkedGradient<T>) {
        let variable = self.variables.partition_point(|variable| variable.place.end <= place.start);
        let (Some(streamed), Some(Variable { place: whole, .. })) = (&self.streamed, self.variables.get(variable))
        else {
            return;
        };
        let state = &mut self.kept[0].slots[variable];
        let chunks = parameters.chunks_mut(CHUNK).zip(self.update[place.clone()].chunks_mut(CHUNK));
        for (index, (parameters, update)) in chunks.enumerate() {
            let start = index * CHUNK;
            let gradient = gradient.chunk(start..start + parameters.len());
            let start = place.start - whole.start + start;
            let place = start..start + parameters.len();
            self.sums += streamed.apply(self.engine, Chunk { parameters, gradient, state, place, update });
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
        collected.count += 1;
        collected.measure(&self.variables);
        if collected.count > 1 {
            parameters.copy_from_slice(&collected.parameters);
        }
        if self.receive(collected, parameters) == Received::WantsAnother {
            collected.parameters.clear();
            collected.parameters.extend_from_slice(parameters);
            let moved = parameters.iter_mut().zip(collected.update.iter());
            moved.for_each(|(parameter, &update)| *parameter = *parameter + update);
            return StepEnd::WantsGradient;
        }
        let mut fused = Fused::NONE;
        let is_fused = self.transforms.update.iter().all(|transform| transform.fuse(self.at, &mut fused));
        self.streamed = None;
        if is_fused {
            self.streamed = self.rule.streamed(self.at, &mut self.kept[0].numbers, fused);
        }
        let steps = if self.streamed.is_some() {
            &collected.gradient
        } else {
            self.make_update(collected, parameters);
            self.streamed = Some(Box::new(Given));
            &collected.update
        };
        for index in 0..self.variables.len() {
            let place = self.variables[index].place.clone();
            self.stream(place.clone(), &mut parameters[place.clone()], &steps[place][..]);
        }
        self.sums.gradient_squared = collected.gradient_squared;
        StepEnd::Done
    }

    fn receive(&mut self, collected: &mut Collected<T>, parameters: &[T]) -> Received {
        let Self { rule, transforms, kept, variables, at, engine, .. } = self;
        let count = collected.count;
        let mut step = kept[0].step(*at, *engine, variables, collected, parameters);
        for transform in &transforms.gradient {
            if transform.transform(count, &mut step) == Received::WantsAnother {
                return Received::WantsAnother;
            }
        }
        rule.receive(count, &mut step)
    }

    fn make_update(&mut self, collected: &mut Collected<T>, parameters: &[T]) {
        let Self { rule, transforms, kept, variables, at, engine, .. } = self;
        rule.update(&mut kept[0].step(*at, *engine, variables, collected, parameters));
        for (transform, kept) in transforms.update.iter().zip(&mut kept[1..]) {
            transform.transform(&mut kept.step(*at, *engine, variables, collected, parameters));
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

    /// Where the network is evaluated, if that is not at its parameters.
    pub fn evaluated(&self, parameters: &[T]) -> Option<Vec<T>> {
        let mut point = None;
        for (index, variable) in self.variables.iter().enumerate() {
            let here = &parameters[variable.place.clone()];
            let state = |owner: usize| &self.kept[owner].slots[index][..];
            let mut elsewhere = self.rule.evaluated(variable, here, state(0));
            for (owner, transform) in self.transforms.update.iter().enumerate() {
                elsewhere = transform.evaluated(variable, here, state(owner + 1)).or(elsewhere);
            }
            if let Some(elsewhere) = elsewhere {
                point.get_or_insert_with(|| parameters.to_vec())[variable.place.clone()].copy_from_slice(&elsewhere);
            }
        }
        point
    }

    /// All that it keeps.
    pub fn save(&self) -> DriverState<T> {
        DriverState { steps: self.at.t, kept: self.kept.clone(), update: self.update.clone() }
    }

    /// Goes on from what was saved, between two steps; settings may differ as long as the same is kept.
    ///
    /// # Errors
    /// When an optimizer saved it that keeps other numbers, or one of other variables.
    pub fn restore(&mut self, state: &DriverState<T>) -> Result<(), StateMismatch> {
        if state.update.len() != self.update.len() || !shapes(&state.kept).eq(shapes(&self.kept)) {
            return Err(StateMismatch);
        }
        self.at.t = state.steps;
        let kept = self.kept.iter_mut().filter(|kept| kept.is_something());
        kept.zip(state.kept.iter().filter(|kept| kept.is_something())).for_each(|(here, saved)| here.clone_from(saved));
        self.update.clone_from(&state.update);
        Ok(())
    }
}

impl<T: Scalar> Collected<T> {
    fn measure(&mut self, variables: &[Variable]) {
        self.norms.clear();
        let mut all_squared = 0.0;
        for variable in variables {
            let (norm, squared) = T::norm_and_square(&self.gradient[variable.place.clone()]);
            self.norms.push(norm);
            all_squared += squared;
        }
        if self.count == 1 {
            self.gradient_squared = all_squared;
        }
    }
}

impl<T> Kept<T> {
    fn is_something(&self) -> bool {
        !self.numbers.is_empty() || self.slots.iter().any(|slots| !slots.is_empty())
    }

    /// A step as the one that keeps this sees it.
    fn step<'a>(
        &'a mut self,
        at: StepContext,
        engine: Engine,
        variables: &'a [Variable],
        collected: &'a mut Collected<T>,
        parameters: &'a [T],
    ) -> WholeStep<'a, T> {
        let (mut gradients, mut updates) = (&mut collected.gradient[..], &mut collected.update[..]);
        let kept = self.slots.iter_mut().zip(&collected.norms);
        let variables = variables.iter().zip(kept).map(|(variable, (state, &gradient_norm))| {
            let gradient = gradients.split_off_mut(..variable.place.len()).unwrap_or_default();
            let update = updates.split_off_mut(..variable.place.len()).unwrap_or_default();
            let parameters = &parameters[variable.place.clone()];
            VariableStep { variable, parameters, gradient, gradient_norm, update, state }
        });
        WholeStep { at, engine, variables: variables.collect(), kept: &mut self.numbers }
    }
}

/// Whether whole gradients are needed before any parameter moves.
pub fn collects<T: Scalar>(rule: &dyn Rule<T>, transforms: &Transforms<T>) -> bool {
    let (at, mut fused) = (StepContext { lr: 0.0, t: 1 }, Fused::NONE);
    let is_streamed = rule.is_streamed()
        && transforms.gradient.iter().all(|transform| transform.fuse(at, &mut fused))
        && transforms.update.iter().all(|transform| transform.fuse(at, &mut fused));
    !is_streamed
}

/// What a rule and transforms around it keep of these variables, for each of them.
pub fn slots<T: Scalar>(
    rule: &dyn Rule<T>,
    transforms: &Transforms<T>,
    variables: &[Variable],
) -> Vec<Vec<Vec<Slot<T>>>> {
    let of_rule = variables.iter().map(|variable| rule.slots(variable)).collect();
    let of_transforms =
        transforms.update.iter().map(|transform| variables.iter().map(|variable| transform.slots(variable)).collect());
    std::iter::once(of_rule).chain(of_transforms).collect()
}

/// Numbers that a driver needs beside parameters and updates.
pub fn numbers<T: Scalar>(rule: &dyn Rule<T>, transforms: &Transforms<T>, variables: &[Variable]) -> usize {
    let kept: usize = slots(rule, transforms, variables).iter().flatten().flatten().map(|slot| slot.length).sum();
    let collected = 2 * variables.last().map_or(0, |variable| variable.place.end);
    kept + if collects(rule, transforms) { collected } else { 0 }
}

fn initial<T: Scalar>(rule: &dyn Rule<T>, transforms: &Transforms<T>, variables: &[Variable]) -> Vec<Kept<T>> {
    let filled = |slots: Vec<Slot<T>>| slots.into_iter().map(|slot| avec![slot.initial; slot.length]).collect();
    let kept = slots(rule, transforms, variables).into_iter().enumerate().map(|(owner, slots)| Kept {
        slots: slots.into_iter().map(filled).collect(),
        numbers: if owner == 0 { rule.kept() } else { Vec::new() },
    });
    kept.collect()
}

/// How many numbers stand where, whatever they are; who keeps nothing is left out.
fn shapes<T>(kept: &[Kept<T>]) -> impl Iterator<Item = (usize, Vec<Vec<usize>>)> {
    kept.iter().filter(|kept| kept.is_something()).map(|kept| {
        let lengths = |slots: &Vec<AVec<T>>| slots.iter().map(|slot| slot.len()).collect();
        (kept.numbers.len(), kept.slots.iter().map(lengths).collect())
    })
}
