//! All that happens to a gradient on its way to an update: transforms, a rule, transforms.

use super::kernel::Scalar;
use super::rule::{Fused, GradientTransform, Rule, Slot, StepContext, UpdateTransform};
use crate::gradient::Variable;

/// A rule with the transforms around it, in the order in which they act.
///
/// Of those that are known the order is: clipping, L2 penalty, a second gradient (sharpness-aware minimisation); the
/// rule; a cautious mask, a trust ratio, decoupled weight decay, lookahead, averaging.
pub struct Chain<T> {
    /// What changes the gradient.
    pub before: Vec<Box<dyn GradientTransform<T>>>,
    /// What makes an update of it.
    pub rule: Box<dyn Rule<T>>,
    /// What changes the update.
    pub after: Vec<Box<dyn UpdateTransform<T>>>,
}

impl<T: Scalar> Chain<T> {
    /// A rule alone.
    pub fn new(rule: Box<dyn Rule<T>>) -> Self {
        Self { before: Vec::new(), rule, after: Vec::new() }
    }

    /// Whether whole gradients are needed before any parameter moves.
    pub fn collects(&self) -> bool {
        let (at, mut fused) = (StepContext { lr: 0.0, t: 1 }, Fused::NONE);
        !(self.rule.is_streamed() && self.fuse_before(at, &mut fused) && self.fuse_after(at, &mut fused))
    }

    /// Lets the transforms before the rule join `fused`; `false` if one cannot.
    pub fn fuse_before(&self, at: StepContext, fused: &mut Fused<T>) -> bool {
        self.before.iter().all(|transform| transform.fuse(at, fused))
    }

    /// Lets the transforms after the rule join `fused`; `false` if one cannot.
    pub fn fuse_after(&self, at: StepContext, fused: &mut Fused<T>) -> bool {
        self.after.iter().all(|transform| transform.fuse(at, fused))
    }

    /// What the rule keeps, then what each transform after it keeps: for each of the variables, its slots.
    pub fn slots(&self, variables: &[Variable]) -> Vec<Vec<Vec<Slot<T>>>> {
        let of_rule = variables.iter().map(|variable| self.rule.slots(variable)).collect();
        let of_transforms =
            self.after.iter().map(|transform| variables.iter().map(|variable| transform.slots(variable)).collect());
        std::iter::once(of_rule).chain(of_transforms).collect()
    }

    /// Numbers that are needed for these variables beside parameters and their last update.
    pub fn numbers(&self, variables: &[Variable]) -> usize {
        let kept: usize = self.slots(variables).iter().flatten().flatten().map(|slot| slot.length).sum();
        // The whole gradient and the update that is made of it.
        let collected = 2 * variables.last().map_or(0, |variable| variable.place.end);
        kept + if self.collects() { collected } else { 0 }
    }
}
