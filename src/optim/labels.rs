//! A name of its own for each of several optimizers.

use std::collections::HashSet;

use super::spec::Spec;
use crate::text::Untrusted;

/// Two specs were given the same label.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("two runs are labelled `{0}`; give each its own label=…")]
pub struct SameLabel(pub Untrusted);

/// A unique label for each spec. One without a label is named after its optimizer, with what differs from the
/// defaults where another one has the same.
///
/// # Errors
/// When two specs were given the same label.
pub fn labels(specs: &[Spec]) -> Result<Vec<String>, SameLabel> {
    let mut taken = HashSet::new();
    for label in specs.iter().filter_map(|spec| spec.label.as_deref()) {
        if !taken.insert(label.to_owned()) {
            return Err(SameLabel(label.into()));
        }
    }
    let of_kind = |spec: &Spec| {
        let same = |other: &&Spec| other.label.is_none() && other.optimizer.name == spec.optimizer.name;
        specs.iter().filter(same).count()
    };
    let labels = specs.iter().map(|spec| {
        let label = spec.label.clone().unwrap_or_else(|| {
            let title = spec.optimizer.title.to_owned();
            let differences = if of_kind(spec) > 1 { spec.differences() } else { Vec::new() };
            let name = std::iter::once(title).chain(differences).collect::<Vec<_>>().join(" ");
            let mut candidates = (1..).map(|count| match count {
                1 => name.clone(),
                _ => format!("{name} #{count}"),
            });
            candidates.find(|candidate| !taken.contains(candidate)).unwrap_or(name.clone())
        });
        taken.insert(label.clone());
        label
    });
    Ok(labels.collect())
}
