//! The optimizers.

/// An optimizer and its settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Learning rate.
    pub lr: f64,
}
