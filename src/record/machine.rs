//! The machine that a race ran on: times in a manifest mean nothing without it.

use serde::{Deserialize, Serialize};

use crate::simd::Engine;
use crate::system::processor_name;
use crate::text::Untrusted;

/// The machine that a race ran on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Machine {
    /// Name of the processor, or its architecture where the system does not tell.
    pub cpu: Untrusted,
    /// Threads the processor runs at once, as far as this program may use them.
    pub logical_cores: Option<usize>,
    /// Operating system.
    pub os: Untrusted,
    /// Architecture of the processor.
    pub arch: Untrusted,
    /// The vector instructions that it was run with, as `OPTIRACE_INSTRUCTIONS` names them: others give other last
    /// digits. Empty in manifests that were written before this was told.
    #[serde(default)]
    pub instructions: Untrusted,
}

impl Machine {
    /// This one.
    pub fn this() -> Self {
        Self {
            cpu: processor_name().unwrap_or_else(|| std::env::consts::ARCH.to_owned()).into(),
            logical_cores: std::thread::available_parallelism().map(usize::from).ok(),
            os: std::env::consts::OS.into(),
            arch: std::env::consts::ARCH.into(),
            instructions: Engine::in_use().instructions().name().into(),
        }
    }
}
