//! What the screen asks of the world around it.

use std::path::PathBuf;

use crate::race::protocol::{Command, Target};

/// Something that has to be done outside the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Ask this of the race.
    Race(Target, Command),
    /// Show the landscape the race as it is, or nothing any more.
    Look {
        /// Whether somebody looks.
        on: bool,
    },
    /// Write what was measured.
    Save {
        /// Whether the person is about to leave.
        leaving: bool,
    },
    /// Write what was measured into this folder, in the place of one that cannot be written to.
    SaveElsewhere {
        /// The folder, as it was typed.
        folder: PathBuf,
        /// Whether the person is about to leave.
        leaving: bool,
    },
    /// Save the screen as a picture.
    Picture,
    /// Draw everything anew, whatever the terminal shows by now.
    Redraw,
    /// Give the shell back until it wakes the program.
    Suspend,
    /// Leave.
    Quit,
}
