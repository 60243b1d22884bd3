//! What there is to see of a race, without a terminal.

pub mod column;
pub mod landscape;
pub mod lesson;
pub mod lr;
pub mod race_info;
pub mod ranking;
pub mod saver;
pub mod throughput;
pub mod value;
