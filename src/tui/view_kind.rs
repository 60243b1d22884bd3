//! The views of a race.

/// What of a race is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// Charts of loss and accuracy, and a table of all runs.
    #[default]
    Race,
    /// Two runs side by side: how much each zigzags.
    Zigzag,
    /// All paths through weight space on one plane, and the loss there.
    Path,
    /// Learning rates, and how large gradients and updates are.
    Dynamics,
    /// The same optimizers on a function of two variables.
    Surface,
    /// What is taught of optimizers, and what the race says of it.
    Lesson,
}

impl View {
    /// All views, in the order of their numbers.
    pub const ALL: [Self; 6] = [Self::Race, Self::Zigzag, Self::Path, Self::Dynamics, Self::Surface, Self::Lesson];

    /// The key that shows it.
    pub fn key(self) -> char {
        match self {
            Self::Race => '1',
            Self::Zigzag => '2',
            Self::Path => '3',
            Self::Dynamics => '4',
            Self::Surface => '5',
            Self::Lesson => '6',
        }
    }

    /// Its name, in a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Race => "race",
            Self::Zigzag => "zigzag",
            Self::Path => "path",
            Self::Dynamics => "dynamics",
            Self::Surface => "surface",
            Self::Lesson => "lesson",
        }
    }
}
