//! What people type who know other programs: options before the subcommand, and options that are called otherwise here.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

use crate::text::is_like;

/// Options that there are not, and what to do instead.
const INSTEAD: [(&[&str], &str); 5] = [
    (
        &["--lr", "--learning-rate", "--rate"],
        "every optimizer has a learning rate of its own: write `-o sgd:lr=0.1`; repeat -o for more of them",
    ),
    (&["--momentum"], "momentum is an optimizer of its own: write `-o momentum:momentum=0.9`"),
    (&["--weight-decay", "--wd"], "it belongs to an optimizer: write `-o sgd:weight_decay=0.01`"),
    (
        &["--schedule", "--scheduler"],
        "it belongs to an optimizer: write `-o sgd:lr=0.1,schedule=cosine`; `optirace optimizers --schedules` has all",
    ),
    (
        &["--resume", "--continue"],
        "no race is resumed: the same options give the same numbers again, with --epochs N for as many epochs as \
         wanted; `optirace open DIR` shows a recorded one",
    ),
];

/// `words` with the options that stand before a subcommand behind it, where it looks for them.
pub(super) fn in_order(mut words: Vec<OsString>, command: &Command) -> Vec<OsString> {
    let mut at = 1;
    while let Some(word) = words.get(at).and_then(|word| word.to_str()) {
        if command.find_subcommand(word).is_some() {
            words[1..=at].rotate_right(1);
            break;
        }
        let Some(values) = values_behind(word, command) else { break };
        at += 1 + values;
    }
    words
}

/// How many words behind an option are its values; `None` for what is no option of `command`.
fn values_behind(word: &str, command: &Command) -> Option<usize> {
    let takes_value = |arg: &Arg| arg.get_action().takes_values();
    let (is_attached, arg) = match (word.strip_prefix("--"), word.strip_prefix('-')) {
        (Some(long), _) => {
            let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
            (value.is_some(), command.get_arguments().find(|arg| arg.get_long() == Some(name))?)
        }
        (None, Some(short)) => {
            let letter = short.chars().next()?;
            (short.len() > 1, command.get_arguments().find(|arg| arg.get_short() == Some(letter))?)
        }
        (None, None) => return None,
    };
    Some(usize::from(takes_value(arg) && !is_attached))
}

/// An error of the parser that guesses only what is near, and knows what to do instead of what there is not.
pub(super) fn helpful(mut error: clap::Error) -> clap::Error {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    let (Some(typed), guess) = (text(ContextKind::InvalidArg), text(ContextKind::SuggestedArg)) else { return error };
    if error.kind() != ErrorKind::UnknownArgument {
        return error;
    }
    let dashed = typed.replace('_', "-");
    let instead = INSTEAD.iter().find(|(names, _)| names.contains(&dashed.as_str())).map(|(_, instead)| *instead);
    if instead.is_some() || guess.is_some_and(|guess| !is_like(&dashed, &guess)) {
        // The usage is that of the guess.
        for kind in [ContextKind::SuggestedArg, ContextKind::Usage] {
            error.remove(kind);
        }
    }
    if let Some(instead) = instead {
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![instead.into()]));
    }
    error
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn options_before_a_subcommand_go_behind_it() {
        for (typed, ordered) in [
            ("optirace --data D train --out X", "optirace train --data D --out X"),
            ("optirace -o sgd --seed=1 --ascii train --out X", "optirace train -o sgd --seed=1 --ascii --out X"),
            ("optirace -osgd train", "optirace train -osgd"),
            ("optirace --out train", "optirace --out train"),
            ("optirace --unknown train", "optirace --unknown train"),
            ("optirace train data", "optirace train data"),
            ("optirace", "optirace"),
        ] {
            let words = typed.split(' ').map(OsString::from).collect();
            assert_eq!(in_order(words, &Cli::command()).join(&OsString::from(" ")).to_str(), Some(ordered));
        }
    }
}
