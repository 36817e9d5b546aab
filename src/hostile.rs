//! Hostile input for property tests, here and in the emulator: valid input, damaged. Bytes
//! at random never get past the first check of a parser; these do.

use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// No case is longer, in bytes.
const LONGEST: usize = 64 << 10;
/// Far longer than any parser takes for that, and far shorter than one that is quadratic.
const TIME_LIMIT: Duration = Duration::from_millis(500);

/// What parsers trip over.
const PIECES: [&str; 63] = [
    "\0",
    "\r",
    "\n",
    "\r\n",
    "\n\n",
    "\t",
    " ",
    "\u{a0}",
    "\u{ad}",
    "\u{feff}",
    "\u{202e}",
    "é",
    "😀",
    "ｆ",
    "。",
    "K",
    "ſ",
    "٣",
    "/",
    "//",
    "\\",
    "..",
    "/../",
    ".",
    "%",
    "%00",
    "%2e%2e",
    "%2F",
    "%0d%0a",
    "%25",
    "%zz",
    "@",
    ":",
    "://",
    ":443",
    ":8443",
    "?",
    "#",
    "&",
    "=",
    ";",
    ",",
    "+",
    "-",
    "_",
    "~",
    "\"",
    "'",
    "`",
    "$",
    "{",
    "}",
    "[",
    "]",
    "null",
    "0x7f",
    "1e309",
    "-1",
    "NaN",
    "18446744073709551616",
    "00000000000000000000",
    "javascript:",
    "user:pw@",
];

/// One thing done to an input: what, and where; the numbers are shares of the length.
type Damage = (u8, u16, u16, u8);

/// Texts like `seeds`: one of them as it is, cut, spliced with another, with pieces in it
/// that do not belong there, or blown up to 64 KiB; and some that are like none.
pub(crate) fn text(seeds: &[impl AsRef<[u8]>]) -> BoxedStrategy<String> {
    let lossy = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    bytes(seeds).prop_map(lossy).boxed()
}

/// The same in bytes.
pub(crate) fn bytes(seeds: &[impl AsRef<[u8]>]) -> BoxedStrategy<Vec<u8>> {
    let seeds: Vec<Vec<u8>> = seeds.iter().map(|seed| seed.as_ref().to_vec()).collect();
    let damaged = (any::<u8>(), vec(any::<Damage>(), 0..5)).prop_map(move |(first, damages)| {
        let mut bytes = seeds[usize::from(first) % seeds.len()].clone();
        for damage in damages {
            apply(damage, &mut bytes, &seeds);
        }
        bytes
    });
    prop_oneof![15 => damaged, 1 => vec(any::<u8>(), 0..64)].boxed()
}

fn apply((what, at, length, which): Damage, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
    let share = |part: u16, of: usize| usize::from(part) * (of + 1) / (usize::from(u16::MAX) + 1);
    let start = share(at, bytes.len());
    // Mostly short, so that the rest is still like the original input.
    let longest = (bytes.len() - start).min(1 << (which % 8));
    let end = start + share(length, longest);
    let piece = PIECES[usize::from(which) % PIECES.len()];
    match what {
        0..=1 => {
            let part = bytes[start..end].to_vec();
            let times = share(length, LONGEST / part.len().max(1));
            bytes.splice(start..end, part.repeat(times));
        }
        2..=60 => drop(bytes.drain(start..end)),
        61..=150 => drop(bytes.splice(start..start, piece.bytes())),
        151..=190 => drop(bytes.splice(start..end, piece.bytes())),
        191..=210 => bytes[start..end].fill(which),
        211..=225 => bytes[start..end].make_ascii_uppercase(),
        226..=235 => {
            let encode = |b: &u8| format!("%{b:02x}").into_bytes();
            let encoded: Vec<_> = bytes[start..end].iter().flat_map(encode).collect();
            bytes.splice(start..end, encoded);
        }
        _ => {
            let other = &seeds[usize::from(which) % seeds.len()];
            bytes.splice(start.., other[share(length, other.len())..].iter().copied());
        }
    }
    bytes.truncate(LONGEST);
}

/// What `work` gives; panics if it takes so long that a hostile input could stop a server.
/// A slow machine gets two more chances.
pub(crate) fn quickly<T>(work: impl Fn() -> T) -> T {
    for _ in 0..2 {
        let began = Instant::now();
        let value = work();
        if began.elapsed() < TIME_LIMIT {
            return value;
        }
    }
    let began = Instant::now();
    let value = work();
    assert!(
        began.elapsed() < TIME_LIMIT,
        "it took {:?}",
        began.elapsed()
    );
    value
}

/// That a property is about something: of the inputs, some are accepted and some are not.
pub(crate) fn assert_mixed<T>(inputs: &impl Strategy<Value = T>, accepts: impl Fn(T) -> bool) {
    let mut runner = TestRunner::deterministic();
    let accepted = (0..1000).filter(|_| {
        let input = inputs.new_tree(&mut runner).expect("an input");
        accepts(input.current())
    });
    let accepted = accepted.count();
    assert!(
        (20..=980).contains(&accepted),
        "{accepted} of 1000 accepted"
    );
}
