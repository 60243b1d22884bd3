//! SHA-256 of bytes, of files while they are read, and of indices.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

/// The SHA-256 of `bytes`, as 64 hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes).as_slice())
}

/// The SHA-256 of `indices`, one list after the other, each number as four bytes, the lowest first.
pub(super) fn indices_sha256(lists: &[&[u32]]) -> String {
    let mut hasher = Sha256::new();
    for chunk in lists.iter().flat_map(|list| list.chunks(1024)) {
        let bytes: Vec<u8> = chunk.iter().flat_map(|index| index.to_le_bytes()).collect();
        hasher.update(bytes);
    }
    hex(hasher.finalize().as_slice())
}

/// Passes on what it reads, and hashes it on the way: a file need not be read twice.
pub(super) struct HashingReader<R> {
    inner: R,
    hasher: Sha256,
    bytes: u64,
}

impl<R: Read> HashingReader<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, hasher: Sha256::new(), bytes: 0 }
    }

    /// How many bytes went through, and their SHA-256.
    pub(super) fn finish(self) -> (u64, String) {
        (self.bytes, hex(self.hasher.finalize().as_slice()))
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..n]);
        self.bytes += n as u64;
        Ok(n)
    }
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // FIPS 180-2, appendix B.1
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn the_hash_is_the_standard_one() {
        assert_eq!(sha256_hex(b"abc"), ABC);
    }

    #[test]
    fn hashing_while_reading_gives_the_same() {
        let mut reader = HashingReader::new(&b"abc"[..]);
        io::copy(&mut reader, &mut io::sink()).unwrap();
        assert_eq!(reader.finish(), (3, ABC.to_owned()));
    }

    #[test]
    fn indices_are_hashed_as_little_endian_words() {
        assert_eq!(indices_sha256(&[&[1], &[256, 2]]), sha256_hex(&[1, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0]));
    }
}
