//! For terminals that can show nothing but ASCII: every other character is replaced once all is drawn.

use ratatui::buffer::{Buffer, Cell};

use crate::text::ascii::cell;

/// Blanks that stay between what is moved aside and what stands beside it.
const GAP: usize = 2;

/// Replaces what is not ASCII by what comes nearest.
pub fn fold(buffer: &mut Buffer) {
    let width = usize::from(buffer.area.width).max(1);
    for row in buffer.content.chunks_mut(width) {
        for place in 0..row.len() {
            match row[place].symbol() {
                "°" => degrees(&mut row[place..]),
                symbol if symbol.is_ascii() => {}
                symbol => {
                    let nearest = cell(symbol);
                    row[place].set_symbol(nearest);
                }
            }
        }
    }
}

/// Writes `deg` at the beginning of these cells, where there are blanks enough behind the words that it moves aside.
fn degrees(cells: &mut [Cell]) {
    const DEGREES: [&str; 3] = ["d", "e", "g"];
    let more = DEGREES.len() - 1;
    let is_line = |cell: &Cell| !cell.symbol().is_ascii() && "─│┊├┤┌┐└┘━".contains(cell.symbol());
    let end = cells.iter().position(is_line).unwrap_or(cells.len());
    let blanks = |from: usize| cells[from..end].iter().take_while(|cell| cell.symbol() == " ").count();
    let is_last = |from: usize| from + blanks(from) == end;
    let room = (1..end).find(|&from| blanks(from) >= more + GAP || (is_last(from) && blanks(from) >= more));
    let Some(room) = room else {
        cells[0].set_symbol(DEGREES[0]);
        return;
    };
    cells[1..room + more].rotate_right(more);
    for (cell, letter) in cells.iter_mut().zip(DEGREES) {
        cell.set_symbol(letter);
    }
}
