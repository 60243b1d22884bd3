//! What was found of a sentence, and whether it holds.

use super::sentences::{Claim, SENTENCES, Sentence};
use super::trial::{Missing, Trial};
use super::verdict::{Interval, Verdict};

/// What was found of a sentence.
#[derive(Debug)]
pub struct Finding {
    /// The sentence.
    pub sentence: &'static Sentence,
    /// What was found of each of its claims.
    pub claims: Vec<ClaimFinding>,
}

/// What was found of a claim.
#[derive(Debug)]
pub struct ClaimFinding {
    /// The claim.
    pub claim: &'static Claim,
    /// What was measured, a value for each seed on which it could be.
    pub values: Vec<f64>,
    /// Why it could not be measured on the last seed where it could not.
    pub missing: Option<Missing>,
}

/// What one race says of a sentence, which is no verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoFar {
    /// All its claims are so.
    Agrees,
    /// One of them is not.
    Disagrees,
    /// None of those that could be measured is not so, and some could not.
    Missing,
}

impl ClaimFinding {
    /// Takes in what is to be measured on one more seed.
    pub fn measure(&mut self, trial: &Trial<'_>) {
        match (self.claim.measure)(trial) {
            Ok(value) if value.is_finite() => self.values.push(value),
            Ok(value) => self.missing = Some(format!("is {value}")),
            Err(missing) => self.missing = Some(missing),
        }
    }

    /// Mean and interval of what was measured.
    pub fn interval(&self) -> Option<Interval> {
        Interval::of(&self.values)
    }

    /// Whether the mean of what was measured is on the claimed side; `None` where nothing was.
    pub fn agrees(&self) -> Option<bool> {
        self.interval().map(|interval| self.claim.bound.contains(interval.mean))
    }

    /// What becomes of the claim.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.values, self.claim.bound)
    }
}

impl Finding {
    /// Nothing yet, of every sentence.
    pub fn all() -> Vec<Self> {
        let claim = |claim| ClaimFinding { claim, values: Vec::new(), missing: None };
        let finding =
            |sentence: &'static Sentence| Self { sentence, claims: sentence.claims.iter().map(claim).collect() };
        SENTENCES.iter().map(finding).collect()
    }

    /// Takes in what is to be measured on one more seed.
    pub fn measure(&mut self, trial: &Trial<'_>) {
        self.claims.iter_mut().for_each(|claim| claim.measure(trial));
    }

    /// What was measured so far says of the sentence.
    pub fn so_far(&self) -> SoFar {
        let claims: Vec<Option<bool>> = self.claims.iter().map(ClaimFinding::agrees).collect();
        match () {
            () if claims.contains(&Some(false)) => SoFar::Disagrees,
            () if claims.contains(&None) => SoFar::Missing,
            () => SoFar::Agrees,
        }
    }

    /// What becomes of the sentence.
    pub fn verdict(&self) -> Verdict {
        Verdict::of_all(self.claims.iter().map(ClaimFinding::verdict))
    }
}
