//! Parts of the screen that several views draw.

pub mod run_table;
