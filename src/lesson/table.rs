//! The findings as a table for a person, and as one for a program.

use std::fmt;
use std::io::{self, Write};

use super::finding::{ClaimFinding, Finding};
use super::sentences::ClaimUnit;
use super::verdict::Bound;
use crate::record::csv::Table;
use crate::text::{self, wrap};

/// Columns of `lesson.csv`.
pub const LESSON_COLUMNS: [&str; 13] = [
    "sentence",
    "text",
    "verdict",
    "claim",
    "unit",
    "bound",
    "bound_value",
    "claim_verdict",
    "seeds",
    "mean",
    "low",
    "high",
    "values",
];

/// Characters in a line.
const WIDTH: usize = 80;

/// Characters before a claim.
const INDENT: usize = 4;

/// Characters of a verdict and the space before it.
const VERDICT: usize = 18;

/// Characters of the figures of a claim.
const FIGURES: usize = 30;

/// Findings as lines of at most 80 characters; shown through [`fmt::Display`].
pub struct Findings<'a>(pub &'a [Finding]);

impl fmt::Display for Findings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in self.0 {
            let verdict = finding.verdict().to_string().to_uppercase();
            let number = format!("{:>2}. ", finding.sentence.number);
            let lines = wrap(finding.sentence.text, WIDTH - INDENT - VERDICT);
            for (index, line) in lines.iter().enumerate() {
                let left = if index == 0 { &number[..] } else { "    " };
                let right = if index + 1 == lines.len() { &verdict[..] } else { "" };
                let line = format!("{left}{line:<width$}{right:>VERDICT$}", width = WIDTH - INDENT - VERDICT);
                writeln!(f, "{}", line.trim_end())?;
            }
            for claim in &finding.claims {
                for line in claim_lines(claim) {
                    writeln!(f, "{}", line.trim_end())?;
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// A claim with its figures: what it measures on the left, as long as it is, figures on the right of the last line; or
/// below, where they are a sentence that says what is missing.
fn claim_lines(finding: &ClaimFinding) -> Vec<String> {
    let width = WIDTH - INDENT - FIGURES;
    let mut lines: Vec<String> =
        wrap(finding.claim.what, width).into_iter().map(|line| format!("    {line:<width$}")).collect();
    let figures = figures(finding);
    match lines.last_mut() {
        Some(last) if text::columns(&figures) <= FIGURES => last.push_str(&figures),
        _ => lines.extend(wrap(&figures, WIDTH - 2 * INDENT).into_iter().map(|line| format!("        {line}"))),
    }
    lines
}

/// What was measured of a claim, what it had to be.
pub fn figures(finding: &ClaimFinding) -> String {
    let ClaimFinding { claim, values, missing } = finding;
    let Some(interval) = finding.interval() else {
        return missing.clone().unwrap_or_else(|| "not measured".to_owned());
    };
    let (side, bound) = match claim.bound {
        Bound::Above(bound) => (">", bound),
        Bound::Below(bound) => ("<", bound),
    };
    let (measured, spread) = (claim.unit.show(interval.mean), claim.unit.digits(interval.high - interval.mean));
    let measured = match (claim.unit, values.len()) {
        // What is so or is not has no spread that tells anybody anything.
        (ClaimUnit::Seeds, seeds) => format!("{:.0} of {seeds} seeds", interval.mean * seeds as f64),
        (_, 1) => measured,
        (_, _) => format!("{measured} ±{spread}"),
    };
    format!("{measured}  ({side} {})", claim.unit.digits(bound))
}

/// Writes `lesson.csv`: a row per claim.
///
/// | column | what it is |
/// |---|---|
/// | `sentence`, `text` | number of the sentence, from 1, and what it says |
/// | `verdict` | `holds`, `does not hold`, `too close to call` or `not measured`, of the whole sentence |
/// | `claim` | what is measured |
/// | `unit` | `number` `times` `share` (1 is all; a difference of shares too) `degrees` |
/// | `bound`, `bound_value` | `above` or `below`, and what |
/// | `claim_verdict` | what became of this claim alone |
/// | `seeds` | on how many seeds it was measured |
/// | `mean`, `low`, `high` | mean over them and its 95 % interval; empty where it was not measured |
/// | `values` | what was measured on each seed, with spaces between |
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_lesson(out: impl Write, findings: &[Finding]) -> io::Result<()> {
    let mut table = Table::new(out, &LESSON_COLUMNS)?;
    for finding in findings {
        for claim in &finding.claims {
            let (side, bound) = match claim.claim.bound {
                Bound::Above(bound) => ("above", bound),
                Bound::Below(bound) => ("below", bound),
            };
            table.whole(finding.sentence.number.into())?;
            table.text(finding.sentence.text)?;
            table.text(&finding.verdict().to_string())?;
            table.text(claim.claim.what)?;
            table.text(unit_name(claim.claim.unit))?;
            table.text(side)?;
            table.double(bound)?;
            table.text(&claim.verdict().to_string())?;
            table.whole(claim.values.len() as u64)?;
            match claim.interval() {
                Some(interval) => {
                    [interval.mean, interval.low, interval.high]
                        .into_iter()
                        .try_for_each(|value| table.double(value))?;
                }
                None => [""; 3].into_iter().try_for_each(|empty| table.text(empty))?,
            }
            let values: Vec<String> = claim.values.iter().map(|value| format!("{value:?}")).collect();
            table.text(&values.join(" "))?;
            table.end_row()?;
        }
    }
    table.finish()
}

fn unit_name(unit: ClaimUnit) -> &'static str {
    match unit {
        ClaimUnit::Number => "number",
        ClaimUnit::Times => "times",
        ClaimUnit::Percent | ClaimUnit::Points | ClaimUnit::Seeds => "share",
        ClaimUnit::Degrees => "degrees",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_a_terminal() {
        let mut findings = Finding::all();
        for claim in findings.iter_mut().flat_map(|finding| &mut finding.claims) {
            claim.values = vec![123.456, 134.567, 145.678];
        }
        let table = Findings(&findings).to_string();
        assert!(table.lines().all(|line| text::columns(line) <= WIDTH), "{table}");
        insta::assert_snapshot!(table.lines().take(12).collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn what_is_so_on_some_seeds_is_counted() {
        let mut findings = Finding::all();
        let claim = &mut findings[8].claims[1];
        claim.values = vec![1.0, 0.0, 1.0];
        assert_eq!(figures(claim), "2 of 3 seeds  (> 50 %)");
    }

    #[test]
    fn a_row_is_a_claim() {
        let mut findings = Finding::all();
        findings.truncate(2);
        findings[0].claims[0].values = vec![0.0; 3];
        findings[1].claims[0].values = vec![0.25, 0.26, 0.24];
        let mut csv = Vec::new();
        write_lesson(&mut csv, &findings).unwrap();
        insta::assert_snapshot!(String::from_utf8(csv).unwrap());
    }
}
