//! The IDX format of MNIST and its kin, gzipped or plain.
//!
//! A header of big-endian 32-bit words (a magic number that holds the number of dimensions, then each dimension)
//! and the values, a byte each. Nothing a header says is believed before the bytes are there.

use std::io::{self, BufRead, Read, Write};
use std::ops::Deref;

use flate2::bufread::MultiGzDecoder;

use super::DataError;
use crate::text::Untrusted;

/// The most that is read from one file, decompressed, in bytes: a few kilobytes of gzip can stand for any amount of
/// zeros. The largest dataset of the family (EMNIST by class) takes 0.6 GiB.
const LIMIT: u64 = 1 << 30;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// What an IDX file should hold.
#[derive(Clone, Copy)]
pub(super) enum Content {
    Images,
    Labels,
}

impl Content {
    fn name(self) -> &'static str {
        match self {
            Self::Images => "images",
            Self::Labels => "labels",
        }
    }

    fn dimensions(self) -> u8 {
        match self {
            Self::Images => 3,
            Self::Labels => 1,
        }
    }

    /// 8 stands for unsigned bytes.
    fn magic(self) -> [u8; 4] {
        [0, 0, 8, self.dimensions()]
    }

    fn header_length(self) -> u64 {
        4 + 4 * u64::from(self.dimensions())
    }

    /// What a header with these dimensions promises, in words.
    fn promise(self, [count, height, width]: [u32; 3]) -> String {
        match self {
            Self::Images => format!("{count} images of {height}×{width} pixels"),
            Self::Labels => format!("{count} labels"),
        }
    }
}

/// An IDX file whose header has been read.
pub(super) struct IdxFile<'a> {
    bytes: ByteReader<'a>,
    content: Content,
    /// Samples, height, width; the latter two are 1 for labels.
    dimensions: [u32; 3],
    promised: u64,
}

impl<'a> IdxFile<'a> {
    /// Reads the header from `input`, which is `length` bytes long as it is stored and is called `path` in errors.
    pub(super) fn open(
        path: &'a Untrusted,
        length: u64,
        input: impl BufRead + 'a,
        content: Content,
    ) -> Result<Self, DataError> {
        let mut bytes = ByteReader::new(path, length, input)?;
        let mut header = Vec::new();
        bytes.append(content.header_length(), &mut header)?;
        let wanted = content.magic();
        if header.len() >= 4 && header[..4] != wanted {
            let (found, wanted) = (spaced(&header[..4]), spaced(&wanted));
            return Err(DataError::Magic { file: path.clone(), content: content.name(), found, wanted });
        }
        let (found, wanted) = (header.len() as u64, content.header_length());
        if found < wanted {
            return Err(DataError::TruncatedHeader { file: path.clone(), found, wanted });
        }

        let mut dimensions = [1; 3];
        for (dimension, word) in dimensions.iter_mut().zip(header[4..].chunks_exact(4)) {
            *dimension = word.iter().fold(0, |value, &byte| value << 8 | u32::from(byte));
        }
        let promised = dimensions.iter().try_fold(1u64, |product, &n| product.checked_mul(u64::from(n)));
        let (file, promise) = (path.clone(), content.promise(dimensions));
        match promised {
            Some(0) => Err(DataError::Empty { file, promise }),
            Some(promised) if promised <= LIMIT => Ok(Self { bytes, content, dimensions, promised }),
            _ => Err(DataError::TooLarge { file, promise, limit: LIMIT }),
        }
    }

    /// How many samples the header promises; at least one.
    pub(super) fn count(&self) -> u32 {
        self.dimensions[0]
    }

    /// Height and width of every image, in pixels; at least one each.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.dimensions[1] as usize, self.dimensions[2] as usize)
    }

    /// How many values there will likely be: what the header promises, but no more than the file deserves. Real images
    /// shrink to a half or a quarter.
    pub(super) fn likely(&self) -> usize {
        self.promised.min(self.bytes.length.saturating_mul(4)) as usize
    }

    /// Reads what the header promises into `values`, which is empty, and makes sure that nothing comes after it.
    pub(super) fn read<V>(mut self, mut values: V) -> Result<V, DataError>
    where
        V: Write + Deref<Target = [u8]>,
    {
        self.bytes.append(self.promised, &mut values)?;

        let (file, wanted) = (self.bytes.path.clone(), self.promised);
        let found = values.len() as u64;
        let promise = self.content.promise(self.dimensions);
        if found < wanted {
            return Err(DataError::Truncated { file, found, wanted, promise });
        }
        // Reading on, by no more than a byte, also makes the decoder look at its checksum.
        let mut rest = Vec::new();
        match self.bytes.append(1, &mut rest) {
            Err(DataError::Gzip { file, source }) => return Err(DataError::GzipEnd { file, source }),
            outcome => outcome?,
        }
        if !rest.is_empty() {
            return Err(DataError::Trailing { file, wanted, promise });
        }
        match self.bytes.cut_off {
            Some(source) => Err(DataError::GzipEnd { file, source }),
            None => Ok(values),
        }
    }
}

/// The bytes of a file, decompressed where need be.
struct ByteReader<'a> {
    path: &'a Untrusted,
    /// As the file is stored, in bytes.
    length: u64,
    inner: Box<dyn Read + 'a>,
    gzip: bool,
    /// What the decoder said when the compressed data ended before it should.
    cut_off: Option<io::Error>,
}

impl<'a> ByteReader<'a> {
    fn new(path: &'a Untrusted, length: u64, mut input: impl BufRead + 'a) -> Result<Self, DataError> {
        let start = input.fill_buf().map_err(|source| DataError::Io { file: path.clone(), source })?;
        let gzip = start.starts_with(&GZIP_MAGIC);
        let inner: Box<dyn Read + 'a> = if gzip { Box::new(MultiGzDecoder::new(input)) } else { Box::new(input) };
        Ok(Self { path, length, inner, gzip, cut_off: None })
    }

    /// Appends up to `limit` bytes to `buffer`; fewer only where the file ends.
    fn append(&mut self, limit: u64, buffer: &mut impl Write) -> Result<(), DataError> {
        if self.cut_off.is_some() {
            return Ok(());
        }
        let Err(source) = io::copy(&mut self.inner.by_ref().take(limit), buffer) else { return Ok(()) };
        let file = self.path.clone();
        // The decoder's own complaints carry no number of the operating system.
        match source.kind() {
            io::ErrorKind::UnexpectedEof if self.gzip => self.cut_off = Some(source),
            _ if self.gzip && source.raw_os_error().is_none() => return Err(DataError::Gzip { file, source }),
            _ => return Err(DataError::Io { file, source }),
        }
        Ok(())
    }
}

fn spaced(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}
