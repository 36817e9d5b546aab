//! The inspector's routes. They bypass the layers of calls: CORS, faults and the record do not apply to them.

use std::sync::Arc;

use axum::routing::{get, post, put};
use axum::{Router, middleware};

use super::emulator::Emulator;
use super::{actions, door, feed, page};

/// The routes of the inspector's page and of its calls.
pub(crate) fn routes(emulator: Arc<Emulator>) -> Router {
    let faults = post(actions::add_fault).delete(actions::remove_faults);
    let fault = put(actions::set_fault).delete(actions::remove_fault);
    let guard = middleware::from_fn_with_state(emulator.address, door::keep_out);
    Router::new()
        .route("/inspector", get(page::show))
        .route("/inspector/", get(page::show))
        .route("/inspector/{*file}", get(page::show))
        .route("/inspector/files/{*path}", get(actions::file))
        .route("/inspector/api/feed", get(feed::start))
        .route("/inspector/api/exchanges", get(actions::exchanges))
        .route("/inspector/api/exchanges/{id}", get(actions::exchange))
        .route("/inspector/api/clear", post(actions::clear))
        .route("/inspector/api/jobs/{id}", get(actions::job))
        .route("/inspector/api/jobs/{id}/cancel", post(actions::cancel_job))
        .route("/inspector/api/deliveries/{id}", get(actions::delivery))
        .route(
            "/inspector/api/deliveries/{id}/resend",
            post(actions::resend),
        )
        .route("/inspector/api/faults", faults)
        .route("/inspector/api/faults/{id}", fault)
        .layer(guard)
        .with_state(emulator)
}
