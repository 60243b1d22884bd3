//! A name of its own for each of several optimizers.

use std::collections::HashSet;

use super::label::Label;
use super::spec::Spec;
use crate::text::Untrusted;

/// Two specs were given the same label.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("two runs are labelled `{0}`; give each its own label=…")]
pub struct SameLabel(pub Untrusted);

/// A unique label for each spec. One without a label is named after its optimizer; where another one has the same, with
/// what differs from the defaults and is not the same in all of these.
///
/// # Errors
/// When two specs were given the same label.
pub fn labels(specs: &[Spec]) -> Result<Vec<Label>, SameLabel> {
    let mut taken = HashSet::new();
    for label in specs.iter().filter_map(|spec| spec.label.as_ref()) {
        if !taken.insert(label.clone()) {
            return Err(SameLabel(label.as_str().into()));
        }
    }
    let differences: Vec<Vec<String>> = specs.iter().map(Spec::differences).collect();
    let labels = specs.iter().zip(&differences).map(|(spec, own)| {
        let label = spec.label.clone().unwrap_or_else(|| {
            let title = spec.optimizer.title.to_owned();
            let is_alike = |other: &Spec| other.label.is_none() && other.optimizer.name == spec.optimizer.name;
            let alike = || specs.iter().zip(&differences).filter(|(other, _)| is_alike(other));
            let is_shared = |part: &String| alike().all(|(_, parts)| parts.contains(part));
            let differences = own.iter().filter(|part| !is_shared(part)).cloned();
            // Lists of a schedule have `/` between their items.
            let name = std::iter::once(title).chain(differences).collect::<Vec<_>>().join(" ").replace('/', "|");
            let mut candidates = (1..).map(|count| match count {
                1 => Label(name.clone()),
                _ => Label(format!("{name} #{count}")),
            });
            candidates.find(|candidate| !taken.contains(candidate)).unwrap_or(Label(name.clone()))
        });
        taken.insert(label.clone());
        label
    });
    Ok(labels.collect())
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;
    use crate::optim::label::NoLabel;

    #[test]
    fn what_no_label_can_hold_is_refused_wherever_it_is_read() {
        for bad in
            ["", ".", "..", "../../x/y", "a\u{1b}[31m", "a\nb", "\u{202e}a", "a\u{200b}", "\u{301}", "a\u{e0041}"]
        {
            assert_eq!(bad.parse::<Label>(), Err(NoLabel), "{bad:?}");
            let json = serde_json::to_string(bad).expect("JSON");
            assert!(serde_json::from_str::<Label>(&json).is_err(), "{bad:?}");
        }
        for good in ["Adam lr=0.01", "学習率", "e\u{301}", "=1"] {
            let label: Label = good.parse().expect("a label");
            assert_eq!((label.as_str(), label.to_string().as_str()), (good, good));
        }
    }

    #[test]
    fn a_label_tells_what_differs_between_the_runs_alone() {
        let named = |specs: &[&str]| {
            let specs: Vec<Spec> = specs.iter().map(|spec| spec.parse().expect("valid")).collect();
            labels(&specs).expect("they differ").into_iter().map(String::from).collect::<Vec<_>>()
        };
        assert_eq!(named(&["adam:lr=0.1,beta1=0.8", "sgd:lr=2"]), ["Adam", "SGD"]);
        assert_eq!(
            named(&["adam:lr=0.1,beta1=0.8", "adam:beta1=0.8", "adam:lr=0.1,beta1=0.8,l2=1"]),
            ["Adam lr=0.1", "Adam", "Adam lr=0.1 l2=1"]
        );
        assert_eq!(named(&["adam:lr=0.1", "adam:lr=0.1"]), ["Adam", "Adam #2"]);
        assert_eq!(named(&["adam:lr=0.1", "adam:lr=0.1,dialect=torch"]), ["Adam", "Adam dialect=torch"]);
    }

    #[test]
    fn a_label_that_tells_a_schedule_has_no_slash() {
        let specs = ["sgd", "sgd:schedule=piecewise,boundaries=10/20,values=0.1/0.01/0.001"];
        let specs: Vec<Spec> = specs.into_iter().map(|spec| spec.parse().expect("valid")).collect();
        let labels = labels(&specs).expect("they differ");
        assert!(labels[1].contains("boundaries=10|20") && !labels[1].contains('/'), "{}", labels[1]);
    }
}
