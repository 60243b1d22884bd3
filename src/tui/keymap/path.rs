//! The keys of the view of all paths.

use super::charts::{HIDE, ZOOM};
use super::{Action, Entry};

/// These keys, in the order in which they are shown.
pub(super) static KEYS: &[Entry<Action>] = &[HIDE, ZOOM];
