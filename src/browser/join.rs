//! Waiting for several futures at once, within one task, so that dropping drops them all.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
};

use super::Error;

/// A future on the heap: one shape for all, so that code is not repeated for each.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + 'a>>;

/// Runs all to their end; ends early with the first error.
pub(crate) async fn all(mut futures: Vec<Boxed<'_, ()>>) -> Result<(), Error> {
    poll_fn(|context| {
        let mut failure = None;
        futures.retain_mut(|future| match future.as_mut().poll(context) {
            Poll::Pending => true,
            Poll::Ready(Ok(())) => false,
            Poll::Ready(Err(error)) => {
                failure = Some(error);
                false
            }
        });
        match failure {
            Some(error) => Poll::Ready(Err(error)),
            None if futures.is_empty() => Poll::Ready(Ok(())),
            None => Poll::Pending,
        }
    })
    .await
}
