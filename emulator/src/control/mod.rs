//! The control routes, by which tests set faults and holds, and read the received requests and the jobs. They exist
//! only if the emulator was started with `--control`, and answer only programs of this machine.

mod handlers;
mod layer;
mod record;
mod state;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, post};

use crate::body;
use crate::http::Guard;

pub(crate) use state::Control;

/// Adds the control routes, and records the requests to all other routes.
pub(crate) fn routes(router: Router, control: Arc<Control>, steering: &Guard) -> Router {
    let faults = post(handlers::add_fault).delete(handlers::clear_faults);
    let plan = get(handlers::plan)
        .put(handlers::follow_plan)
        .delete(handlers::end_plan);
    let holds = get(handlers::holds)
        .post(handlers::set_hold)
        .delete(handlers::release_all);
    let requests = get(handlers::requests).delete(handlers::clear_requests);
    let watched = middleware::from_fn_with_state(Arc::clone(&control), layer::layer);
    let own = Router::new()
        .route("/api/emulator/faults", guard(faults, steering))
        .route("/api/emulator/fault-plan", guard(plan, steering))
        .route("/api/emulator/jobs", guard(get(handlers::jobs), steering))
        .route("/api/emulator/holds", guard(holds, steering))
        .route(
            "/api/emulator/holds/{id}",
            guard(delete(handlers::release), steering),
        )
        .route("/api/emulator/requests", guard(requests, steering))
        .with_state(control);
    router.layer(watched).merge(own)
}

fn guard(route: MethodRouter<Arc<Control>>, guard: &Guard) -> MethodRouter<Arc<Control>> {
    route.layer(middleware::from_fn_with_state(guard.clone(), keep_out))
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
