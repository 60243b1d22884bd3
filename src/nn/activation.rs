//! Activations of the hidden layers.

use std::fmt;
use std::str::FromStr;

use crate::text::stored_as_text;

/// Activation of the hidden layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Activation {
    /// max(x, 0)
    #[default]
    Relu,
    /// tanh x
    Tanh,
    /// 1 ÷ (1 + e⁻ˣ)
    Sigmoid,
    /// x·Φ(x) with the exact normal distribution function Φ, as in Keras and PyTorch by default (Hendrycks & Gimpel
    /// 2016, arXiv:1606.08415).
    Gelu,
}

stored_as_text!(Activation);

impl Activation {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Relu, Self::Tanh, Self::Sigmoid, Self::Gelu];

    /// Its name on the command line, as in Keras.
    pub fn name(self) -> &'static str {
        match self {
            Self::Relu => "relu",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
            Self::Gelu => "gelu",
        }
    }

    /// Replaces each pre-activation in `values` by its activation. Where the derivative cannot be had from the
    /// activation alone, `inputs` (of the same length) receives the pre-activations.
    pub(super) fn apply(self, values: &mut [f32], inputs: &mut [f32]) {
        match self {
            // Not `max`, which would turn NaN into 0.
            Self::Relu => values.iter_mut().for_each(|x| *x = if *x < 0.0 { 0.0 } else { *x }),
            Self::Tanh => values.iter_mut().for_each(|x| *x = x.tanh()),
            Self::Sigmoid => values.iter_mut().for_each(|x| *x = 1.0 / (1.0 + (-*x).exp())),
            Self::Gelu => {
                inputs.copy_from_slice(values);
                values.iter_mut().for_each(|x| *x *= normal_cdf(*x));
            }
        }
    }

    /// Multiplies each gradient by the derivative of the activation, given the activation and, for GELU, the
    /// pre-activation.
    pub(super) fn backward(self, gradients: &mut [f32], outputs: &[f32], inputs: &[f32]) {
        let pairs = gradients.iter_mut().zip(outputs);
        match self {
            Self::Relu => pairs.for_each(|(g, y)| *g = if *y > 0.0 { *g } else { 0.0 }),
            Self::Tanh => pairs.for_each(|(g, y)| *g *= 1.0 - y * y),
            Self::Sigmoid => pairs.for_each(|(g, y)| *g *= y * (1.0 - y)),
            Self::Gelu => gradients.iter_mut().zip(inputs).for_each(|(g, x)| *g *= normal_cdf(*x) + x * normal_pdf(*x)),
        }
    }
}

fn normal_cdf(x: f32) -> f32 {
    0.5 * (1.0 + libm::erff(x * std::f32::consts::FRAC_1_SQRT_2))
}

fn normal_pdf(x: f32) -> f32 {
    const INVERSE_ROOT_OF_TWO_PI: f32 = 0.398_942_3;
    INVERSE_ROOT_OF_TWO_PI * (-0.5 * x * x).exp()
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Activation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|activation| activation.name() == text);
        known.ok_or_else(|| "an activation is one of relu, tanh, sigmoid, gelu".to_owned())
    }
}
