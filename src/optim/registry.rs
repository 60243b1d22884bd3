//! The list of all optimizers. A new one is a file beside this one and a line here.

use super::definition::Definition;

macro_rules! optimizers {
    ($($module:ident in $path:literal),+ $(,)?) => {
        $(#[path = $path] mod $module;)+
        static ALL: &[&Definition] = &[$(&$module::DEFINITION),+];
    };
}

optimizers! {
    sgd in "sgd.rs",
    momentum in "momentum.rs",
    nesterov in "nesterov.rs",
    adagrad in "adagrad.rs",
    rmsprop in "rmsprop.rs",
    adam in "adam.rs",
}

/// Every optimizer, in the order in which they race by default.
pub fn all() -> &'static [&'static Definition] {
    ALL
}

/// The optimizer of this name.
pub fn find(name: &str) -> Option<&'static Definition> {
    ALL.iter().copied().find(|definition| definition.name == name)
}
