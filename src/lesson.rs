//! The lesson on optimizers, checked sentence by sentence.
//!
//! A textbook lesson says sixteen things of optimizers: [`SENTENCES`]. Each is broken down into claims that can be
//! measured: a measure, a bound, and the side of it that the measure must be on. All of that, and the rule below, was
//! written before anything was measured.
//!
//! # The rule
//!
//! Every claim is measured on several seeds (initial weights and order of samples), once on each. What is compared, is
//! compared on the same seed: the value is a difference or a ratio. [`Verdict::of`] judges the values: their 95 %
//! interval by Student's t lies wholly on the claimed side of the bound: *holds*; wholly on the other side: *does not
//! hold*; else *too close to call*. With fewer than three seeds nothing is judged. A sentence holds if all its claims
//! do, and does not if one does not.
//!
//! # What is run, on each seed
//!
//! - one race of the six optimizers with their defaults, SGD on one sample a step, and the same with a rate that falls
//!   along a cosine: five epochs of all training samples (`--quick`: three of 8,000);
//! - for each optimizer a race of 13 learning rates from 1e-5 to 10, each about three times the last: two epochs
//!   (`--quick`: one of 8,000 samples);
//! - experiments that are no race: [`Lab`].
//!
//! Five seeds, with `--quick` three. The same measures judge a race on the screen, as far as its runs allow: a
//! [`Trial`] is made of any histories.

mod error;
mod finding;
mod lab;
mod measures;
mod plan;
mod run;
mod sentences;
mod table;
mod trial;
mod verdict;

pub use error::LessonError;
pub use finding::{ClaimFinding, Finding, SoFar};
pub use lab::{Flatten, Lab, Wells};
pub use measures::Measured;
pub use plan::LessonPlan;
pub use run::{LessonOutcome, LessonStage, run};
pub use sentences::{Claim, ClaimUnit, SENTENCES, Sentence};
pub use table::{Findings, LESSON_COLUMNS, figures, write_lesson};
pub use trial::{Missing, Trial};
pub use verdict::{Bound, FEWEST_SEEDS, Interval, Verdict};
