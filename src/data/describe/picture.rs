//! An image drawn with characters.

use std::fmt::Write;

/// How many text lines a picture takes at most: tall images are shrunk.
const MOST_LINES: usize = 16;

/// From no ink to all of it.
const SHADES: &[u8; 10] = b" .:-=+*#%@";

/// A greyscale image and what it shows.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    pub(super) title: String,
    pixels: Vec<u8>,
    height: usize,
    width: usize,
}

/// An image drawn in text: a line of characters is two lines of pixels.
pub(super) struct Drawing {
    /// How many columns every line takes on the screen.
    pub(super) columns: usize,
    pub(super) lines: Vec<String>,
}

impl Picture {
    pub(super) fn new(title: String, pixels: &[u8], height: usize, width: usize) -> Self {
        Self { title, pixels: pixels.to_vec(), height, width }
    }

    /// The picture in at most `columns` columns, shrunk by a whole factor where it is larger.
    pub(super) fn draw(&self, color: bool, columns: usize) -> Drawing {
        let factor = self.width.div_ceil(columns).max(self.height.div_ceil(2 * MOST_LINES)).max(1);
        let grid = self.shrunk(factor);
        let lines = grid
            .chunks(2)
            .map(|pair| {
                let (top, bottom) = (&pair[0], pair.get(1));
                if color { half_blocks(top, bottom) } else { shades(top, bottom) }
            })
            .collect();
        Drawing { columns: self.width.div_ceil(factor), lines }
    }

    /// Means over squares of `factor` × `factor` pixels, smaller ones at the right and bottom edge.
    fn shrunk(&self, factor: usize) -> Vec<Vec<u8>> {
        let rows: Vec<&[u8]> = self.pixels.chunks(self.width).collect();
        let cell = |band: &[&[u8]], left: usize| {
            let right = (left + factor).min(self.width);
            let sum: usize = band.iter().flat_map(|row| &row[left..right]).map(|&pixel| usize::from(pixel)).sum();
            (sum / (band.len() * (right - left))) as u8
        };
        rows.chunks(factor).map(|band| (0..self.width).step_by(factor).map(|left| cell(band, left)).collect()).collect()
    }
}

/// Two lines of pixels as upper half blocks: the upper pixel is the character's colour, the lower its background.
fn half_blocks(top: &[u8], bottom: Option<&Vec<u8>>) -> String {
    let mut line = String::new();
    let mut before = None;
    for (column, &upper) in top.iter().enumerate() {
        let colors = (grey(upper), bottom.map(|bottom| grey(bottom[column])));
        if before != Some(colors) {
            // Writing to a String does not fail.
            let _ = match colors {
                (upper, Some(lower)) => write!(line, "\x1b[38;5;{upper};48;5;{lower}m"),
                (upper, None) => write!(line, "\x1b[38;5;{upper};49m"),
            };
            before = Some(colors);
        }
        line.push('▀');
    }
    line.push_str("\x1b[0m");
    line
}

/// Two lines of pixels as one line of characters that hold more ink the brighter both pixels are together.
fn shades(top: &[u8], bottom: Option<&Vec<u8>>) -> String {
    let mean = |column: usize, upper: u8| match bottom {
        Some(bottom) => (usize::from(upper) + usize::from(bottom[column])) / 2,
        None => usize::from(upper) / 2,
    };
    top.iter()
        .enumerate()
        .map(|(column, &upper)| char::from(SHADES[(mean(column, upper) * (SHADES.len() - 1) + 127) / 255]))
        .collect()
}

/// The nearest of the 256 colours: black (16), 24 greys (232 to 255) or white (231).
fn grey(pixel: u8) -> u8 {
    match (u16::from(pixel) * 25 + 127) / 255 {
        0 => 16,
        25 => 231,
        level => 231 + level as u8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(pixels: &[u8], height: usize, width: usize) -> Picture {
        Picture::new(String::new(), pixels, height, width)
    }

    #[test]
    fn greys_go_from_black_to_white_without_a_step_back() {
        assert_eq!((grey(0), grey(255)), (16, 231));
        assert!((6..=249).map(grey).is_sorted_by(|a, b| a <= b && (232..=255).contains(a)));
    }

    #[test]
    fn two_pixels_share_a_character() {
        let drawing = picture(&[0, 255, 255, 0, 255, 255], 3, 2).draw(true, 2);
        assert_eq!(
            drawing.lines,
            ["\x1b[38;5;16;48;5;231m▀\x1b[38;5;231;48;5;16m▀\x1b[0m", "\x1b[38;5;231;49m▀▀\x1b[0m"]
        );
        assert_eq!(picture(&[0, 255, 0, 255], 2, 2).draw(false, 2).lines, [" @"]);
    }

    #[test]
    fn large_images_shrink_to_means() {
        let picture = picture(&[0, 100, 9, 100, 200, 9, 5, 5, 7], 3, 3);
        assert_eq!(picture.shrunk(2), [[100, 9], [5, 7]]);
        assert_eq!(picture.draw(false, 2).columns, 2);
    }

    #[test]
    fn tall_images_keep_to_a_few_lines() {
        let drawing = picture(&[255; 1000], 1000, 1).draw(false, 14);
        assert!(drawing.lines.len() <= MOST_LINES && drawing.columns == 1);
    }
}
