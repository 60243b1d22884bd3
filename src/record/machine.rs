//! The machine that a race ran on: times in a manifest mean nothing without it.

use serde::{Deserialize, Serialize};

/// The machine that a race ran on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Machine {
    /// Name of the processor, or its architecture where the system does not tell.
    pub cpu: String,
    /// Threads the processor runs at once, as far as this program may use them.
    pub logical_cores: Option<usize>,
    /// Operating system.
    pub os: String,
    /// Architecture of the processor.
    pub arch: String,
}

impl Machine {
    /// This one.
    pub fn this() -> Self {
        let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        Self {
            cpu: model_name(&cpuinfo).unwrap_or(std::env::consts::ARCH).to_owned(),
            logical_cores: std::thread::available_parallelism().map(usize::from).ok(),
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
        }
    }
}

/// The first processor's name in the text of Linux's `/proc/cpuinfo`.
fn model_name(cpuinfo: &str) -> Option<&str> {
    let fields = cpuinfo.lines().filter_map(|line| line.split_once(':'));
    let mut names = fields.filter(|(key, _)| key.trim() == "model name").map(|(_, name)| name.trim());
    names.find(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processors_name_is_found_where_there_is_one() {
        let intel = "processor\t: 0\nmodel\t\t: 85\nmodel name\t: Intel(R) Xeon(R) CPU @ 2.80GHz\n\nprocessor\t: 1\n";
        assert_eq!(model_name(intel), Some("Intel(R) Xeon(R) CPU @ 2.80GHz"));
        assert_eq!(model_name("processor\t: 0\nBogoMIPS\t: 243.75\n"), None);
        assert_eq!(model_name(""), None);
    }
}
