//! The list of all schedules. A new one is a file in this folder, and a name twice below.

mod constant;
mod cosine;
mod exponential;
mod inverse_time;
mod one_cycle;
mod piecewise;
mod polynomial;
mod step;

use super::definition::Family;

static ALL: &[&Family] = &[
    &constant::FAMILY,
    &piecewise::FAMILY,
    &step::FAMILY,
    &exponential::FAMILY,
    &inverse_time::FAMILY,
    &polynomial::FAMILY,
    &cosine::FAMILY,
    &one_cycle::FAMILY,
];

/// Every family of schedules.
pub fn all() -> &'static [&'static Family] {
    ALL
}

/// The family of this name.
pub fn find(name: &str) -> Option<&'static Family> {
    ALL.iter().copied().find(|family| family.name == name)
}
