//! The list of all optimizers. A new one is a file in this folder, and a name twice below.

mod adabelief;
mod adadelta;
mod adafactor;
mod adagrad;
mod adam;
mod adamax;
mod adamw;
mod adan;
mod ademamix;
mod adopt;
mod ftrl;
mod lamb;
mod lars;
mod lion;
mod moments;
mod momentum;
mod nadam;
mod nesterov;
mod prelude;
mod prodigy;
mod radam;
mod rmsprop;
mod rprop;
mod schedule_free;
mod schedulefree_adamw;
mod schedulefree_sgd;
mod sgd;
mod signsgd;
mod signum;
mod yogi;

use super::definition::Definition;

/// In the order in which they are listed.
static ALL: &[&Definition] = &[
    &sgd::DEFINITION,
    &momentum::DEFINITION,
    &nesterov::DEFINITION,
    &adagrad::DEFINITION,
    &rmsprop::DEFINITION,
    &adam::DEFINITION,
    &adamw::DEFINITION,
    &nadam::DEFINITION,
    &radam::DEFINITION,
    &adamax::DEFINITION,
    &adadelta::DEFINITION,
    &lion::DEFINITION,
    &signsgd::DEFINITION,
    &signum::DEFINITION,
    &adabelief::DEFINITION,
    &adopt::DEFINITION,
    &adan::DEFINITION,
    &ademamix::DEFINITION,
    &yogi::DEFINITION,
    &rprop::DEFINITION,
    &ftrl::DEFINITION,
    &schedulefree_sgd::DEFINITION,
    &schedulefree_adamw::DEFINITION,
    &lamb::DEFINITION,
    &lars::DEFINITION,
    &adafactor::DEFINITION,
    &prodigy::DEFINITION,
];

/// Every optimizer, in the order in which they are listed.
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
