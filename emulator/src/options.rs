//! How an emulator is set up.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::connection::ConnectionLimits;
use crate::pattern::Pattern;
use crate::secret::Key;

/// The settings of one emulator. The defaults are those of the command line.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools)] // Each is a word of the command line.
pub struct Options {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on; `0` picks a free one.
    pub port: u16,
    /// Where files are kept: in the folder `fal-emulator` of this one. `None`: in a fresh
    /// temporary folder, removed at the end.
    pub data: Option<PathBuf>,
    /// How many bytes the files may take in all.
    pub disk_limit_bytes: u64,
    /// How many bytes of memory the inputs that wait may take in all, and how many the
    /// results that are kept.
    pub memory_limit_bytes: u64,
    /// How many connections there may be, and how long each may be idle.
    pub connections: ConnectionLimits,
    /// How many jobs work at a time.
    pub concurrency: usize,
    /// The least time a job takes.
    pub pace: Duration,
    /// Divides the service's long waits: the time limits and the back-off of webhooks, and
    /// the time for results that are not stored. At least 1.
    pub speed_up: u32,
    /// A folder of endpoints to serve beside the built-in ones.
    pub endpoints: Option<PathBuf>,
    /// A file with a plan of faults to follow from the start.
    pub faults: Option<PathBuf>,
    /// How long an event stream is silent before it gets a comment.
    pub comment_every: Duration,
    /// Calls without this key are refused, as fal.ai refuses them; the proxy adds it.
    /// `None`: nobody is asked.
    pub require_key: Option<Key>,
    /// With a key, the proxy forwards to fal.ai.
    pub key: Option<Key>,
    /// Where the proxy forwards to instead of fal.ai.
    pub upstream: Option<Url>,
    /// Whether pictures are also fetched from private and local addresses.
    pub allow_private_hosts: bool,
    /// Origins whose pages are trusted as the emulator's own is: they may use a forwarding proxy
    /// and the control routes, and have webhooks sent to this machine.
    pub allow_origins: Vec<Url>,
    /// The demo page's folder. `None`: the page in the program, or the repository's, where the
    /// program has none.
    pub www: Option<PathBuf>,
    /// The built npm package's folder. `None`: as for the page.
    pub package: Option<PathBuf>,
    /// Whether other machines may use a forwarding proxy.
    pub allow_network: bool,
    /// URLs to forward to, beside those that fal's clients need.
    pub allow_urls: Vec<Pattern>,
    /// The endpoints whose runs are forwarded; empty: all of them.
    pub allow_endpoints: Vec<Pattern>,
    /// Whether DELETE is forwarded.
    pub allow_delete: bool,
    /// Whether follow-ups have to name the base app, as on the service.
    pub strict: bool,
    /// Whether tests may steer the emulator over HTTP.
    pub control: bool,
    /// Whether every request is logged.
    pub verbose: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 8787,
            data: None,
            disk_limit_bytes: 8 << 30,
            memory_limit_bytes: 512 << 20,
            connections: ConnectionLimits::default(),
            concurrency: 2,
            pace: Duration::from_secs(3),
            speed_up: 1,
            endpoints: None,
            faults: None,
            comment_every: Duration::from_secs(15),
            require_key: None,
            key: None,
            upstream: None,
            allow_private_hosts: false,
            allow_origins: Vec::new(),
            www: None,
            package: None,
            allow_network: false,
            allow_urls: Vec::new(),
            allow_endpoints: Vec::new(),
            allow_delete: false,
            strict: false,
            control: false,
            verbose: false,
        }
    }
}
