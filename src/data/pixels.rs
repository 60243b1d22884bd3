//! The pixels of many images.

use std::io::{self, Write};
use std::ops::Deref;

use memmap2::MmapMut;

use crate::system::large_pages;

/// Fewer bytes than this are not worth large pages, which have 2 MiB each on most processors.
const MANY: usize = 16 << 20;

/// Bytes in memory, many of them on large pages where the system has such.
///
/// A minibatch is gathered from all over the training images. On pages of 4 KiB each of its images costs the processor
/// a search for the page.
pub(super) enum Pixels {
    Few(Vec<u8>),
    /// The first so many bytes of some pages.
    Many(MmapMut, usize),
}

impl Pixels {
    /// None yet, with room for `likely` of them.
    pub(super) fn with_room_for(likely: usize) -> Self {
        // Large pages are an advantage, never a reason to do without the images.
        let pages = if likely < MANY { None } else { large_pages(likely) };
        pages.map_or_else(|| Self::Few(Vec::with_capacity(likely)), |pages| Self::Many(pages, 0))
    }
}

impl Write for Pixels {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Few(all) => all.write(bytes),
            Self::Many(pages, count) if *count + bytes.len() > pages.len() => {
                // More than was likely.
                *self = Self::Few(pages[..*count].to_vec());
                self.write(bytes)
            }
            Self::Many(pages, count) => {
                let place = *count..*count + bytes.len();
                *count = place.end;
                pages[place].copy_from_slice(bytes);
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Deref for Pixels {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Few(bytes) => bytes,
            Self::Many(pages, count) => &pages[..*count],
        }
    }
}

impl PartialEq for Pixels {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Pixels {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_bytes_are_those_that_were_written() {
        for likely in [0, 1, MANY - 1, MANY, MANY + 4097] {
            let bytes: Vec<u8> = (0..likely).map(|index| (index % 251) as u8).collect();
            let mut pixels = Pixels::with_room_for(likely);
            assert!(pixels.is_empty(), "{likely} bytes");
            let (first, rest) = bytes.split_at(likely / 3);
            pixels.write_all(first).unwrap();
            assert!(*pixels == *first, "{likely} bytes");
            pixels.write_all(rest).unwrap();
            assert!(*pixels == *bytes, "{likely} bytes");
            pixels.write_all(&[7; 5000]).unwrap();
            assert!(*pixels == [&bytes[..], &[7; 5000]].concat(), "more than was likely: {likely} bytes");
        }
    }
}
