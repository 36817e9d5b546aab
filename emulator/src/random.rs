//! Names and numbers that nobody can guess.

use ring::rand::{SecureRandom, SystemRandom};

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
    let mut bytes = bytes::<16>();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = to_hex(&bytes);
    let group = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [
        group(0, 8),
        group(8, 12),
        group(12, 16),
        group(16, 20),
        group(20, 32),
    ]
    .join("-")
}

/// A seed in the range from which models choose their own.
pub(crate) fn seed() -> u32 {
    u32::from_le_bytes(bytes()) >> 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_says_version_and_variant() {
        let uuid = uuid();
        let groups: Vec<_> = uuid.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert_eq!(uuid.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&uuid.as_bytes()[19]));
        assert_ne!(uuid, super::uuid());
    }
}
