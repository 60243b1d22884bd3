//! For terminals that can show nothing but ASCII: every other character is replaced once all is drawn.

use ratatui::buffer::Buffer;

/// Replaces what is not ASCII by what comes nearest.
pub fn fold(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if !cell.symbol().is_ascii() {
            let nearest = nearest(cell.symbol());
            cell.set_symbol(nearest);
        }
    }
}

fn nearest(symbol: &str) -> &'static str {
    match symbol {
        "─" | "·" | "–" => "-",
        "━" => "=",
        "│" | "┊" => "|",
        "◀" => "<",
        "▼" => "v",
        "Δ" => "d",
        "┌" | "┐" | "└" | "┘" => "+",
        "├" | "┤" => "|",
        "÷" => "/",
        "→" | "▶" | "▸" => ">",
        "←" => "<",
        "↑" => "^",
        "↓" => "v",
        "…" => "~",
        "×" => "x",
        "µ" => "u",
        "■" => "#",
        "−" => "-",
        "²" => "2",
        "³" => "3",
        "°" => "o",
        "◎" => "O",
        _ => "?",
    }
}
