//! What the terminal can show and what its background is like, as the environment or the terminal itself says.

use std::env;

use super::{Colors, Theme};
use crate::text::printed::is_utf8_locale;

/// What the terminal's background is like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ground {
    /// Dark, with light text.
    #[default]
    Dark,
    /// Light, with dark text.
    Light,
}

impl Ground {
    /// What a background of this colour is: red, green and blue in sRGB, 0 to 1. It is light where it is nearer to
    /// white than to black in the lightness L* of CIE 1976.
    pub fn of_color(color: [f64; 3]) -> Self {
        // IEC 61966-2-1, sRGB: linear light, and the share of each of the three in the luminance.
        let linear = |share: f64| if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) };
        let [red, green, blue] = color.map(linear);
        let luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        // L* = 50.
        if luminance > 0.184_187 { Self::Light } else { Self::Dark }
    }
}

impl Theme {
    /// What fits the terminal, as the environment describes it.
    pub fn from_environment() -> Self {
        Self::from_variables(|name| env::var(name).ok())
    }

    /// What fits the terminal that these environment variables describe.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default();
        let colors = if set("NO_COLOR").is_some() {
            Colors::None
        } else if set("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit") {
            Colors::True
        } else if term.contains("256color") || term.contains("kitty") || term.contains("alacritty") {
            Colors::Indexed
        } else {
            Colors::Sixteen
        };
        // The fonts of Linux's own console have no braille.
        let ascii = term == "linux" || !is_utf8_locale(&variable);
        Self { colors, ascii, ground: set("COLORFGBG").and_then(|value| ground_of(&value)).unwrap_or_default() }
    }
}

/// What the environment variable `COLORFGBG` says of the background, `15;0` or `0;default;15`: its last part is the
/// number of one of 16 colours.
fn ground_of(colors: &str) -> Option<Ground> {
    match colors.rsplit(';').next()?.parse::<u8>().ok()? {
        0..=6 | 8 => Some(Ground::Dark),
        7 | 9..=15 => Some(Ground::Light),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(variables: &[(&str, &str)]) -> Theme {
        let look_up = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, v)| (*v).to_owned());
        Theme::from_variables(look_up)
    }

    fn theme(variables: &[(&str, &str)]) -> (Colors, bool) {
        let theme = from(variables);
        (theme.colors, theme.ascii)
    }

    #[test]
    fn the_background_is_dark_unless_the_environment_says_otherwise() {
        for (said, ground) in [
            ("15;0", Ground::Dark),
            ("0;15", Ground::Light),
            ("0;default;15", Ground::Light),
            ("7;8", Ground::Dark),
            ("0;7", Ground::Light),
            ("", Ground::Dark),
            ("default", Ground::Dark),
        ] {
            assert_eq!(from(&[("COLORFGBG", said)]).ground, ground, "{said}");
        }
    }

    #[test]
    fn a_background_is_what_its_lightness_is() {
        for (bytes, ground) in [
            ([0, 0, 0], Ground::Dark),
            ([0x28, 0x2c, 0x34], Ground::Dark),
            ([0x00, 0x2b, 0x36], Ground::Dark),
            ([118, 118, 118], Ground::Dark),
            ([120, 120, 120], Ground::Light),
            ([0xfd, 0xf6, 0xe3], Ground::Light),
            ([255, 255, 255], Ground::Light),
        ] {
            assert_eq!(Ground::of_color(bytes.map(|byte| f64::from(byte) / 255.0)), ground, "{bytes:?}");
        }
    }

    #[test]
    fn the_environment_decides_colours_and_signs() {
        let utf8 = ("LANG", "en_US.UTF-8");
        assert_eq!(theme(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), utf8]), (Colors::True, false));
        assert_eq!(theme(&[("TERM", "xterm-256color"), utf8]), (Colors::Indexed, false));
        assert_eq!(theme(&[("TERM", "xterm"), ("LC_CTYPE", "C.utf8")]), (Colors::Sixteen, false));
        assert_eq!(theme(&[("TERM", "xterm"), ("NO_COLOR", "1"), utf8]), (Colors::None, false));
        assert_eq!(theme(&[("TERM", "xterm"), ("NO_COLOR", ""), utf8]), (Colors::Sixteen, false));
        assert_eq!(theme(&[("TERM", "linux"), utf8]), (Colors::Sixteen, true));
        assert_eq!(theme(&[("TERM", "xterm"), utf8, ("LC_ALL", "C")]), (Colors::Sixteen, true));
    }
}
