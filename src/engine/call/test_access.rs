//! Access to the inside of a call for the model checker and the stories.

use std::hash::Hash;

use super::Call;

impl Call {
    /// Equal for two calls that go on alike.
    pub(in crate::engine) fn state_key(&self) -> impl Hash + Eq + use<> {
        let flags = [
            self.is_retrying,
            self.is_settled,
            self.cancels_if_left,
            self.is_acknowledged,
            self.is_cancelled,
            self.standing.has_failed,
            self.news.is_cross_check,
            self.request().is_some(),
        ];
        let times = [self.began_ms, self.news.since_ms].map(|ms| ms.map(f64::to_bits));
        let positions = [self.standing.position, self.news.position].map(f64::to_bits);
        let words = (self.standing.status, self.news.status);
        let place = (self.goal, self.state, self.operation, self.attempt);
        (
            place,
            self.freshness,
            self.left,
            flags,
            times,
            positions,
            words,
        )
    }

    /// Loses the request that the call is about.
    pub(in crate::engine) fn forget_request(&mut self) {
        self.target.request = None;
    }
}
