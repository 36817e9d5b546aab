//! How an emulator is set up.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use crate::secret::Key;

/// The settings of one emulator. The defaults are those of the command line.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on; `0` picks a free one.
    pub port: u16,
    /// Where files are kept. `None`: in a fresh temporary folder, removed at the end.
    pub data: Option<PathBuf>,
    /// How many jobs work at a time.
    pub concurrency: usize,
    /// The least time a job takes.
    pub pace: Duration,
    /// With a key, the proxy forwards to fal.ai.
    pub key: Option<Key>,
    /// Where the proxy forwards to instead of fal.ai.
    pub upstream: Option<Url>,
    /// Whether pictures are also fetched from private and local addresses.
    pub allow_private_hosts: bool,
    /// Origins that may use a forwarding proxy, beside its own.
    pub allow_origins: Vec<Url>,
    /// The demo page's folder.
    pub www: PathBuf,
    /// The built npm package's folder.
    pub package: PathBuf,
    /// Whether tests may steer the emulator over HTTP.
    pub control: bool,
    /// Whether every request is logged.
    pub verbose: bool,
}

impl Default for Options {
    fn default() -> Self {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        Self {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 8787,
            data: None,
            concurrency: 2,
            pace: Duration::from_secs(3),
            key: None,
            upstream: None,
            allow_private_hosts: false,
            allow_origins: Vec::new(),
            www: repository.join("www"),
            package: repository.join("dist"),
            control: false,
            verbose: false,
        }
    }
}
