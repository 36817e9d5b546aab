//! The folder that files are kept in. It is below the folder that the user named, or a new one in the system's folder
//! for temporary files, which is removed when the emulator ends.
//!
//! Both belong to this program, which recognises them by their lock file. It deletes nothing outside of them.

mod error;
mod folder;
mod lock;
mod stale;

pub use error::DataError;
pub(crate) use folder::{DataFolder, Lifetime};
pub(crate) use stale::remove_stale;
