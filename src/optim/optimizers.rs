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

/// Those whose names are like `pattern`, in which `*` stands for anything: names are read as [`find`] does.
pub fn matching(pattern: &str) -> Vec<&'static Definition> {
    let pattern = plain_name(pattern);
    ALL.iter().copied().filter(|definition| is_like_pattern(&plain_name(definition.name), &pattern)).collect()
}

fn is_like_pattern(name: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        None => name == pattern,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            let ends = name.char_indices().map(|(at, _)| at).chain([name.len()]);
            ends.into_iter().any(|at| is_like_pattern(&name[at..], rest))
        }),
    }
}

/// A name without what does not matter in it: case, `-` and `_`.
fn plain_name(name: &str) -> String {
    name.chars().filter(|letter| !matches!(letter, '-' | '_')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        let names = |pattern| matching(pattern).iter().map(|definition| definition.name).collect::<Vec<_>>();
        assert_eq!(names("adam*"), ["adam", "adamw", "adamax"]);
        assert_eq!(names("*SGD"), ["sgd", "signsgd", "schedulefree-sgd"]);
        assert_eq!(names("schedule-free_*w"), ["schedulefree-adamw"]);
        assert_eq!(names("*a*da*b*"), ["adabelief"]);
        assert_eq!(names("adam"), ["adam"]);
        assert!(names("").is_empty() && names("adam*z").is_empty());
        assert_eq!(names("*").len(), all().len());
    }
}
