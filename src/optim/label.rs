//! What a run may be called.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::text::{begins_without_column, is_hidden};

/// The name of a run. It is no path, and a terminal obeys nothing in it: it has no `/` and is neither
/// `.` nor `..`, and it has no character that is not seen,
/// and none that changes how others are seen, wherever it was read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label(pub(super) String);

/// A text that is no label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a label must be text without `/`, other than `.` and `..`, and without control, bidirectional or zero-width \
     characters"
)]
pub struct NoLabel;

impl Label {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Label {
    type Error = NoLabel;

    fn try_from(text: String) -> Result<Self, NoLabel> {
        let is_odd = matches!(text.as_str(), "" | "." | "..") || text.contains('/') || begins_without_column(&text);
        if is_odd || text.chars().any(is_hidden) { Err(NoLabel) } else { Ok(Self(text)) }
    }
}

impl FromStr for Label {
    type Err = NoLabel;

    fn from_str(text: &str) -> Result<Self, NoLabel> {
        text.to_owned().try_into()
    }
}

impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.0
    }
}

impl Deref for Label {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
