//! Why the lesson could not be measured.

use crate::data::DataError;
use crate::optim::SpecError;
use crate::race::RaceError;
use crate::race::settings::SettingsError;
use crate::record::RecordError;
use crate::surface::SurfaceError;

/// Why the lesson could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum LessonError {
    /// A race could not start.
    #[error(transparent)]
    Race(#[from] RaceError),
    /// Its settings do not fit the data.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A race could not be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// An optimizer of the lesson is not known.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// Its surface is not known.
    #[error(transparent)]
    Surface(#[from] SurfaceError),
    /// Its samples cannot be flattened.
    #[error(transparent)]
    Data(#[from] DataError),
}
