//! The list of all schedules. A new one is a file beside this one and a line here.

use super::definition::Family;

macro_rules! families {
    ($($module:ident in $path:literal),+ $(,)?) => {
        $(#[path = $path] mod $module;)+
        static ALL: &[&Family] = &[$(&$module::FAMILY),+];
    };
}

families! {
    constant in "constant.rs",
    piecewise in "piecewise.rs",
    step in "step.rs",
    exponential in "exponential.rs",
    inverse_time in "inverse_time.rs",
    polynomial in "polynomial.rs",
    cosine in "cosine.rs",
    one_cycle in "one_cycle.rs",
}

/// Every family of schedules.
pub fn all() -> &'static [&'static Family] {
    ALL
}

/// The family of this name.
pub fn find(name: &str) -> Option<&'static Family> {
    ALL.iter().copied().find(|family| family.name == name)
}
