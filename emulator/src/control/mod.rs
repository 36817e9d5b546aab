//! Steering from tests: faults to answer with, and the record of what was received. Only
//! there if the emulator was started with `--control`.

mod fault;
mod handlers;
mod layer;
mod mishap;
mod record;

use std::sync::{Arc, Mutex};

use axum::routing::{get, post};
use axum::{Router, middleware};

pub(crate) use layer::DropConnection;
pub(crate) use mishap::Mishap;

use crate::app::App;
use fault::Fault;
use record::Records;

/// The faults that wait, and what was received.
#[derive(Debug, Default)]
pub(crate) struct Control {
    faults: Mutex<Vec<Fault>>,
    records: Records,
}

/// Adds the control routes, and lets everything else pass through them.
pub(crate) fn routes(router: Router<Arc<App>>, app: &Arc<App>) -> Router<Arc<App>> {
    let watched = middleware::from_fn_with_state(Arc::clone(app), layer::layer);
    router
        .layer(watched)
        .route(
            "/api/emulator/faults",
            post(handlers::add_fault).delete(handlers::clear_faults),
        )
        .route(
            "/api/emulator/requests",
            get(handlers::requests).delete(handlers::clear_requests),
        )
}
