//! Names and numbers that nobody can guess.

use ring::rand::{SecureRandom, SystemRandom};
use uuid::Uuid;

/// `N` random bytes.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the operating system gives random bytes");
    bytes
}

/// `2 * N` hexadecimal digits.
pub(crate) fn hex<const N: usize>() -> String {
    to_hex(&bytes::<N>())
}

/// `bytes` in hexadecimal digits.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = halves.filter_map(|half| char::from_digit(half.into(), 16));
    digits.collect()
}

/// A version 4 UUID, the form of a request id.
pub(crate) fn uuid() -> String {
    Uuid::new_v4().to_string()
}

/// A seed in the range from which models choose their own.
pub(crate) fn seed() -> u32 {
    u32::from_le_bytes(bytes()) >> 1
}
