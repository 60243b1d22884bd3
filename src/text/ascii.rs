//! For terminals and locales that know nothing but ASCII: what stands for every other character.

/// `text` in ASCII: Greek letters by their names, powers and indices as `^2` and `_1`, and the rest as it is typed
/// where there is no better key. What nothing stands for is escaped: `\u{d655}`.
pub fn transliterate(text: &str) -> String {
    let mut ascii = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let length = match KEYS.iter().find(|(keys, _)| rest.starts_with(keys)) {
            Some((keys, words)) => {
                ascii.push_str(words);
                keys.len()
            }
            None if letter.is_ascii() => {
                ascii.push(letter);
                1
            }
            None => raised_or_lowered(rest, &mut ascii).or_else(|| root(rest, &mut ascii)).unwrap_or_else(|| {
                match (letter, spelled(letter)) {
                    // Between words it separates them, between factors it multiplies.
                    ('·', _) => ascii.push(if ascii.ends_with([' ', '\n']) || ascii.is_empty() { '-' } else { '*' }),
                    (_, Some(spelled)) => ascii.push_str(spelled),
                    (_, None) => ascii.extend(letter.escape_unicode()),
                }
                letter.len_utf8()
            }),
        };
        rest = &rest[length..];
    }
    ascii
}

/// Arrows that stand for keys, and the words for them.
const KEYS: [(&str, &str); 4] = [("← →", "left/right"), ("←→", "left/right"), ("↑ ↓", "up/down"), ("↑↓", "up/down")];

/// What is written above the line, and on it.
const RAISED: [(char, char); 10] = [
    ('⁰', '0'),
    ('¹', '1'),
    ('²', '2'),
    ('³', '3'),
    ('⁻', '-'),
    ('⁺', '+'),
    ('ᵗ', 't'),
    ('ˣ', 'x'),
    ('ᵀ', 'T'),
    ('ⁿ', 'n'),
];

/// What is written below the line, and on it.
const LOWERED: [(char, char); 6] = [('₁', '1'), ('₂', '2'), ('₊', '+'), ('ₜ', 't'), ('ᵢ', 'i'), ('₀', '0')];

/// Writes a power or an index with which `text` begins, in parentheses if it is longer than a letter; its length in
/// bytes.
fn raised_or_lowered(text: &str, ascii: &mut String) -> Option<usize> {
    [('^', &RAISED[..]), ('_', &LOWERED[..])].into_iter().find_map(|(sign, table)| {
        let plain = |letter: char| table.iter().find(|(other, _)| *other == letter).map(|(_, plain)| *plain);
        let letters: String = text.chars().map_while(plain).collect();
        let length = text.chars().take_while(|letter| plain(*letter).is_some()).map(char::len_utf8).sum();
        match letters.len() {
            0 => return None,
            1 => *ascii += &format!("{sign}{letters}"),
            _ => *ascii += &format!("{sign}({letters})"),
        }
        Some(length)
    })
}

/// Writes a square root with which `text` begins, what it is drawn from in parentheses; the length in bytes.
fn root(text: &str, ascii: &mut String) -> Option<usize> {
    let under = text.strip_prefix('√')?;
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '\u{302}';
    let end = under.find(|letter| !is_part(letter)).unwrap_or(under.len());
    match under.starts_with('(') {
        true => ascii.push_str("sqrt"),
        false => *ascii += &format!("sqrt({})", transliterate(&under[..end])),
    }
    Some('√'.len_utf8() + if under.starts_with('(') { 0 } else { end })
}

/// What a character is spelled as, in as many letters as it takes.
fn spelled(letter: char) -> Option<&'static str> {
    Some(match letter {
        'θ' => "theta",
        'ρ' => "rho",
        'μ' => "mu",
        'δ' => "delta",
        'α' => "alpha",
        'β' => "beta",
        'π' => "pi",
        'Φ' => "Phi",
        'ŝ' => "s_hat",
        'ĝ' => "g_hat",
        '\u{302}' => "_hat",
        'Σ' => "sum ",
        '∂' => "d",
        '∞' => "inf",
        '≤' => "<=",
        '≥' => ">=",
        '≈' => "~",
        '±' => "+-",
        '…' | '⋯' => "...",
        '←' => "<-",
        '→' => "->",
        '°' => " deg",
        '‖' => "||",
        '⟨' => "<",
        '⟩' => ">",
        '⌊' => "floor(",
        '⌈' => "ceil(",
        '⌋' | '⌉' => ")",
        '¼' => "1/4",
        '½' => "1/2",
        '▁' => "_",
        '▂' | '▃' => ".",
        '▄' | '▅' => "-",
        '▆' | '▇' => "=",
        '█' | '▀' => "#",
        _ => return in_one_cell(letter),
    })
}

/// What comes nearest to a symbol on the screen, in a cell like it.
pub fn cell(symbol: &str) -> &'static str {
    let mut letters = symbol.chars();
    let Some(letter) = letters.next() else { return " " };
    in_one_cell(letter).unwrap_or(match letter {
        '·' => "-",
        '←' => "<",
        '→' => ">",
        '…' => "~",
        '²' => "2",
        '³' => "3",
        '°' => "d",
        '±' => "~",
        _ => "?",
    })
}

fn in_one_cell(letter: char) -> Option<&'static str> {
    Some(match letter {
        '─' | '╌' | '–' | '−' => "-",
        '━' => "=",
        '│' | '┊' | '├' | '┤' => "|",
        '┌' | '┐' | '└' | '┘' => "+",
        '◀' => "<",
        '▶' | '▸' => ">",
        '▼' | '↓' => "v",
        '↑' => "^",
        'Δ' => "d",
        '÷' => "/",
        '×' => "x",
        'µ' => "u",
        '■' => "#",
        '◎' => "O",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_written_as_they_are_typed() {
        for (text, ascii) in [
            ("θ ← θ − lr·m̂ ÷ (√v̂ + eps)", "theta <- theta - lr*m_hat / (sqrt(v_hat) + eps)"),
            ("α ← lr·√(1 − beta2ᵗ) ÷ (1 − beta1ᵗ⁺¹)", "alpha <- lr*sqrt(1 - beta2^t) / (1 - beta1^(t+1))"),
            ("μ₁⋯μₜ₊₁, ‖g‖₂, x²/20, ρ∞", "mu_1...mu_(t+1), ||g||_2, x^2/20, rhoinf"),
            ("28×28 · 159° a step · ← → change", "28x28 - 159 deg a step - left/right change"),
            ("0.02 → 0.05…", "0.02 -> 0.05..."),
            ("│▁▄█│", "|_-#|"),
            ("확.gz é\n", "\\u{d655}.gz \\u{e9}\n"),
        ] {
            assert_eq!(transliterate(text), ascii);
        }
    }
}
