//! Failpoints: a test has a part of the program panic, or hang, to see what becomes of the rest. Only builds with debug
//! assertions have them.

/// A failpoint. It panics if `OPTIRACE_FAILPOINT` names the place and the pass at which it is to panic, as in `draw:3`.
/// With `file:3:hang` it returns no more from that pass on.
#[cfg(debug_assertions)]
pub fn fail_point(place: &str) {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    static ASKED: LazyLock<Option<(String, u32, bool)>> = LazyLock::new(|| {
        let text = std::env::var("OPTIRACE_FAILPOINT").ok()?;
        let (place, times) = text.split_once(':')?;
        let (times, hangs) = times.strip_suffix(":hang").map_or((times, false), |times| (times, true));
        Some((place.to_owned(), times.parse().ok()?, hangs))
    });
    static PASSED: AtomicU32 = AtomicU32::new(0);

    let Some((asked, times, hangs)) = &*ASKED else { return };
    if asked != place {
        return;
    }
    let pass = PASSED.fetch_add(1, Ordering::Relaxed) + 1;
    if *hangs && pass >= *times {
        loop {
            std::thread::park();
        }
    }
    if pass == *times {
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
