//! Random numbers that can be repeated. The number for a call depends only on the seed, the rule, the call's route and
//! its ordinal on that route. There is no state between draws, so calls on other routes and the order of all calls do
//! not matter.

use super::route::Route;

/// The purpose of a draw. Each purpose has its own numbers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Question {
    /// Does the rule strike?
    Strike = 1,
    /// With which of its faults?
    Which = 2,
    /// After how long a wait?
    Delay = 3,
}

/// The numbers of one call under one rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draw {
    pub(super) seed: u64,
    /// The rule's index in its plan.
    pub(super) rule: u64,
    pub(super) route: Option<Route>,
    /// The ordinal of the call among those on its route that the rule counts, from 1.
    pub(super) ordinal: u32,
}

impl Draw {
    /// A uniform number from 0 up to, but not including, 1.
    #[allow(clippy::cast_precision_loss)] // Of 53 bits, none is lost.
    pub(super) fn unit(self, question: Question) -> f64 {
        (self.bits(question) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A uniform number from 0 up to, but not including, `end`. 0 if `end` is 0.
    pub(super) fn below(self, question: Question, end: u64) -> u64 {
        // The high half of the product is uniform enough, and never reaches `end`.
        let product = u128::from(self.bits(question)) * u128::from(end);
        u64::try_from(product >> 64).unwrap_or_default()
    }

    fn bits(self, question: Question) -> u64 {
        // 0 stands for no route.
        let route = self.route.map_or(0, |route| route as u64 + 1);
        let words = [self.rule, route, self.ordinal.into(), question as u64];
        words
            .into_iter()
            .fold(mix(self.seed), |bits, word| mix(bits.wrapping_add(word)))
    }
}

/// The step of `SplitMix64` (Steele, Lea, Flood 2014).
fn mix(seed: u64) -> u64 {
    let bits = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(seed: u64, rule: u64, route: Route, ordinal: u32) -> Draw {
        Draw {
            seed,
            rule,
            route: Some(route),
            ordinal,
        }
    }

    #[test]
    fn the_step_is_the_published_one() {
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn draws_fall_evenly_and_differ_in_everything_they_depend_on() {
        let strikes = |seed, rule, route| -> Vec<u32> {
            let is_struck =
                |&ordinal: &u32| draw(seed, rule, route, ordinal).unit(Question::Strike) < 0.2;
            (1..=10_000).filter(is_struck).collect()
        };
        let struck = strikes(7, 0, Route::Submit);
        assert!((1900..2100).contains(&struck.len()), "{}", struck.len());
        assert_eq!(struck, strikes(7, 0, Route::Submit));
        for other in [
            strikes(8, 0, Route::Submit),
            strikes(7, 1, Route::Submit),
            strikes(7, 0, Route::Status),
        ] {
            assert_ne!(struck, other);
            let both = other.iter().filter(|it| struck.binary_search(it).is_ok());
            assert!((300..500).contains(&both.count()));
        }
    }

    #[test]
    fn a_draw_below_a_number_reaches_all_and_no_more() {
        let drawn = |ordinal| draw(1, 0, Route::Part, ordinal).below(Question::Which, 3);
        let mut counts = [0; 3];
        for ordinal in 0..3000 {
            counts[usize::try_from(drawn(ordinal)).expect("below 3")] += 1;
        }
        assert!(
            counts.iter().all(|count| (900..1100).contains(count)),
            "{counts:?}"
        );
        assert_eq!(draw(1, 0, Route::Part, 1).below(Question::Which, 0), 0);
    }
}
