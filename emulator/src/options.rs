//! The settings of an emulator.

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
    /// Files are kept in the folder `fal-emulator` within this folder. With `None`, they are kept in a new temporary
    /// folder, which is removed at the end.
    pub data: Option<PathBuf>,
    /// The most bytes that all files together may take.
    pub disk_limit_bytes: u64,
    /// The most bytes of memory that all waiting inputs together may take. Kept results may take as many again.
    pub memory_limit_bytes: u64,
    /// The limits on the number of connections, and on their idle times.
    pub connections: ConnectionLimits,
    /// The number of jobs that run at the same time.
    pub concurrency: usize,
    /// The shortest time that a job takes.
    pub pace: Duration,
    /// Whether videos are made without camera motion, which takes a fraction of the time.
    pub still: bool,
    /// The divisor of the service's long times: the time limits and retry delays of webhooks, and the lifetime of results
    /// that are not stored. At least 1.
    pub speed_up: u32,
    /// A folder of endpoints to serve beside the built-in ones.
    pub endpoints: Option<PathBuf>,
    /// A file with a plan of faults to follow from the start.
    pub faults: Option<PathBuf>,
    /// The silence of an event stream after which it sends a comment.
    pub comment_every: Duration,
    /// The key that calls must have. Others are refused, as fal.ai refuses them. The proxy adds the key. With `None`, calls
    /// need no key.
    pub require_key: Option<Key>,
    /// The key with which the proxy forwards to fal.ai. With `None`, it does not forward.
    pub key: Option<Key>,
    /// The URL to which the proxy forwards instead of to fal.ai.
    pub upstream: Option<Url>,
    /// Whether pictures are also fetched from private and local addresses.
    pub allow_private_hosts: bool,
    /// Origins whose pages are trusted as the emulator's own is: they may use a forwarding proxy
    /// and the control routes, and have webhooks sent to this machine.
    pub allow_origins: Vec<Url>,
    /// The folder of the demo page. With `None`, the page is the one embedded in the program, or the repository's if none is
    /// embedded.
    pub www: Option<PathBuf>,
    /// The folder of the built npm package. `None` means the same as for the page.
    pub package: Option<PathBuf>,
    /// Whether other machines may use a forwarding proxy.
    pub allow_network: bool,
    /// Patterns of URLs to forward, beside those that fal's clients need.
    pub allow_urls: Vec<Pattern>,
    /// Patterns of the endpoints whose runs are forwarded. If empty, runs of all endpoints are.
    pub allow_endpoints: Vec<Pattern>,
    /// Whether requests with the method DELETE are forwarded.
    pub allow_delete: bool,
    /// Whether the URLs of follow-ups must name the base app, as on the service.
    pub strict: bool,
    /// The hosts that URLs in answers name.
    pub public_urls: PublicUrls,
    /// Whether tests may control the emulator over HTTP.
    pub control: bool,
    /// Whether every request is logged.
    pub verbose: bool,
}

/// The hosts that URLs in answers name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum PublicUrls {
    /// The emulator's own address.
    #[default]
    Own,
    /// Those of fal.ai. It is for clients that refuse the addresses of this machine, and whose `fetch` leads these hosts to
    /// the emulator.
    Fal,
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
            still: false,
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
            public_urls: PublicUrls::Own,
            control: false,
            verbose: false,
        }
    }
}
