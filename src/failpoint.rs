//! Failpoints: a test has a part of the program panic, to see what becomes of the rest. Only builds with debug
//! assertions have them.

/// A failpoint. It panics if `OPTIRACE_FAILPOINT` names the place and the pass at which it is to panic, as in `draw:3`.
#[cfg(debug_assertions)]
pub fn fail_point(place: &str) {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    static ASKED: LazyLock<Option<(String, u32)>> = LazyLock::new(|| {
        let text = std::env::var("OPTIRACE_FAILPOINT").ok()?;
        let (place, times) = text.split_once(':')?;
        Some((place.to_owned(), times.parse().ok()?))
    });
    static PASSED: AtomicU32 = AtomicU32::new(0);

    let Some((asked, times)) = &*ASKED else { return };
    if asked == place && PASSED.fetch_add(1, Ordering::Relaxed) + 1 == *times {
        #[expect(clippy::panic, reason = "it was asked for")]
        {
            panic!("this failure in `{place}` was asked for");
        }
    }
}

/// Does nothing: failpoints are for tests.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn fail_point(_place: &str) {}
