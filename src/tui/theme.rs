//! Colours and markers, chosen for what the terminal can show and for every pair of eyes.

mod environment;

use std::borrow::Cow;

use ratatui::style::{Color, Modifier, Style};

use crate::text::ascii::transliterate;

pub use environment::Ground;

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
    /// What they have to stand out from.
    pub ground: Ground,
}

/// A colour of xterm's 256: its number, the same as 24 bits, and the nearest of 16.
type PaletteColor = (u8, (u8, u8, u8), Color);

/// Colours that runs take in turn.
const RUN_COLORS: usize = 8;

/// The colours of runs on a dark background. Chosen by a search among xterm's 256, the first six one of each hue that
/// Okabe and Ito's palette has, so that any two differ as much as can be also for protanopes and deuteranopes; each
/// stands out from black and from dark grey by 3:1 at least.
const ON_DARK: [PaletteColor; RUN_COLORS] = [
    (117, (0x87, 0xd7, 0xff), Color::LightCyan),
    (215, (0xff, 0xaf, 0x5f), Color::LightYellow),
    (158, (0xaf, 0xff, 0xd7), Color::LightGreen),
    (134, (0xaf, 0x5f, 0xd7), Color::LightMagenta),
    (167, (0xd7, 0x5f, 0x5f), Color::LightRed),
    (226, (0xff, 0xff, 0x00), Color::Yellow),
    (75, (0x5f, 0xaf, 0xff), Color::LightBlue),
    (175, (0xd7, 0x87, 0xaf), Color::White),
];

/// The same on a light background.
const ON_LIGHT: [PaletteColor; RUN_COLORS] = [
    (27, (0x00, 0x5f, 0xff), Color::Blue),
    (94, (0x87, 0x5f, 0x00), Color::Yellow),
    (30, (0x00, 0x87, 0x87), Color::Cyan),
    (54, (0x5f, 0x00, 0x87), Color::Magenta),
    (52, (0x5f, 0x00, 0x00), Color::Red),
    (136, (0xaf, 0x87, 0x00), Color::Green),
    (20, (0x00, 0x00, 0xd7), Color::LightMagenta),
    (16, (0x00, 0x00, 0x00), Color::Black),
];

/// A marker for each run, so that 64 of them are distinguished without a colour: shapes, then letters, which every font
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
    /// Words as this terminal can show them.
    pub fn words(self, text: &str) -> Cow<'_, str> {
        if self.ascii { transliterate(text).into() } else { text.into() }
    }

    /// The marker of a run.
    pub fn marker(self, run: usize) -> &'static str {
        let markers = if self.ascii { ASCII_MARKERS } else { MARKERS };
        markers[run % markers.len()]
    }

    /// The colour of a run.
    pub fn run(self, run: usize) -> Style {
        let palette = if self.ground == Ground::Dark { ON_DARK } else { ON_LIGHT };
        let (indexed, (red, green, blue), sixteen) = palette[run % RUN_COLORS];
        match self.colors {
            Colors::None => Style::new(),
            Colors::Sixteen => Style::new().fg(sixteen),
            Colors::Indexed => Style::new().fg(Color::Indexed(indexed)),
            Colors::True => Style::new().fg(Color::Rgb(red, green, blue)),
        }
    }

    /// Whether a run's line has a gap in this column of cells: the lines of runs that have to share a colour are
    /// dashed, each time otherwise.
    pub fn has_gap(run: usize, cell: usize) -> bool {
        let round = run / RUN_COLORS;
        round > 0 && cell.is_multiple_of(2 + round)
    }

    /// Text on the shaded ground of a map, which is not the terminal's own: it needs a colour of its own, too.
    pub fn on_map(self) -> Style {
        match (self.colors, self.ground) {
            (Colors::None | Colors::Sixteen, _) => Style::new(),
            (_, Ground::Dark) => Style::new().fg(Color::Indexed(255)),
            (_, Ground::Light) => Style::new().fg(Color::Indexed(16)),
        }
    }

    /// Lines and text that stay in the background.
    pub fn faint(self) -> Style {
        match self.colors {
            Colors::None | Colors::Sixteen => Style::new().add_modifier(Modifier::DIM),
            Colors::Indexed | Colors::True => {
                Style::new().fg(Color::Indexed(if self.ground == Ground::Dark { 245 } else { 242 }))
            }
        }
    }

    /// The ground of a surface in the band `band` of its height, 0 to 9 from low to high; `None` where there are too
    /// few colours to shade with.
    pub fn height(self, band: u8) -> Option<Style> {
        let band = band.min(9);
        // Dark or light from bottom to top, so that every run's colour stands out from it.
        let color = match (self.colors, self.ground) {
            (Colors::None | Colors::Sixteen, _) => return None,
            (Colors::Indexed, Ground::Dark) => Color::Indexed(232 + band / 2),
            (Colors::Indexed, Ground::Light) => Color::Indexed(231 - band / 4),
            (Colors::True, Ground::Dark) => Color::Rgb(12 + 4 * band, 13 + 4 * band, 18 + 5 * band),
            (Colors::True, Ground::Light) => Color::Rgb(255, 255 - band / 2, 255 - 12 * band),
        };
        Some(Style::new().bg(color))
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
            Colors::Indexed | Colors::True => match self.ground {
                Ground::Dark => self.strong().bg(Color::Indexed(236)).fg(Color::Indexed(255)),
                Ground::Light => self.strong().bg(Color::Indexed(230)).fg(Color::Indexed(16)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use ratatui::text::Span;

    use super::*;

    /// Linear light of a colour of xterm's 256 or of 24 bits.
    fn linear(color: Color) -> [f64; 3] {
        let steps = [0, 95, 135, 175, 215, 255];
        let bytes = match color {
            Color::Rgb(red, green, blue) => [red, green, blue],
            Color::Indexed(grey @ 232..) => [8 + 10 * (grey - 232); 3],
            Color::Indexed(cube @ 16..) => {
                let cube = usize::from(cube - 16);
                [cube / 36, cube / 6 % 6, cube % 6].map(|step| steps[step])
            }
            other => unreachable!("{other} depends on the terminal"),
        };
        bytes.map(|byte| {
            let share = f64::from(byte) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// WCAG 2.2's contrast ratio, 1 to 21.
    fn contrast(a: Color, b: Color) -> f64 {
        let luminance = |color| {
            let [red, green, blue] = linear(color);
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The grounds that a colour has to stand out from: usual backgrounds of terminals, and those of maps and rows.
    fn grounds(theme: Theme) -> Vec<Color> {
        let terminal = match theme.ground {
            Ground::Dark => [Color::Rgb(0, 0, 0), Color::Rgb(0x28, 0x2c, 0x34)],
            Ground::Light => [Color::Rgb(255, 255, 255), Color::Rgb(0xf5, 0xf5, 0xf5)],
        };
        let maps = (0..=9).filter_map(|band| theme.height(band)?.bg);
        terminal.into_iter().chain(maps).chain(theme.selected_row().bg).collect()
    }

    #[test]
    fn every_text_and_every_curve_stands_out_from_every_ground_by_3_to_1() {
        for colors in [Colors::True, Colors::Indexed] {
            for ground in [Ground::Dark, Ground::Light] {
                let theme = Theme { colors, ascii: false, ground };
                let texts = (0..8).map(|run| theme.run(run)).chain([theme.faint(), theme.on_map()]);
                for text in texts.filter_map(|style| style.fg) {
                    for ground in grounds(theme) {
                        assert!(contrast(text, ground) >= 3.0, "{text} on {ground}: {:.2}", contrast(text, ground));
                    }
                }
                for style in [theme.alarm(), theme.selected_row()] {
                    let contrast = style.fg.zip(style.bg).map(|(text, ground)| contrast(text, ground));
                    assert!(contrast.is_some_and(|contrast| contrast >= 4.5), "{style:?}");
                }
            }
        }
    }

    /// Oklab (Ottosson 2020, *A perceptual color space for image processing*) of linear light: black and
    /// white are 1 apart.
    fn oklab(light: [f64; 3]) -> [f64; 3] {
        let rows = |matrix: [[f64; 3]; 3], vector: [f64; 3]| {
            matrix.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum::<f64>())
        };
        let cones = rows(
            [
                [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
                [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
                [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
            ],
            light,
        );
        rows(
            [
                [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
                [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
                [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
            ],
            cones.map(|cone| cone.max(0.0).cbrt()),
        )
    }

    /// Linear light as deuteranopes and protanopes see it (Machado, Oliveira & Fernandes 2009, *A physiologically-based
    /// model for simulation of color vision deficiency*, severity 1).
    fn seen(light: [f64; 3]) -> [[f64; 3]; 3] {
        let deuteranope =
            [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]];
        let protanope = [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ];
        let through = |matrix: [[f64; 3]; 3]| {
            matrix.map(|row| row.iter().zip(light).map(|(a, b)| a * b).sum::<f64>().clamp(0.0, 1.0))
        };
        [light, through(deuteranope), through(protanope)]
    }

    #[test]
    fn curves_are_told_apart_by_every_pair_of_eyes_and_those_of_one_colour_by_their_dashes() {
        for (colors, ground) in [
            (Colors::True, Ground::Dark),
            (Colors::True, Ground::Light),
            (Colors::Indexed, Ground::Dark),
            (Colors::Indexed, Ground::Light),
        ] {
            let theme = Theme { colors, ascii: false, ground };
            let light: Vec<[f64; 3]> = (0..RUN_COLORS).filter_map(|run| theme.run(run).fg).map(linear).collect();
            for (index, a) in light.iter().enumerate() {
                for (b, other) in light[..index].iter().zip(0..) {
                    for (a, b) in seen(*a).into_iter().zip(seen(*b)) {
                        let (a, b) = (oklab(a), oklab(b));
                        let apart = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                        // Okabe and Ito's own are 0.076 apart where they are nearest; the default race has six.
                        let least = if index < 6 { 0.12 } else { 0.1 };
                        assert!(apart >= least, "runs {other} and {index} on {ground:?}: {apart:.3}");
                    }
                }
            }
        }
    }

    #[test]
    fn lines_of_one_colour_have_gaps_at_other_places() {
        let gaps = |run: usize| (0..24).filter(|cell| Theme::has_gap(run, *cell)).collect::<Vec<_>>();
        assert!((0..RUN_COLORS).all(|run| gaps(run).is_empty()), "whole while there are colours enough");
        let of_one_colour: HashSet<Vec<usize>> = (0..4).map(|round| gaps(5 + round * RUN_COLORS)).collect();
        assert_eq!(of_one_colour.len(), 4);
    }

    #[test]
    fn no_colour_means_that_no_style_sets_one() {
        let theme = Theme { colors: Colors::None, ascii: false, ground: Ground::Dark };
        let styles = [theme.faint(), theme.strong(), theme.chosen(), theme.alarm(), theme.selected_row()];
        for style in styles.into_iter().chain((0..20).map(|run| theme.run(run))) {
            assert_eq!((style.fg, style.bg), (None, None));
        }
    }

    #[test]
    fn each_of_64_runs_has_a_sign_of_its_own_one_column_wide() {
        for ascii in [false, true] {
            let theme = Theme { colors: Colors::None, ascii, ground: Ground::Dark };
            let markers: HashSet<&str> = (0..64).map(|run| theme.marker(run)).collect();
            assert_eq!(markers.len(), 64);
            assert!(markers.iter().all(|marker| marker.is_ascii() || !ascii), "{markers:?}");
            assert!(markers.iter().all(|marker| Span::raw(*marker).width() == 1), "{markers:?}");
        }
    }
}
