//! The network.

/// Activation of the hidden layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// max(x, 0)
    Relu,
    /// tanh x
    Tanh,
    /// 1 ÷ (1 + e⁻ˣ)
    Sigmoid,
    /// x·Φ(x), with the exact normal distribution function
    Gelu,
}
