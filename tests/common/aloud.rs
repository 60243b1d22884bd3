//! What a test says where it cannot do its work.

use std::io::Write as _;

/// Says that a test did not test what it is about, and why. Written past the capture of `cargo test`, which hides what
/// a test that passes prints.
pub fn not_tested(why: &str) {
    let name = std::thread::current().name().unwrap_or("a test").to_owned();
    let _ = writeln!(std::io::stderr(), "NOT TESTED: {name}: {why}");
}
