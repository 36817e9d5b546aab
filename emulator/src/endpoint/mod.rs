//! Endpoints that the user describes, so that an app for any model can be tried without the model. A description has the
//! input fields, the duration, the log and the output. `emulator/endpoints/README.md` explains the format.

mod check;
mod endpoints;
mod field;
mod format;
mod load;
mod outcome;
mod play;
mod read;
mod template;

pub(crate) use endpoints::Endpoints;
pub(crate) use play::Performance;
