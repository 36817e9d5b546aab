//! Why a folder for files cannot be used, in a line for the user.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why there is no folder for files.
#[derive(Debug)]
pub enum DataError {
    /// `--data` with nothing.
    NoName,
    /// The folder of this name has something else in it.
    Foreign(PathBuf),
    /// Another emulator uses the folder that was named.
    InUse {
        /// Its process, if the lock file names one.
        process: Option<u32>,
        /// The folder that the user named.
        named: PathBuf,
    },
    /// The system does not let it be used.
    Unusable(PathBuf, io::Error),
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoName => f.write_str("--data needs the name of a folder"),
            Self::Foreign(path) => write!(
                f,
                "{} is there and is no data folder of this program: name another folder with \
                 --data",
                path.display()
            ),
            Self::InUse { process, named } => {
                let who = match process {
                    Some(id) => format!("another fal-emulator, process {id}"),
                    None => "another fal-emulator".to_owned(),
                };
                write!(
                    f,
                    "The folder {} is in use by {who}: stop that one, or name another folder \
                     with --data",
                    named.display()
                )
            }
            Self::Unusable(path, error) => write!(
                f,
                "Could not use the folder {}: {error}; name another with --data",
                path.display()
            ),
        }
    }
}

impl std::error::Error for DataError {}
