//! Faults on demand: a test has a part of the program panic, to see what becomes of the rest. Only builds with debug
//! assertions listen; of any other, nothing of this is left.

/// A place where a fault may be asked for. It panics if `OPTIRACE_FAULT` names the place and how often it has to be
/// passed for that, as in `draw:3`.
#[cfg(debug_assertions)]
pub fn point(place: &str) {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    static ASKED: LazyLock<Option<(String, u32)>> = LazyLock::new(|| {
        let text = std::env::var("OPTIRACE_FAULT").ok()?;
        let (place, times) = text.split_once(':')?;
        Some((place.to_owned(), times.parse().ok()?))
    });
    static PASSED: AtomicU32 = AtomicU32::new(0);

    let Some((asked, times)) = &*ASKED else { return };
    if asked == place && PASSED.fetch_add(1, Ordering::Relaxed) + 1 == *times {
        #[expect(clippy::panic, reason = "it was asked for")]
        {
            panic!("this fault in `{place}` was asked for");
        }
    }
}

/// Does nothing: faults are for tests.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn point(_place: &str) {}
