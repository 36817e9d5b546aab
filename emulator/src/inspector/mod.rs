//! The inspector: a page that shows a developer the work of the emulator. It can cancel jobs, send webhooks again, and
//! make calls go wrong.
//!
//! `recorder` records every call in the bounded `history`. `feed` reports changes to a page: of calls, jobs, files,
//! webhooks and faults. `redact` removes secrets from everything that is shown. `door` admits only this machine's
//! programs and the inspector's own page.

mod actions;
mod door;
mod emulator;
mod exchange;
mod feed;
mod history;
mod moment;
mod news;
mod page;
mod record;
mod recorder;
mod redact;
mod routes;
mod shown;
mod spending;
mod watched;

pub(crate) use emulator::Emulator;
pub(crate) use record::Record;
pub(crate) use recorder::layer;
pub(crate) use routes::routes;
