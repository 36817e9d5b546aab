//! The inputs that wait for the worker. Their number is limited: the oldest is dropped for a new one (protocol §8.1).

use std::collections::VecDeque;

use parking_lot::Mutex;
use rmpv::Value;
use tokio::sync::Notify;

/// The inputs in the order of their arrival.
#[derive(Debug)]
pub(super) struct Pending {
    most: usize,
    inputs: Mutex<VecDeque<Value>>,
    arrived: Notify,
}

impl Pending {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            inputs: Mutex::default(),
            arrived: Notify::new(),
        }
    }

    pub(super) fn push(&self, input: Value) {
        let mut inputs = self.inputs.lock();
        if inputs.len() >= self.most {
            inputs.pop_front();
        }
        inputs.push_back(input);
        self.arrived.notify_one();
    }

    /// Removes and returns the oldest input. Waits for one if there is none.
    pub(super) async fn next(&self) -> Value {
        loop {
            if let Some(input) = self.pop() {
                return input;
            }
            self.arrived.notified().await;
        }
    }

    fn pop(&self) -> Option<Value> {
        let mut inputs = self.inputs.lock();
        inputs.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_oldest_inputs_make_room_for_the_newest() {
        let pending = Pending::new(2);
        for input in 1..=4 {
            pending.push(input.into());
        }
        assert_eq!(pending.next().await, Value::from(3));
        assert_eq!(pending.next().await, Value::from(4));
        assert_eq!(pending.pop(), None);
    }
}
