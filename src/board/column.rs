//! Columns of tables of runs.

use super::value::CellValue;

/// A column of a table of runs, whose values are read off a `B`.
pub struct Column<B: 'static> {
    /// Its heading.
    pub title: &'static str,
    /// Characters it needs.
    pub width: u16,
    /// Where room is short, the columns of the lowest ranks are shown.
    pub rank: u8,
    /// What it means, for the help.
    pub meaning: &'static str,
    /// Its value for the run of this index.
    pub value: fn(&B, usize) -> CellValue,
}
