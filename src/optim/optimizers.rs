//! The list of all optimizers. A new one is a file in this folder, and a name twice below.

mod adagrad;
mod adam;
mod momentum;
mod nesterov;
mod prelude;
mod rmsprop;
mod sgd;

use super::definition::Definition;

/// In the order in which they race by default.
static ALL: &[&Definition] = &[
    &sgd::DEFINITION,
    &momentum::DEFINITION,
    &nesterov::DEFINITION,
    &adagrad::DEFINITION,
    &rmsprop::DEFINITION,
    &adam::DEFINITION,
];

/// Every optimizer, in the order in which they race by default.
pub fn all() -> &'static [&'static Definition] {
    ALL
}

/// The optimizer of this name, read without regard to case, `-` and `_`.
pub fn find(name: &str) -> Option<&'static Definition> {
    ALL.iter().copied().find(|definition| plain_name(definition.name) == plain_name(name))
}

/// A name without what does not matter in it: case, `-` and `_`.
fn plain_name(name: &str) -> String {
    name.chars().filter(|letter| !matches!(letter, '-' | '_')).flat_map(char::to_lowercase).collect()
}
