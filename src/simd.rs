//! Which vector instructions this processor has, found out at run time, and loops that are run with them.
//!
//! Loops over many numbers are written once, as a [`pulp::WithSimd`], and compiled for each set of instructions.
//! Which one is run is a value, an [`Engine`]; [`Engine::in_use`] is that of the program.

use std::any::TypeId;
use std::str::FromStr;
use std::sync::OnceLock;

use pulp::{Arch, Scalar128b, Simd, WithSimd};

/// The environment variable that holds the program to fewer instructions than the processor has: see
/// [`Instructions`].
pub const VARIABLE: &str = "OPTIRACE_INSTRUCTIONS";

/// Bytes that come from memory together.
#[cfg(target_arch = "x86_64")]
const CACHE_LINE: usize = 64;

/// A set of vector instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Instructions {
    /// What every processor has.
    General,
    /// AVX2 and FMA.
    Avx2,
    /// AVX-512.
    Avx512,
}

impl Instructions {
    /// All sets, the smallest first.
    const ALL: [Self; 3] = [Self::General, Self::Avx2, Self::Avx512];

    /// Its name, as the environment variable has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// What the environment variable [`VARIABLE`] holds the program to, if it is set.
    ///
    /// # Errors
    /// When its value is none of `general`, `avx2`, `avx512`: a sentence that says so.
    pub fn from_environment() -> Result<Option<Self>, String> {
        let Some(value) = std::env::var_os(VARIABLE) else { return Ok(None) };
        value.to_string_lossy().parse().map(Some)
    }
}

impl FromStr for Instructions {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|instructions| instructions.name() == text);
        named.ok_or_else(|| format!("{VARIABLE}={text} is not allowed; it must be general, avx2 or avx512"))
    }
}

/// A set of vector instructions that this processor has: what loops over many numbers are run with.
#[derive(Debug, Clone, Copy)]
pub struct Engine(Arch);

impl Engine {
    /// The best on this processor, or a lesser one where the environment variable [`VARIABLE`] says so; a value of it
    /// that is none of `general`, `avx2`, `avx512` is passed over here, [`Instructions::from_environment`] reports it.
    pub fn in_use() -> Self {
        static IN_USE: OnceLock<Engine> = OnceLock::new();
        *IN_USE.get_or_init(|| match Instructions::from_environment() {
            Ok(Some(most)) => Self::up_to(most),
            _ => Self(Arch::new()),
        })
    }

    /// All that this processor has, the general one first.
    pub fn available() -> Vec<Self> {
        let mut engines: Vec<Self> = Instructions::ALL.into_iter().map(Self::up_to).collect();
        engines.dedup_by_key(|engine| engine.instructions());
        engines
    }

    /// The best with no more than these instructions.
    pub fn up_to(most: Instructions) -> Self {
        Self(best_up_to(most))
    }

    /// Its instructions.
    pub fn instructions(self) -> Instructions {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Arch::V4(_) => Instructions::Avx512,
            #[cfg(target_arch = "x86_64")]
            Arch::V3(_) => Instructions::Avx2,
            _ => Instructions::General,
        }
    }

    /// Whether it has more than what every processor has.
    pub fn is_vectorised(self) -> bool {
        self.instructions() != Instructions::General
    }

    /// Runs `operation`.
    pub fn dispatch<Op: WithSimd>(self, operation: Op) -> Op::Output {
        self.0.dispatch(operation)
    }

    /// As [`Engine::dispatch`], but four numbers at once in place of one where there are no vector instructions beyond
    /// what every processor has: for a loop whose sums keep the compiler from taking several numbers at once by itself.
    pub fn dispatch_in_fours<Op: WithSimd>(self, operation: Op) -> Op::Output {
        match self.0 {
            Arch::Scalar => operation.with_simd(Scalar128b),
            arch => arch.dispatch(operation),
        }
    }
}

/// Runs `operation` with the engine in use: for loops whose numbers are the same with any.
pub fn dispatch<Op: WithSimd>(operation: Op) -> Op::Output {
    Engine::in_use().dispatch(operation)
}

/// `a`·`b` + `c`, rounded once where the processor has an instruction for that, twice where it has none.
#[inline(always)]
pub fn multiply_add<S: Simd>(simd: S, a: S::f32s, b: S::f32s, c: S::f32s) -> S::f32s {
    // Rounding once by software would take many times as long.
    if TypeId::of::<S>() == TypeId::of::<Scalar128b>() {
        simd.add_f32s(simd.mul_f32s(a, b), c)
    } else {
        simd.mul_add_e_f32s(a, b, c)
    }
}

/// Asks for `bytes` to be brought into the cache while other work goes on. Processors without AVX2 are asked for
/// nothing.
#[cfg(target_arch = "x86_64")]
pub fn prefetch(bytes: &[u8]) {
    /// Into all levels of the cache, as the instruction names it.
    const ALL_LEVELS: i32 = std::arch::x86_64::_MM_HINT_T0;
    let sse = match Engine::in_use().0 {
        Arch::V4(instructions) => instructions.sse,
        Arch::V3(instructions) => instructions.sse,
        _ => return,
    };
    for line in bytes.chunks(CACHE_LINE) {
        sse._mm_prefetch::<ALL_LEVELS>(line.as_ptr().cast());
    }
}

/// Other processors look ahead well enough.
#[cfg(not(target_arch = "x86_64"))]
pub fn prefetch(_: &[u8]) {}

#[cfg(target_arch = "x86_64")]
fn best_up_to(most: Instructions) -> Arch {
    match most {
        Instructions::General => Arch::Scalar,
        Instructions::Avx2 => pulp::x86::V3::try_new().map_or(Arch::Scalar, Arch::V3),
        Instructions::Avx512 => Arch::new(),
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn best_up_to(most: Instructions) -> Arch {
    if most == Instructions::General { Arch::Scalar } else { Arch::new() }
}
