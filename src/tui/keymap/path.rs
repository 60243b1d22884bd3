//! The keys of the view of all paths.

use super::Entry;
use super::charts::{HIDE, ZOOM};

/// These keys, in the order in which they are shown.
pub(super) static KEYS: &[Entry] = &[HIDE, ZOOM];
