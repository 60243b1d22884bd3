//! `optirace optimizers`: what there is to know of each optimizer, in words.

use std::io::{self, Write};

use super::definition::{Definition, Dialect, Domain, LR_MEANING};
use super::registry;
use super::spec::number;

/// Writes a line for each optimizer.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_list(out: &mut impl Write) -> io::Result<()> {
    for definition in registry::all() {
        writeln!(out, "{:10} {}", definition.name, definition.idea)?;
        for dialect in Dialect::ALL {
            let settings: Vec<String> = std::iter::once(format!("lr={}", number(definition.lr.of(dialect))))
                .chain(
                    definition
                        .settings_in(dialect)
                        .map(|(setting, default)| format!("{}={}", setting.key, value_text(setting.domain, default))),
                )
                .collect();
            writeln!(out, "{:10}   {:6} {}", "", format!("{dialect}:"), settings.join(","))?;
        }
    }
    writeln!(out, "\n`optirace optimizers NAME` tells the formula, the settings and the paper of one.")
}

/// Writes all there is to know of one optimizer.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_one(out: &mut impl Write, definition: &Definition) -> io::Result<()> {
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
        definition.lr.numbers().keras,
        definition.lr.numbers().torch,
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
    if domain == Domain::Flag { (value != 0.0).to_string() } else { number(value) }
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
