//! Numbers and names in few characters.

pub use crate::board::value::{NONE, rate};
pub use crate::text::cut;
