//! The pixels of many images.

use std::ops::Deref;

use memmap2::{Mmap, MmapMut};

/// Fewer bytes than this are not worth large pages, which have 2 MiB each on most processors.
const MANY: usize = 16 << 20;

/// Bytes in memory, many of them on large pages where the system has such.
///
/// A minibatch is gathered from all over the training images. On pages of 4 KiB each of its images costs the processor
/// a search for the page.
pub(super) enum Pixels {
    Few(Vec<u8>),
    Many(Mmap),
}

impl From<Vec<u8>> for Pixels {
    fn from(bytes: Vec<u8>) -> Self {
        if bytes.len() < MANY {
            return Self::Few(bytes);
        }
        // Pages are an advantage, never a reason to do without the images.
        on_large_pages(&bytes).map_or(Self::Few(bytes), Self::Many)
    }
}

impl PartialEq for Pixels {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Pixels {}

impl Deref for Pixels {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Few(bytes) => bytes,
            Self::Many(bytes) => bytes,
        }
    }
}

/// A copy of `bytes`; none where the system has no large pages to offer.
#[cfg(target_os = "linux")]
fn on_large_pages(bytes: &[u8]) -> Option<Mmap> {
    let mut copy = MmapMut::map_anon(bytes.len()).ok()?;
    copy.advise(memmap2::Advice::HugePage).ok()?;
    copy.copy_from_slice(bytes);
    copy.make_read_only().ok()
}

#[cfg(not(target_os = "linux"))]
fn on_large_pages(_: &[u8]) -> Option<Mmap> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_bytes_are_the_bytes_they_were_made_of() {
        for count in [0, 1, MANY - 1, MANY, MANY + 4097] {
            let bytes: Vec<u8> = (0..count).map(|index| (index % 251) as u8).collect();
            assert!(Pixels::from(bytes.clone()).iter().eq(&bytes), "{count} bytes");
        }
    }
}
