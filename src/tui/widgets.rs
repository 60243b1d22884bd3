//! Parts of the screen that several views draw.

pub mod both_ends;
pub mod canvas;
pub mod captions;
pub mod chart;
pub mod help_text;
pub mod map;
pub mod run_table;
