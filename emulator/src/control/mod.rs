//! Steering from tests: faults to meet, the record of what was received, and the jobs. Only there if
//! the emulator was started with `--control`, and only for programs of this machine.

mod handlers;
mod layer;
mod record;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};

use crate::app::App;
use crate::guard::{self, Pages};
use crate::{body, reply};
use record::Records;

/// What was received.
#[derive(Debug, Default)]
pub(crate) struct Control {
    records: Records,
}

/// Adds the control routes, and notes down everything else.
pub(crate) fn routes(router: Router<Arc<App>>, app: &Arc<App>) -> Router<Arc<App>> {
    let faults = post(handlers::add_fault).delete(handlers::clear_faults);
    let plan = get(handlers::plan)
        .put(handlers::follow_plan)
        .delete(handlers::end_plan);
    let requests = get(handlers::requests).delete(handlers::clear_requests);
    let watched = middleware::from_fn_with_state(Arc::clone(app), layer::layer);
    router
        .layer(watched)
        .route("/api/emulator/faults", guarded(faults, app, Pages::Own))
        .route("/api/emulator/fault-plan", guarded(plan, app, Pages::Own))
        .route(
            "/api/emulator/jobs",
            guarded(get(handlers::jobs), app, Pages::Own),
        )
        // Tests that run in a page of their own server look here.
        .route(
            "/api/emulator/requests",
            guarded(requests, app, Pages::OfThisMachine),
        )
}

fn guarded(route: MethodRouter<Arc<App>>, app: &Arc<App>, pages: Pages) -> MethodRouter<Arc<App>> {
    let state = (Arc::clone(app), pages);
    route.layer(middleware::from_fn_with_state(state, keep_out))
}

async fn keep_out(
    State((app, pages)): State<(Arc<App>, Pages)>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    match guard::steering(&app, &parts, pages) {
        None => next.run(Request::from_parts(parts, body)).await,
        Some(why) => {
            body::discard(body);
            reply::detail(StatusCode::FORBIDDEN, why)
        }
    }
}
