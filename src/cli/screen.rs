//! How the screen looks and listens, as the command line says it.

use clap::{Args, ValueEnum};

use crate::text::printed::is_only_ascii;
use crate::tui::{Appearance, theme::Ground};

/// What the terminal's background is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ThemeChoice {
    /// As the terminal says, else COLORFGBG, else dark
    Auto,
    /// For a dark background
    Dark,
    /// For a light background
    Light,
}

/// The options of the screen.
#[derive(Debug, Args)]
#[command(next_help_heading = "Screen options")]
pub(super) struct ScreenOptions {
    /// Colours for this background: auto (asks the terminal), dark or light
    #[arg(long, value_name = "NAME", default_value = "auto", hide_possible_values = true)]
    theme: ThemeChoice,
    /// Leave the mouse to the terminal, so that text can be selected with it
    #[arg(long)]
    no_mouse: bool,
}

impl ScreenOptions {
    /// How the screen looks and listens.
    pub(super) fn appearance(&self) -> Appearance {
        let ground = match self.theme {
            ThemeChoice::Auto => None,
            ThemeChoice::Dark => Some(Ground::Dark),
            ThemeChoice::Light => Some(Ground::Light),
        };
        Appearance { ground, ascii: is_only_ascii(), mouse: !self.no_mouse }
    }
}
