//! `optirace optimizers`: what there is to know of each optimizer, in words.

mod plot;
pub(super) mod schedules;

use std::io::{self, Write};

use crate::optim;
use crate::optim::definition::{Definition, LR_MEANING};
use crate::optim::setting::{Dialect, Domain};
use crate::text::shortest;

/// What every optimizer takes, whatever its formula.
const EVERY_OPTIMIZER: &str = "\
Every one also takes, in both dialects as in Keras 3, nothing of it by default:
  schedule=NAME        a learning rate that changes over the race; `optirace optimizers --schedules` lists them
  weight_decay=NUMBER  before each update θ ← θ − θ·weight_decay·lr, for kernels and biases (decoupled: not
                       the weight_decay of PyTorch's SGD and Adam, which adds to the gradient)
  clip_norm=NUMBER     each variable's gradient, a kernel or a bias, is scaled down to at most this norm
                       (Keras's clipnorm, not global_clipnorm)
  clip_value=NUMBER    each element of the gradient is kept from −clip_value to clip_value; not with clip_norm
grad_norm in steps.csv and on the screen stays the norm before clipping.
";

/// Writes a line for each optimizer.
///
/// # Errors
/// When `out` cannot be written to.
pub(super) fn write_list(out: &mut impl Write) -> io::Result<()> {
    for definition in optim::all() {
        writeln!(out, "{:10} {}", definition.name, definition.idea)?;
        for dialect in Dialect::ALL {
            let settings: Vec<String> = std::iter::once(format!("lr={}", shortest(definition.lr.of(dialect))))
                .chain(
                    definition
                        .settings_in(dialect)
                        .map(|(setting, default)| format!("{}={}", setting.key, value_text(setting.domain, default))),
                )
                .collect();
            writeln!(out, "{:10}   {:6} {}", "", format!("{dialect}:"), settings.join(","))?;
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
    for dialect in Dialect::ALL {
        let lines = definition.formula.of(dialect);
        for (index, line) in lines.iter().enumerate() {
            writeln!(out, "  {:7} {line}", if index == 0 { dialect.name() } else { "" })?;
        }
    }
    writeln!(out, "\nSettings{:14}{:>8}  {:>8}", "", "keras", "torch")?;
    setting_line(
        out,
        "lr",
        shortest(definition.lr.keras),
        shortest(definition.lr.torch),
        LR_MEANING,
        Domain::Positive,
    )?;
    for setting in definition.settings {
        let text = |default: Option<f64>| default.map_or_else(|| "-".to_owned(), |v| value_text(setting.domain, v));
        let (keras, torch) = (text(setting.default.keras), text(setting.default.torch));
        setting_line(out, setting.key, keras, torch, setting.meaning, setting.domain)?;
    }
    writeln!(out, "\nKeras and PyTorch\n  {}", definition.differences)?;
    writeln!(out, "\nCaution\n  {}", definition.caution)?;
    writeln!(out, "\nPaper\n  {}", definition.paper)
}

fn value_text(domain: Domain, value: f64) -> String {
    if domain == Domain::Flag { (value != 0.0).to_string() } else { shortest(value) }
}

fn setting_line(
    out: &mut impl Write,
    key: &str,
    keras: String,
    torch: String,
    meaning: &str,
    domain: Domain,
) -> io::Result<()> {
    writeln!(out, "  {key:20}{keras:>8}  {torch:>8}  {meaning}\n{:42}{}", "", domain.describe())
}
