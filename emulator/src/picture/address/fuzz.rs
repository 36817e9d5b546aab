//! Generated addresses near the borders of special networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::is_public;

/// IPv4 addresses, most of them next to the border of a special network.
fn v4() -> impl Strategy<Value = Ipv4Addr> {
    let first = prop::sample::select(vec![
        0, 1, 9, 10, 11, 99, 100, 101, 126, 127, 128, 169, 172, 192, 198, 203, 223, 224, 240, 255,
    ]);
    let second = prop::sample::select(vec![
        0, 1, 2, 15, 16, 17, 18, 19, 20, 31, 32, 51, 63, 64, 88, 127, 128, 168, 254, 255,
    ]);
    let third = prop::sample::select(vec![0, 1, 2, 3, 98, 99, 100, 112, 113, 114, 255]);
    (
        prop_oneof![4 => first, 1 => any::<u8>()],
        prop_oneof![4 => second, 1 => any::<u8>()],
        prop_oneof![4 => third, 1 => any::<u8>()],
        any::<u8>(),
    )
        .prop_map(|(a, b, c, d)| Ipv4Addr::new(a, b, c, d))
}

/// Whether an address is special by the standard library's tests, or in a network that the library has no test for.
fn is_special(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_named = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || address.is_broadcast();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_assigned = (a, b, c) == (192, 0, 0) || (a, b, c) == (192, 88, 99);
    let is_benchmark = a == 198 && (18..20).contains(&b);
    is_named || is_shared || is_assigned || is_benchmark || a == 0 || a >= 240
}

proptest! {
    #[test]
    fn an_address_is_public_if_it_is_nothing_else(address in v4()) {
        prop_assert_eq!(is_public(address.into()), !is_special(address), "{}", address);
        prop_assert_eq!(is_public(address.to_ipv6_mapped().into()), !is_special(address));
    }

    #[test]
    fn no_address_that_leads_to_another_is_public(address in v4(), host in any::<u64>()) {
        let [a, b] = [u16::from_be_bytes([address.octets()[0], address.octets()[1]]), u16::from_be_bytes([address.octets()[2], address.octets()[3]])];
        let low = u16::try_from(host & 0xffff).expect("16 bits");
        for v6 in [
            Ipv6Addr::new(0, 0, 0, 0, 0, 0, a, b),
            Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, a, b),
            Ipv6Addr::new(0x64, 0xff9b, 1, low, 0, 0, a, b),
            Ipv6Addr::new(0x2002, a, b, low, 0, 0, 0, 1),
            Ipv6Addr::new(0x2001, 0, low, 0, 0, 0, a, b),
        ] {
            prop_assert!(!is_public(IpAddr::V6(v6)), "{}", v6);
        }
    }

    #[test]
    fn a_public_address_of_128_bits_is_global_unicast(bits in any::<u128>(), first in prop::sample::select(vec![0x2001_u16, 0x2002, 0x2606, 0x3ffe, 0x3fff, 0xfc00, 0xfe80, 0xff02, 0])) {
        let address = Ipv6Addr::from_bits((bits >> 16) | u128::from(first) << 112);
        if !is_public(address.into()) { return Ok(()) }
        prop_assert!(!address.is_loopback() && !address.is_unspecified() && !address.is_multicast());
        prop_assert!(!address.is_unique_local() && !address.is_unicast_link_local());
        prop_assert_eq!(address.segments()[0] >> 13, 1);
        prop_assert!(address.segments()[..2] != [0x2001, 0xdb8] && address.segments()[0] != 0x2002);
    }
}
