//! The latest deliveries and their attempts, which the inspector shows and can repeat.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::attempt::Attempted;
use super::delivery::Delivery;

/// The most deliveries that are kept. When there are more, the oldest are dropped.
const MOST: usize = 200;
/// The most attempts of one delivery that are kept: all scheduled ones, and some by hand.
const MOST_ATTEMPTS: usize = 60;

/// The latest deliveries.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    last_id: u64,
    kept: VecDeque<Kept>,
}

#[derive(Debug)]
struct Kept {
    delivery: Arc<Delivery>,
    view: DeliveryView,
}

/// The state of a delivery at one moment.
#[derive(Debug, Clone)]
pub(crate) struct DeliveryView {
    pub(crate) id: u64,
    pub(crate) request_id: String,
    pub(crate) url: String,
    pub(crate) body_bytes: usize,
    pub(crate) attempts: Vec<AttemptView>,
    pub(crate) stage: DeliveryStage,
}

/// The stage of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeliveryStage {
    Sending,
    /// Waiting for the next attempt, at this time.
    Waiting(Instant),
    Delivered,
    GivenUp,
}

/// One attempt.
#[derive(Debug, Clone)]
pub(crate) struct AttemptView {
    pub(crate) began: Instant,
    pub(crate) took: Duration,
    /// The reason why it failed. `None` if it was accepted.
    pub(crate) problem: Option<String>,
    /// Whether a person started it.
    pub(crate) is_by_hand: bool,
}

impl AttemptView {
    pub(super) fn new(began: Instant, attempted: &Attempted, is_by_hand: bool) -> Self {
        Self {
            began,
            took: began.elapsed(),
            problem: match attempted {
                Attempted::Taken => None,
                Attempted::Refused(why) | Attempted::Failed(why) => Some(why.clone()),
            },
            is_by_hand,
        }
    }
}

impl Ledger {
    /// Adds a delivery before its first attempt, and returns its id.
    pub(super) fn enter(&self, delivery: &Arc<Delivery>) -> u64 {
        let mut state = self.0.lock();
        state.last_id += 1;
        let id = state.last_id;
        state.kept.push_back(Kept {
            delivery: Arc::clone(delivery),
            view: DeliveryView {
                id,
                request_id: delivery.request_id.clone(),
                url: delivery.url.to_string(),
                body_bytes: 0,
                attempts: Vec::new(),
                stage: DeliveryStage::Sending,
            },
        });
        if state.kept.len() > MOST {
            state.kept.pop_front();
        }
        id
    }

    /// Records an attempt, and the stage of the delivery after it.
    pub(super) fn note(&self, id: u64, attempt: AttemptView, stage: DeliveryStage) {
        self.change(id, |view| {
            view.attempts.push(attempt);
            if view.attempts.len() > MOST_ATTEMPTS {
                view.attempts.remove(0);
            }
            view.stage = stage;
        });
    }

    /// Records an attempt by hand. If it was accepted, the webhook is delivered. Otherwise the delivery stays in its stage.
    pub(super) fn note_by_hand(&self, id: u64, attempt: AttemptView) {
        let stage = self.find(id).map(|(_, view)| view.stage);
        let stage = match attempt.problem {
            None => DeliveryStage::Delivered,
            Some(_) => stage.unwrap_or(DeliveryStage::GivenUp),
        };
        self.note(id, attempt, stage);
    }

    /// Records that a scheduled attempt begins. `false` if the webhook was delivered meanwhile. `body_bytes` is the length of
    /// the body, if there is one.
    pub(super) fn begin_attempt(&self, id: u64, body_bytes: Option<usize>) -> bool {
        let stage = self.find(id).map(|(_, view)| view.stage);
        let is_due = stage != Some(DeliveryStage::Delivered);
        if is_due {
            self.change(id, |view| {
                view.stage = DeliveryStage::Sending;
                view.body_bytes = body_bytes.unwrap_or(view.body_bytes);
            });
        }
        is_due
    }

    /// A delivery, and its state. `None` if it is not kept.
    pub(crate) fn find(&self, id: u64) -> Option<(Arc<Delivery>, DeliveryView)> {
        let state = self.0.lock();
        let kept = state.kept.iter().find(|kept| kept.view.id == id)?;
        Some((Arc::clone(&kept.delivery), kept.view.clone()))
    }

    /// The kept deliveries, the newest first.
    pub(crate) fn list(&self) -> Vec<DeliveryView> {
        let state = self.0.lock();
        let views = state.kept.iter().rev().map(|kept| kept.view.clone());
        views.collect()
    }

    fn change(&self, id: u64, change: impl FnOnce(&mut DeliveryView)) {
        let mut state = self.0.lock();
        if let Some(kept) = state.kept.iter_mut().find(|kept| kept.view.id == id) {
            change(&mut kept.view);
        }
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::protocol::Caller;

    fn delivery() -> Arc<Delivery> {
        Arc::new(Delivery {
            request_id: "id".to_owned(),
            caller: Caller::default(),
            url: Url::parse("http://127.0.0.1:1/hook").expect("a URL"),
            lifetime: Duration::from_mins(6),
        })
    }

    fn attempt(attempted: &Attempted) -> AttemptView {
        AttemptView::new(Instant::now(), attempted, false)
    }

    #[test]
    fn a_delivery_is_kept_with_its_attempts() {
        let ledger = Ledger::default();
        let id = ledger.enter(&delivery());
        let failed = attempt(&Attempted::Failed("it answered 503".to_owned()));
        let next = Instant::now() + Duration::from_secs(5);
        ledger.note(id, failed, DeliveryStage::Waiting(next));
        assert!(ledger.begin_attempt(id, Some(2)));
        ledger.note(id, attempt(&Attempted::Taken), DeliveryStage::Delivered);
        let (_, view) = ledger.find(id).expect("kept");
        assert_eq!(view.stage, DeliveryStage::Delivered);
        assert_eq!(view.body_bytes, 2);
        let problems: Vec<_> = view.attempts.iter().map(|it| it.problem.clone()).collect();
        assert_eq!(problems, [Some("it answered 503".to_owned()), None]);
        assert!(!ledger.begin_attempt(id, Some(2)), "it was taken");
    }

    #[test]
    fn an_attempt_by_hand_ends_a_delivery_only_if_it_is_taken() {
        let ledger = Ledger::default();
        let id = ledger.enter(&delivery());
        let failed = || attempt(&Attempted::Failed("no answer".to_owned()));
        ledger.note(id, failed(), DeliveryStage::GivenUp);
        ledger.note_by_hand(id, failed());
        assert_eq!(ledger.list()[0].stage, DeliveryStage::GivenUp);
        ledger.note_by_hand(id, attempt(&Attempted::Taken));
        assert_eq!(ledger.list()[0].stage, DeliveryStage::Delivered);
    }

    #[test]
    fn the_ledger_keeps_the_latest_deliveries() {
        let ledger = Ledger::default();
        for _ in 0..=MOST {
            ledger.enter(&delivery());
        }
        let kept = ledger.list();
        assert_eq!((kept.len(), kept[0].id), (MOST, MOST as u64 + 1));
    }
}
