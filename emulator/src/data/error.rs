//! The reasons why a data folder cannot be used, each as one line for the user.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// The reason why a data folder cannot be used.
#[derive(Debug)]
pub enum DataError {
    /// The name given with `--data` is empty.
    NoName,
    /// The folder of this name holds files that are not the emulator's.
    Foreign(PathBuf),
    /// Another emulator uses the folder that was named.
    InUse {
        /// The id of the other emulator's process, if the lock file names it.
        process: Option<u32>,
        /// The folder that the user named.
        named: PathBuf,
    },
    /// The system refuses to use it.
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
