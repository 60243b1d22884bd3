//! Colours and markers, chosen for what the terminal can show and for every pair of eyes.

use std::env;

use ratatui::style::{Color, Modifier, Style};

/// Which colours the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colors {
    /// None: no colour is ever set, since resetting a colour also takes bold and reverse away.
    None,
    /// The 16 of every colour terminal.
    Sixteen,
    /// The 256 of xterm.
    Indexed,
    /// 24 bits.
    True,
}

/// How the screen looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Which colours may be used.
    pub colors: Colors,
    /// Whether only ASCII may be shown.
    pub ascii: bool,
}

/// The colours that Okabe and Ito chose to be told apart by colour-blind eyes, the brightest first: as 24 bits, the
/// nearest of xterm's 256, and the nearest of 16.
const OKABE_ITO: [(Color, Color, Color); 7] = [
    (Color::Rgb(0x56, 0xb4, 0xe9), Color::Indexed(74), Color::LightCyan),
    (Color::Rgb(0xe6, 0x9f, 0x00), Color::Indexed(214), Color::LightYellow),
    (Color::Rgb(0x00, 0x9e, 0x73), Color::Indexed(36), Color::Green),
    (Color::Rgb(0xcc, 0x79, 0xa7), Color::Indexed(175), Color::LightMagenta),
    (Color::Rgb(0xd5, 0x5e, 0x00), Color::Indexed(166), Color::Red),
    (Color::Rgb(0xf0, 0xe4, 0x42), Color::Indexed(227), Color::Yellow),
    (Color::Rgb(0x00, 0x72, 0xb2), Color::Indexed(32), Color::LightBlue),
];

/// A marker for each run, so that 64 of them are told apart without a colour: shapes, then letters, which every font
/// has.
#[rustfmt::skip]
const MARKERS: [&str; 64] = [
    "●", "■", "▲", "◆", "✚", "★", "▼", "○", "□", "△", "◇", "☆", "A", "B", "C", "D",
    "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T",
    "U", "V", "W", "X", "Y", "Z", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j",
    "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z",
];

/// The same in ASCII.
#[rustfmt::skip]
const ASCII_MARKERS: [&str; 64] = [
    "o", "#", "^", "%", "+", "*", "v", "x", "@", "&", "$", "=", "A", "B", "C", "D",
    "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T",
    "U", "V", "W", "X", "Y", "Z", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j",
    "k", "l", "m", "n", "p", "q", "r", "s", "t", "u", "w", "y", "z", "2", "3", "4",
];

impl Theme {
    /// What fits the terminal, as the environment describes it.
    pub fn from_environment() -> Self {
        Self::from_variables(|name| env::var(name).ok())
    }

    /// What fits the terminal that these environment variables describe.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default();
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set).unwrap_or_default().to_lowercase();
        let colors = if set("NO_COLOR").is_some() || term == "dumb" {
            Colors::None
        } else if set("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit") {
            Colors::True
        } else if term.contains("256color") || term.contains("kitty") || term.contains("alacritty") {
            Colors::Indexed
        } else {
            Colors::Sixteen
        };
        Self { colors, ascii: term == "dumb" || !(locale.contains("utf-8") || locale.contains("utf8")) }
    }

    /// The marker of a run.
    pub fn marker(self, run: usize) -> &'static str {
        let markers = if self.ascii { ASCII_MARKERS } else { MARKERS };
        markers[run % markers.len()]
    }

    /// The colour of a run.
    pub fn run(self, run: usize) -> Style {
        // The last place belongs to the terminal's own text colour, which suits its background.
        let Some(&(full, indexed, sixteen)) = OKABE_ITO.get(run % (OKABE_ITO.len() + 1)) else {
            return Style::new();
        };
        match self.colors {
            Colors::None => Style::new(),
            Colors::Sixteen => Style::new().fg(sixteen),
            Colors::Indexed => Style::new().fg(indexed),
            Colors::True => Style::new().fg(full),
        }
    }

    /// Lines and text that stay in the background.
    pub fn faint(self) -> Style {
        match self.colors {
            Colors::None | Colors::Sixteen => Style::new().add_modifier(Modifier::DIM),
            Colors::Indexed | Colors::True => Style::new().fg(Color::Indexed(245)),
        }
    }

    /// The ground of a surface in the band `band` of its height, 0 to 9 from low to high; `None` where there are too
    /// few colours to shade with.
    pub fn height(self, band: u8) -> Option<Style> {
        match self.colors {
            Colors::None | Colors::Sixteen => None,
            Colors::Indexed => Some(Style::new().bg(Color::Indexed(232 + band.min(9)))),
            Colors::True => {
                // Dark up to the top, so that every run's colour stands out from it.
                let level = 12 + 7 * band.min(9);
                Some(Style::new().bg(Color::Rgb(level, level + 2, level + 10)))
            }
        }
    }

    /// What should be seen first.
    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What is chosen.
    pub fn chosen(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }

    /// What went wrong.
    pub fn alarm(self) -> Style {
        match self.colors {
            Colors::None => self.chosen(),
            Colors::Sixteen => self.strong().fg(Color::White).bg(Color::Red),
            Colors::Indexed => self.strong().fg(Color::Indexed(231)).bg(Color::Indexed(124)),
            Colors::True => self.strong().fg(Color::Rgb(255, 255, 255)).bg(Color::Rgb(0xa8, 0x32, 0x00)),
        }
    }

    /// The bar behind the selected run.
    pub fn selected_row(self) -> Style {
        match self.colors {
            Colors::None | Colors::Sixteen => Style::new().add_modifier(Modifier::BOLD | Modifier::REVERSED),
            Colors::Indexed | Colors::True => self.strong().bg(Color::Indexed(238)).fg(Color::Indexed(255)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use ratatui::text::Span;

    use super::*;

    fn theme(variables: &[(&str, &str)]) -> (Colors, bool) {
        let look_up = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, v)| (*v).to_owned());
        let theme = Theme::from_variables(look_up);
        (theme.colors, theme.ascii)
    }

    #[test]
    fn the_environment_decides_colours_and_signs() {
        let utf8 = ("LANG", "en_US.UTF-8");
        assert_eq!(theme(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), utf8]), (Colors::True, false));
        assert_eq!(theme(&[("TERM", "xterm-256color"), utf8]), (Colors::Indexed, false));
        assert_eq!(theme(&[("TERM", "xterm"), ("LC_CTYPE", "C.utf8")]), (Colors::Sixteen, false));
        assert_eq!(theme(&[("TERM", "xterm"), ("NO_COLOR", "1"), utf8]), (Colors::None, false));
        assert_eq!(theme(&[("TERM", "xterm"), ("NO_COLOR", ""), utf8]), (Colors::Sixteen, false));
        assert_eq!(theme(&[("TERM", "dumb"), utf8]), (Colors::None, true));
        assert_eq!(theme(&[("TERM", "xterm"), utf8, ("LC_ALL", "C")]), (Colors::Sixteen, true));
    }

    #[test]
    fn no_colour_means_that_no_style_sets_one() {
        let theme = Theme { colors: Colors::None, ascii: false };
        let styles = [theme.faint(), theme.strong(), theme.chosen(), theme.alarm(), theme.selected_row()];
        for style in styles.into_iter().chain((0..20).map(|run| theme.run(run))) {
            assert_eq!((style.fg, style.bg), (None, None));
        }
    }

    #[test]
    fn each_of_64_runs_has_a_sign_of_its_own_one_column_wide() {
        for ascii in [false, true] {
            let theme = Theme { colors: Colors::None, ascii };
            let markers: HashSet<&str> = (0..64).map(|run| theme.marker(run)).collect();
            assert_eq!(markers.len(), 64);
            assert!(markers.iter().all(|marker| marker.is_ascii() || !ascii), "{markers:?}");
            assert!(markers.iter().all(|marker| Span::raw(*marker).width() == 1), "{markers:?}");
        }
    }
}
