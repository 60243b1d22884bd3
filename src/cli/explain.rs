//! `optirace optimizers`: what there is to know of each optimizer, in words.

mod plot;
pub(super) mod schedules;

use std::io::{self, Write};

use crate::optim;
use crate::optim::definition::{Definition, Form, LR_MEANING, OptimizerKind};
use crate::optim::setting::Domain;
use crate::text::shortest;

/// What every optimizer takes, whatever its formula.
const EVERY_OPTIMIZER: &str = "\
Every one also takes, in every dialect as in Keras 3, nothing of it by default:
  schedule=NAME        a learning rate that changes over the race; `optirace optimizers --schedules` lists them
  weight_decay=NUMBER  before each update θ ← θ − θ·weight_decay·lr, for kernels and biases (decoupled: not
                       the weight_decay of PyTorch's SGD and Adam, which adds to the gradient)
  l2=NUMBER            each parameter's gradient, once clipped, grows by l2·θ (coupled: what PyTorch's SGD and
                       Adam call weight_decay)
  clip_norm=NUMBER     each variable's gradient, a kernel or a bias, is scaled down to at most this norm
                       (Keras's clipnorm)
  clip_value=NUMBER    each element of the gradient is kept from −clip_value to clip_value
  global_clip_norm=N   the gradient of all variables together is scaled down to at most this norm (Keras's
                       global_clipnorm); of the three ways to clip only one can be given
grad_norm in steps.csv and on the screen stays the norm before clipping.
";

/// Writes a line for each optimizer.
///
/// # Errors
/// When `out` cannot be written to.
pub(super) fn write_list(out: &mut impl Write) -> io::Result<()> {
    for definition in OptimizerKind::ALL.iter().flat_map(|kind| optim::all().iter().filter(|one| one.kind == *kind)) {
        writeln!(out, "{:10} {}", definition.name, definition.idea)?;
        for Form { dialect, lr, weight_decay, .. } in definition.forms {
            let settings: Vec<String> = std::iter::once(format!("lr={}", shortest(*lr)))
                .chain(
                    definition
                        .settings_in(*dialect)
                        .map(|(setting, default)| format!("{}={}", setting.key, value_text(setting.domain, default))),
                )
                .chain(weight_decay.map(|decay| format!("weight_decay={}", shortest(decay))))
                .collect();
            writeln!(out, "{:10}   {:10} {}", "", format!("{dialect}:"), settings.join(","))?;
        }
    }
    writeln!(out, "\n{EVERY_OPTIMIZER}")?;
    writeln!(out, "`optirace optimizers NAME` tells the formula, the settings and the paper of one.")
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
        let text = |dialect| setting.default_in(dialect).map(|default| value_text(setting.domain, default));
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

fn value_text(domain: Domain, value: f64) -> String {
    if domain == Domain::Flag { (value != 0.0).to_string() } else { shortest(value) }
}
