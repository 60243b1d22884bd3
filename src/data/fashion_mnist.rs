//! Fashion-MNIST as its makers distribute it, inside the program.

use super::part::{EmbeddedFile, EmbeddedPart};

pub(super) const NAME: &str = "Fashion-MNIST";

pub(super) const CLASS_NAMES: [&str; 10] =
    ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

pub(super) static TRAIN: EmbeddedPart = EmbeddedPart {
    images: EmbeddedFile {
        name: "train-images-idx3-ubyte.gz",
        bytes: include_bytes!("../../assets/fashion-mnist/train-images-idx3-ubyte.gz"),
        sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    },
    labels: EmbeddedFile {
        name: "train-labels-idx1-ubyte.gz",
        bytes: include_bytes!("../../assets/fashion-mnist/train-labels-idx1-ubyte.gz"),
        sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    },
};

pub(super) static TEST: EmbeddedPart = EmbeddedPart {
    images: EmbeddedFile {
        name: "t10k-images-idx3-ubyte.gz",
        bytes: include_bytes!("../../assets/fashion-mnist/t10k-images-idx3-ubyte.gz"),
        sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    },
    labels: EmbeddedFile {
        name: "t10k-labels-idx1-ubyte.gz",
        bytes: include_bytes!("../../assets/fashion-mnist/t10k-labels-idx1-ubyte.gz"),
        sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::sha256_hex;

    #[test]
    fn the_embedded_files_are_the_official_ones() {
        for file in [&TRAIN.images, &TRAIN.labels, &TEST.images, &TEST.labels] {
            assert_eq!(sha256_hex(file.bytes), file.sha256, "{}", file.name);
        }
    }
}
