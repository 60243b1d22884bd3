//! `optirace optimizers`: what there is to know of each optimizer, in words.

mod plot;
pub(super) mod schedules;

use std::io::{self, Write};

use crate::optim::common::{self, Group};
use crate::optim::definition::{Definition, Form, LR_MEANING, OptimizerKind};
use crate::optim::setting::Domain;
use crate::text::shortest;

/// Writes some lines for each of the optimizers, kind by kind.
///
/// # Errors
/// When `out` cannot be written to.
pub(super) fn write_list(out: &mut impl Write, definitions: &[&Definition]) -> io::Result<()> {
    let of_kind = |kind| definitions.iter().filter(move |one| one.kind == kind);
    for kind in OptimizerKind::ALL.into_iter().filter(|&kind| of_kind(kind).next().is_some()) {
        writeln!(out, "{}", kind.describe())?;
        for definition in of_kind(kind) {
            write_short(out, definition)?;
        }
        writeln!(out)?;
    }
    writeln!(out, "`optirace optimizers NAME` tells the formula, the settings and the paper of one.")
}

/// Writes an optimizer's idea and defaults.
fn write_short(out: &mut impl Write, definition: &Definition) -> io::Result<()> {
    writeln!(out, "  {:18} {}", definition.name, definition.idea)?;
    for Form { dialect, lr, weight_decay, .. } in definition.forms {
        let settings: Vec<String> = std::iter::once(format!("lr={}", shortest(*lr)))
            .chain(
                definition
                    .settings_in(*dialect)
                    .map(|(setting, default)| format!("{}={}", setting.key, setting.domain.print(default))),
            )
            .chain(weight_decay.map(|decay| format!("weight_decay={}", shortest(decay))))
            .collect();
        writeln!(out, "  {:18}   {:10} {}", "", format!("{dialect}:"), settings.join(","))?;
    }
    Ok(())
}

/// Writes all there is to know of one optimizer.
///
/// # Errors
/// When `out` cannot be written to.
pub(super) fn write_one(out: &mut impl Write, definition: &Definition) -> io::Result<()> {
    writeln!(out, "{} ({})\n  {}\n", definition.title, definition.name, definition.idea)?;
    writeln!(out, "Formula   (g gradient of the minibatch, θ parameters, t number of the step from 1)")?;
    for form in definition.forms {
        for (index, line) in form.formula.iter().enumerate() {
            writeln!(out, "  {:9} {line}", if index == 0 { form.dialect.name() } else { "" })?;
        }
    }
    let names: String = definition.dialects().map(|dialect| format!("{:>11}", dialect.name())).collect();
    writeln!(out, "\nSettings{:12}{names}", "")?;
    let mut line = |key: &str, defaults: Vec<Option<String>>, meaning: &str, domain: Domain| {
        let values: String =
            defaults.iter().map(|default| format!("{:>11}", default.as_deref().unwrap_or("-"))).collect();
        writeln!(out, "  {key:18}{values}  {meaning}")?;
        writeln!(out, "{:width$}{}", "", domain.describe(), width = 22 + 11 * defaults.len())
    };
    line("lr", definition.forms.iter().map(|form| Some(shortest(form.lr))).collect(), LR_MEANING, Domain::Positive)?;
    for setting in definition.settings {
        let text = |dialect| setting.default_in(dialect).map(|default| setting.domain.print(default));
        line(setting.key, definition.dialects().map(text).collect(), setting.meaning, setting.domain)?;
    }
    let decays: Vec<_> = definition.forms.iter().map(|form| form.weight_decay.map(shortest)).collect();
    if decays.iter().any(Option::is_some) {
        line("weight_decay", decays, "θ ← θ − θ·weight_decay·lr before each update", Domain::NonNegative)?;
    }
    writeln!(out, "\nLibraries")?;
    for form in definition.forms {
        writeln!(out, "  {:9} {}", form.dialect.name(), form.library)?;
    }
    writeln!(out, "  {}", definition.differences)?;
    writeln!(out, "\nCaution\n  {}", definition.caution)?;
    writeln!(out, "\nPaper\n  {}", definition.paper)
}

/// Writes what every optimizer takes, whatever its formula.
///
/// # Errors
/// When `out` cannot be written to.
pub(super) fn write_common(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\nEvery one also takes, in every dialect the same, nothing of it unless it stands above:")?;
    let heading = |out: &mut dyn Write, name: &str| writeln!(out, "  {name}");
    let line = |out: &mut dyn Write, key: &str, meaning: &[&str]| {
        let keys = std::iter::once(key).chain(std::iter::repeat(""));
        keys.zip(meaning).try_for_each(|(key, text)| writeln!(out, "    {key:16} {text}"))
    };
    heading(out, "Rate")?;
    line(
        out,
        "schedule",
        &["a learning rate that changes over the race; `optirace optimizers --schedules` lists them"],
    )?;
    for group in Group::ALL {
        heading(out, group.name())?;
        for setting in common::ALL.iter().filter(|setting| setting.group == group) {
            line(out, setting.key, setting.meaning)?;
        }
    }
    heading(out, "Batch")?;
    line(out, "batch", &["samples of its own minibatches, or full: the race's unless given"])?;
    heading(out, "Name")?;
    line(out, "dialect, label", &["whose definition it is, of those above; its name in the race"])?;
    writeln!(out, "grad_norm in steps.csv and on the screen stays the norm before clipping.")
}
