//! What Adam and its relatives share: decaying means of the gradient and of its square.

use super::prelude::*;

/// The settings of these means, and what divides by them.
#[derive(Clone, Copy)]
pub struct Moments<T> {
    /// Share of the mean gradient that is kept.
    pub beta1: f64,
    /// Share of the mean square that is kept.
    pub beta2: f64,
    /// 1 − beta1 and 1 − beta2, each rounded once.
    pub new_shares: (T, T),
    /// What is added to a divisor.
    pub eps: T,
}

impl<T: Scalar> Moments<T> {
    /// As they are set.
    pub fn new(values: &SettingValues) -> Self {
        let [beta1, beta2] = ["beta1", "beta2"].map(|key| values.value(key));
        let new_shares = (T::of(1.0 - beta1), T::of(1.0 - beta2));
        Self { beta1, beta2, new_shares, eps: T::of(values.value("eps")) }
    }

    /// What lr·m ÷ (√v + eps) is to be multiplied by, m ÷ (1 − beta1ᵗ) and v ÷ (1 − beta2ᵗ) taking the place of m and
    /// v: for m, lr included, and for √v.
    pub fn scales(&self, StepContext { lr, t }: StepContext) -> (T, T) {
        (T::of(lr / correction(self.beta1, t)), T::of(1.0 / correction(self.beta2, t).sqrt()))
    }

    /// The mean gradient with one more.
    #[inline(always)]
    pub fn mean<N: SimdFloat<T>>(&self, gradient: N, m: N) -> N {
        (m + (gradient - m) * self.new_shares.0).flushed()
    }

    /// The mean square with one more gradient.
    #[inline(always)]
    pub fn mean_square<N: SimdFloat<T>>(&self, gradient: N, v: N) -> N {
        (v + (gradient.squared() - v) * self.new_shares.1).flushed()
    }

    /// Both means with one more gradient.
    #[inline(always)]
    pub fn both<N: SimdFloat<T>>(&self, gradient: N, m: N, v: N) -> (N, N) {
        (self.mean(gradient, m), self.mean_square(gradient, v))
    }

    /// The update, with the scales of its step.
    #[inline(always)]
    pub fn update<N: SimdFloat<T>>(&self, (rate, root_scale): (T, T), m: N, v: N) -> N {
        -(m * rate / (v.sqrt() * root_scale + self.eps))
    }
}

/// What a mean that began with 0 has of its full size after `t` steps.
pub fn correction(beta: f64, t: u64) -> f64 {
    1.0 - beta.powi(i32::try_from(t).unwrap_or(i32::MAX))
}

/// The length of `parameters`, as given, over that of `update`, times `trust`: 1 where one of them is 0.
pub fn trust_ratio<T: Scalar>(of_parameters: f64, update: &[T], trust: f64, eps: f64) -> f64 {
    let of_update = T::norm_and_square(update).0;
    if of_parameters == 0.0 || of_update == 0.0 { 1.0 } else { trust * of_parameters / (of_update + eps) }
}

/// u ← scale·u + share·θ.
pub fn add_scaled<T: Scalar>(update: &mut [T], scale: T, parameters: &[T], share: f64) {
    let share = T::of(share);
    let elements = update.iter_mut().zip(parameters);
    elements.for_each(|(update, &parameter)| *update = *update * scale + parameter * share);
}
