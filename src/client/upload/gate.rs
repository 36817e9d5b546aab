//! How many parts of a file are sent at one time.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures_channel::oneshot;

/// Browsers open six connections to one host over HTTP/1.1: no more parts than these go at once.
pub(super) const MOST: usize = 6;

/// Lets tries through: half as many after a failure, one more after each success.
#[derive(Debug)]
pub(in super::super) struct Gate {
    most: Cell<usize>,
    busy: Cell<usize>,
    waiting: RefCell<Vec<oneshot::Sender<()>>>,
}

impl Gate {
    pub(super) fn new() -> Rc<Self> {
        Rc::new(Self {
            most: Cell::new(MOST),
            busy: Cell::new(0),
            waiting: RefCell::default(),
        })
    }

    /// Waits for a place, and takes it.
    pub(super) async fn enter(self: &Rc<Self>) -> Pass {
        while self.busy.get() >= self.most.get() {
            let (sender, receiver) = oneshot::channel();
            self.waiting.borrow_mut().push(sender);
            let _ = receiver.await;
        }
        self.busy.set(self.busy.get() + 1);
        Pass {
            gate: self.clone(),
            is_good: false,
        }
    }
}

/// A place of one try. Dropping it gives it back.
#[derive(Debug)]
pub(super) struct Pass {
    gate: Rc<Gate>,
    is_good: bool,
}

impl Pass {
    /// The try succeeded.
    pub(super) fn succeed(mut self) {
        self.is_good = true;
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let gate = &self.gate;
        gate.busy.set(gate.busy.get().saturating_sub(1));
        let most = gate.most.get();
        gate.most.set(if self.is_good {
            (most + 1).min(MOST)
        } else {
            most.div_ceil(2)
        });
        for waiting in gate.waiting.borrow_mut().drain(..) {
            let _ = waiting.send(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn six_go_at_once_and_half_as_many_after_a_failure() {
        let gate = Gate::new();
        let enter = || gate.enter().now_or_never();
        let mut passes: Vec<_> = std::iter::from_fn(enter).collect();
        assert_eq!(passes.len(), 6);
        drop(passes.pop());
        assert!(enter().is_none(), "three at most");
        for pass in passes.drain(2..) {
            pass.succeed();
        }
        assert!(enter().is_some());
    }

    #[test]
    fn each_success_lets_one_more_through_and_wakes_those_that_wait() {
        let gate = Gate::new();
        gate.most.set(1);
        let pass = gate.enter().now_or_never().expect("a place");
        let mut waiting = Box::pin(gate.enter());
        assert!(waiting.as_mut().now_or_never().is_none());
        pass.succeed();
        assert!(waiting.now_or_never().is_some());
        assert_eq!(
            gate.most.get(),
            1,
            "the last one was dropped without a success"
        );
    }
}
