//! Steering from tests: faults to meet, holds to wait at, the record of what was received, and
//! the jobs. Only there if the emulator was started with `--control`, and only for programs of
//! this machine.

mod handlers;
mod hold;
mod layer;
mod record;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, post};

use crate::app::App;
use crate::guard::{self, Pages};
use crate::{body, reply};
use hold::Holds;
use record::Records;

/// What was received, and what waits.
#[derive(Debug, Default)]
pub(crate) struct Control {
    records: Records,
    pub(crate) holds: Holds,
}

/// Adds the control routes, and notes down everything else.
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
        .route("/api/emulator/faults", guarded(faults, app, Pages::Own))
        .route("/api/emulator/fault-plan", guarded(plan, app, Pages::Own))
        .route(
            "/api/emulator/jobs",
            guarded(get(handlers::jobs), app, Pages::Own),
        )
        .route("/api/emulator/holds", guarded(holds, app, Pages::Own))
        .route(
            "/api/emulator/holds/{id}",
            guarded(delete(handlers::release), app, Pages::Own),
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
