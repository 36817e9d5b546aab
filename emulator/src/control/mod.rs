//! The control routes, by which tests set faults and holds, and read the received requests and the jobs. They exist
//! only if the emulator was started with `--control`, and answer only programs of this machine.

mod handlers;
mod hold;
mod layer;
mod record;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, post};

use crate::app::App;
use crate::body;
use crate::http::Guard;
use hold::Holds;
use record::Records;

/// The received requests and the holds.
#[derive(Debug, Default)]
pub(crate) struct Control {
    records: Records,
    pub(crate) holds: Holds,
}

/// Adds the control routes, and records the requests to all other routes.
pub(crate) fn routes(router: Router<Arc<App>>, app: &Arc<App>) -> Router<Arc<App>> {
    let faults = post(handlers::add_fault).delete(handlers::clear_faults);
    let plan = get(handlers::plan)
        .put(handlers::follow_plan)
        .delete(handlers::end_plan);
    let holds = get(handlers::holds)
        .post(handlers::set_hold)
        .delete(handlers::release_all);
    let requests = get(handlers::requests).delete(handlers::clear_requests);
    let watched = middleware::from_fn_with_state(Arc::clone(app), layer::layer);
    router
        .layer(watched)
        .route("/api/emulator/faults", guard(faults, app))
        .route("/api/emulator/fault-plan", guard(plan, app))
        .route("/api/emulator/jobs", guard(get(handlers::jobs), app))
        .route("/api/emulator/holds", guard(holds, app))
        .route(
            "/api/emulator/holds/{id}",
            guard(delete(handlers::release), app),
        )
        .route("/api/emulator/requests", guard(requests, app))
}

fn guard(route: MethodRouter<Arc<App>>, app: &Arc<App>) -> MethodRouter<Arc<App>> {
    route.layer(middleware::from_fn_with_state(app.guard.clone(), keep_out))
}

async fn keep_out(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match guard.check_steering(&parts) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(refusal) => {
            body::discard(body);
            refusal.into_response()
        }
    }
}
