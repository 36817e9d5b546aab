//! The command line: turns arguments and environment variables into [`Options`], or into a text to print.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Args, Parser};
use url::{Host, Url};

use crate::{Key, Options, Pattern, PublicUrls};

const ABOUT: &str = "\
fal.ai on this machine: the queue, storage, streams and the proxy, for the Kandinsky 5 endpoints, \
for those that you describe, and for its own, which do what tests of clients need (emulator/echo, \
emulator/content, emulator/stream, emulator/realtime). No model is run.";

const EXAMPLES: &str = "\
Examples:
  fal-emulator                                   serve everything at http://127.0.0.1:8787
  FAL_KEY=… fal-emulator --allow-origin http://localhost:5173
                                                 spend your key for the page of a dev server";

/// The arguments after the program's name. If an option is given twice, the last one counts.
#[derive(Debug, Parser)]
#[command(
    name = "fal-emulator",
    version,
    about = ABOUT,
    after_help = EXAMPLES,
    args_override_self = true,
    max_term_width = 100
)]
struct Words {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    content: Content,
    #[command(flatten)]
    service: Service,
    #[command(flatten)]
    tests: Tests,
    #[command(flatten)]
    callers: Callers,
    #[command(flatten)]
    forwarding: Forwarding,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Where it is")]
struct Place {
    /// Port to listen on; 0 picks a free one [default: 8787] [env: PORT]
    #[arg(long)]
    port: Option<u16>,
    /// Address to listen on; 0.0.0.0 is every one of this machine
    #[arg(long, value_name = "ADDRESS", value_parser = host, default_value_t = Ipv4Addr::LOCALHOST.into())]
    host: IpAddr,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What it serves and keeps")]
struct Content {
    /// Also serve the endpoints described by the JSON files in DIR: inputs, timing, logs, output or
    /// error; two examples and the format are in emulator/endpoints
    #[arg(long, value_name = "DIR")]
    endpoints: Option<PathBuf>,
    /// Folder of the demo page [default: the program's own]
    #[arg(long, value_name = "DIR")]
    www: Option<PathBuf>,
    /// Folder of the built npm package [default: the program's own]
    #[arg(long, value_name = "DIR")]
    package: Option<PathBuf>,
    /// Keep files in DIR/fal-emulator [default: in a temporary folder, removed on exit]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Most that all files may take; K, M, G and T may follow the number
    #[arg(long, value_name = "BYTES", value_parser = bytes, default_value = "8G")]
    disk_limit: u64,
    /// Most memory for inputs that wait, and as much for results: the oldest of more are forgotten
    #[arg(long, value_name = "BYTES", value_parser = bytes, default_value = "512M")]
    memory_limit: u64,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "How the service behaves")]
struct Service {
    /// Jobs at work at a time
    #[arg(long, value_name = "N", value_parser = at_least_1::<usize>, default_value_t = 2)]
    concurrency: usize,
    /// Least time a job takes, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 3000)]
    pace: u32,
    /// Make videos without camera motion, in a fraction of the time
    #[arg(long)]
    still: bool,
    /// Divide the service's long waits by N: webhook time limits and back-off, and the time for
    /// results that are not stored
    #[arg(long, value_name = "N", value_parser = at_least_1::<u32>, default_value_t = 1)]
    speed_up: u32,
    /// Silence of an event stream before a comment, in milliseconds
    #[arg(long, value_name = "MS", value_parser = at_least_1::<u32>, default_value_t = 15_000)]
    comment_every: u32,
    /// Answer 405 to status, result and cancel URLs that name more than owner and app, as fal.ai
    /// does
    #[arg(long)]
    strict: bool,
    /// Hosts of the URLs in answers, own or fal: fal is for clients that refuse addresses of this
    /// machine, and whose fetch leads fal.ai's hosts here
    #[arg(
        long,
        value_name = "HOSTS",
        value_enum,
        default_value_t,
        hide_possible_values = true
    )]
    public_urls: PublicUrls,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "For tests")]
struct Tests {
    /// Refuse calls without this key, as fal.ai does; the proxy adds it
    #[arg(long, value_name = "KEY")]
    require_key: Option<String>,
    /// Follow the plan of faults in FILE, so that calls are delayed, refused, torn or garbled, the
    /// same ones in every run; an example and the format are in emulator/faults
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Let programs on this machine queue faults, set a fault plan and read requests, at
    /// /api/emulator/…
    #[arg(long)]
    control: bool,
    /// Log every request
    #[arg(long)]
    verbose: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Who and what is trusted")]
struct Callers {
    /// Trust pages of this origin as the emulator's own: with the key, the control routes, and
    /// webhooks to this machine; may be repeated
    #[arg(long = "allow-origin", value_name = "ORIGIN", value_parser = origin)]
    origins: Vec<Url>,
    /// Let other machines spend the key: whoever reaches the address of --host
    #[arg(long = "allow-network")]
    network: bool,
    /// Also fetch pictures from private and local addresses, and send webhooks to private ones; to
    /// this machine they are sent for its own programs and pages anyway
    #[arg(long = "allow-private-hosts")]
    private_hosts: bool,
}

#[derive(Debug, Args)]
#[command(
    next_help_heading = "With FAL_KEY in the environment, /api/fal/proxy forwards to fal.ai, and runs cost money"
)]
struct Forwarding {
    /// Also forward to URLs like this, beside runs, the queue, uploads and tokens: host, path and
    /// query, with * for anything but a slash and ** for anything; may be repeated
    #[arg(long, value_name = "PATTERN", value_parser = Pattern::parse)]
    allow_url: Vec<Pattern>,
    /// Run endpoints like this only, such as fal-ai/flux/**, and give no tokens; may be repeated
    #[arg(long, value_name = "PATTERN", value_parser = endpoint_pattern)]
    allow_endpoint: Vec<Pattern>,
    /// Forward DELETE, too
    #[arg(long)]
    allow_delete: bool,
    /// Forward to URL instead of fal.ai: https, or http on this machine
    #[arg(long, value_name = "URL", value_parser = upstream)]
    upstream: Option<Url>,
}

/// The work that the command line asks for.
#[derive(Debug)]
pub enum Command {
    /// Run with these settings.
    Run(Box<Options>),
    /// Print this text and exit with success.
    Print(String),
}

/// Parses the arguments after the program's name. `env` looks up an environment variable.
/// The error is one line for the user.
pub fn parse(
    words: impl IntoIterator<Item = OsString>,
    env: impl Fn(&str) -> Option<String>,
) -> Result<Command, String> {
    let name = OsString::from(env!("CARGO_PKG_NAME"));
    let words = match Words::try_parse_from(std::iter::once(name).chain(words)) {
        Ok(words) => words,
        Err(error) => {
            let text = error.render().to_string();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Ok(Command::Print(text)),
                _ => Err(one_line(&text)),
            };
        }
    };
    Ok(Command::Run(Box::new(words.options(env)?)))
}

impl Words {
    fn options(self, env: impl Fn(&str) -> Option<String>) -> Result<Options, String> {
        let Self {
            place,
            content,
            service,
            tests,
            callers,
            forwarding,
        } = self;
        let defaults = Options::default();
        Ok(Options {
            host: place.host,
            port: match (place.port, env("PORT")) {
                (Some(port), _) => port,
                (None, Some(port)) => number(&port).map_err(|why| format!("PORT {why}"))?,
                (None, None) => defaults.port,
            },
            data: content.data,
            disk_limit_bytes: content.disk_limit,
            memory_limit_bytes: content.memory_limit,
            concurrency: service.concurrency,
            pace: Duration::from_millis(service.pace.into()),
            still: service.still,
            speed_up: service.speed_up,
            endpoints: content.endpoints,
            faults: tests.faults,
            comment_every: Duration::from_millis(service.comment_every.into()),
            require_key: tests
                .require_key
                .map(|key| parse_required_key(&key))
                .transpose()?,
            key: key(env("FAL_KEY"))?,
            upstream: forwarding.upstream,
            allow_private_hosts: callers.private_hosts,
            allow_origins: callers.origins,
            allow_network: callers.network,
            allow_urls: forwarding.allow_url,
            allow_endpoints: forwarding.allow_endpoint,
            allow_delete: forwarding.allow_delete,
            www: content.www,
            package: content.package,
            strict: service.strict,
            public_urls: service.public_urls,
            control: tests.control,
            verbose: tests.verbose,
            connections: defaults.connections,
        })
    }
}

/// One line out of clap's error text: the mistake and the tips.
fn one_line(text: &str) -> String {
    let mut lines = text.lines().map(str::trim);
    let first = lines.next().unwrap_or_default();
    let mut line = first.strip_prefix("error: ").unwrap_or(first).to_owned();
    for tip in lines.filter_map(|line| line.strip_prefix("tip: ")) {
        line.push_str("; ");
        line.push_str(tip);
    }
    line.push_str(": see --help");
    line
}

/// The key in the environment. A blank variable counts as no key.
fn key(text: Option<String>) -> Result<Option<Key>, String> {
    let text = text.filter(|text| !text.trim().is_empty());
    let unusable = "FAL_KEY holds characters that no key has: copy it again";
    let key = text.map(|text| Key::new(&text).ok_or_else(|| unusable.to_owned()));
    key.transpose()
}

/// The key of `--require-key`. The errors do not show it.
fn parse_required_key(text: &str) -> Result<Key, String> {
    if text.trim().is_empty() {
        return Err("--require-key needs a key: with an empty one, nobody could call".to_owned());
    }
    let unusable = "--require-key holds characters that no key has";
    Key::new(text).ok_or_else(|| unusable.to_owned())
}

fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("is not a number in range: \"{text}\""))
}

fn at_least_1<T: FromStr + PartialEq + From<u8>>(text: &str) -> Result<T, String> {
    let number = number(text)?;
    if number == T::from(0) {
        return Err("it must be 1 or more".to_owned());
    }
    Ok(number)
}

fn host(text: &str) -> Result<IpAddr, String> {
    if text == "localhost" {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    text.parse()
        .map_err(|_| "it must be an IP address, or localhost".to_owned())
}

/// A number of bytes: digits, and K, M, G or T for powers of 1024.
fn bytes(text: &str) -> Result<u64, String> {
    let (digits, shift) = match text.strip_suffix(['K', 'M', 'G', 'T']) {
        Some(digits) if text.ends_with('K') => (digits, 10),
        Some(digits) if text.ends_with('M') => (digits, 20),
        Some(digits) if text.ends_with('G') => (digits, 30),
        Some(digits) => (digits, 40),
        None => (text, 0),
    };
    let number: Option<u64> = digits.parse().ok();
    let bytes = number.and_then(|number| number.checked_mul(1 << shift));
    bytes.ok_or_else(|| "it must be a number of bytes such as 500M or 8G".to_owned())
}

/// A URL with `https`, or with `http` on this machine: the key must not cross a network unencrypted.
fn upstream(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| "it must be a URL".to_owned())?;
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback => Ok(url),
        _ => Err("it must be https, or http on this machine: it is sent the key".to_owned()),
    }
}

/// An origin in the form that browsers send. Wildcards are refused, as they would match no origin.
fn origin(text: &str) -> Result<Url, String> {
    let is_origin = |url: &Url| {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let is_host = match url.host() {
            Some(Host::Domain(name)) => name.chars().all(is_name),
            Some(_) => true,
            None => false,
        };
        let is_bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        matches!(url.scheme(), "http" | "https") && is_host && is_bare
    };
    let url = Url::parse(text).ok().filter(is_origin);
    url.ok_or_else(|| {
        "it must be one origin such as http://localhost:5173, without a path or a *; the option \
         may be repeated"
            .to_owned()
    })
}

fn endpoint_pattern(text: &str) -> Result<Pattern, String> {
    if text.starts_with('/') {
        return Err("it must begin with the owner, such as fal-ai/flux/**".to_owned());
    }
    Pattern::parse(text)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parsed(words: &[&str], env: &[(&str, &str)]) -> Result<Command, String> {
        let look_up = |name: &str| {
            let found = env.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        parse(words.iter().map(OsString::from), look_up)
    }

    fn options(words: &[&str], env: &[(&str, &str)]) -> Options {
        match parsed(words, env) {
            Ok(Command::Run(options)) => *options,
            other => panic!("{other:?}"),
        }
    }

    fn error(words: &[&str], env: &[(&str, &str)]) -> String {
        parsed(words, env).expect_err("refused")
    }

    #[test]
    fn nothing_said_means_the_defaults() {
        let options = options(&[], &[("FAL_KEY", " ")]);
        assert_eq!((options.port, options.concurrency), (8787, 2));
        assert_eq!(options.host, IpAddr::V4(Ipv4Addr::LOCALHOST));
        assert!(options.key.is_none() && !options.control && !options.allow_private_hosts);
        // The defaults that `--help` names are those of `Options`.
        assert_eq!(format!("{options:?}"), format!("{:?}", Options::default()));
    }

    #[test]
    fn the_command_line_wins_over_the_environment() {
        assert_eq!(options(&[], &[("PORT", "9000")]).port, 9000);
        assert_eq!(options(&["--port", "0"], &[("PORT", "9000")]).port, 0);
    }

    #[test]
    fn options_are_taken_in_both_spellings() {
        let options = options(
            &[
                "--pace=0",
                "--concurrency",
                "3",
                "--host",
                "::1",
                "--control",
                "--verbose",
                "--still",
                "--public-urls=fal",
            ],
            &[],
        );
        assert_eq!(options.public_urls, PublicUrls::Fal);
        assert_eq!(options.pace, Duration::ZERO);
        assert_eq!(options.concurrency, 3);
        assert!(options.host.is_ipv6() && options.control && options.verbose && options.still);
    }

    #[test]
    fn sizes_are_bytes_or_have_a_unit() {
        for (text, bytes) in [("0", 0), ("4096", 4096), ("2K", 2048), ("8G", 8 << 30)] {
            assert_eq!(
                options(&["--disk-limit", text], &[]).disk_limit_bytes,
                bytes
            );
        }
        assert_eq!(Options::default().disk_limit_bytes, 8 << 30);
    }

    #[test]
    fn mistakes_are_named() {
        for (words, part) in [
            (&["--prot", "1"][..], "--prot"),
            (&["--port", "70000"], "70000"),
            (&["--port"], "--port"),
            (&["--concurrency", "0"], "1 or more"),
            (&["--speed-up", "0"], "1 or more"),
            (&["--disk-limit", "8 GB"], "8 GB"),
            (&["--disk-limit", "99999999T"], "99999999T"),
            (&["--memory-limit", "much"], "--memory-limit"),
            (&["--comment-every", "0"], "1 or more"),
            (&["--data", ""], "--data"),
            (&["--allow-url", "https://fal.run/**"], "https://"),
            (&["--allow-url", "!fal.run/**"], "!"),
            (&["--allow-endpoint", "/fal-ai/**"], "owner"),
            (&["--require-key", ""], "needs a key"),
            (&["--require-key", "  "], "needs a key"),
            (&["--host", "example.com"], "example.com"),
            (&["--require-key", "id:hu\nsh"], "no key has"),
            (&["--upstream", "http://example.com"], "https"),
            (&["--allow-origin", "app.example"], "app.example"),
            (&["--allow-origin", "https://*"], "https://*"),
            (&["--allow-origin", "https://*.app.example"], "without"),
            (&["--allow-origin", "https://app.example/path"], "without"),
            (&["--allow-origin", "https://app.example?x"], "without"),
            (&["--allow-origin", "https://me@app.example"], "without"),
            (&["--allow-origin", "null"], "null"),
            (&["serve"], "serve"),
        ] {
            let error = error(words, &[]);
            assert!(error.contains(part), "{words:?}: {error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
        assert!(error(&["--alow-origin"], &[]).contains("--allow-origin"));
        assert!(error(&[], &[("PORT", "http")]).contains("PORT"));
    }

    #[test]
    fn a_key_is_taken_and_never_told() {
        let options = options(&[], &[("FAL_KEY", "id:hush")]);
        assert!(options.key.is_some());
        assert!(!format!("{options:?}").contains("hush"));
        assert!(!error(&[], &[("FAL_KEY", "id:hu\nsh")]).contains("sh:"));
    }

    #[test]
    fn what_may_be_repeated_is_kept_and_of_the_rest_the_last_counts() {
        let options = options(
            &[
                "--port",
                "1",
                "--control",
                "--allow-origin",
                "http://localhost:5173",
                "--allow-url",
                "api.fal.ai/v1/models",
                "--port",
                "2",
                "--control",
                "--allow-origin",
                "https://app.example",
                "--allow-url",
                "api.fal.ai/v1/models/*",
            ],
            &[],
        );
        assert_eq!((options.port, options.control), (2, true));
        assert_eq!(options.allow_origins.len(), 2);
        assert_eq!(options.allow_urls.len(), 2);
    }

    #[test]
    fn help_is_grouped_and_names_every_option() {
        Words::command().debug_assert();
        let Ok(Command::Print(help)) = parsed(&["--help"], &[]) else {
            panic!("no help");
        };
        let Ok(Command::Print(short)) = parsed(&["-h"], &[]) else {
            panic!("no help");
        };
        assert_eq!(help, short);
        for argument in Words::command().get_arguments() {
            let name = argument.get_long().expect("a long name");
            assert!(help.contains(&format!("--{name}")), "{name}");
            assert!(argument.get_help().is_some(), "{name}");
        }
        for heading in ["Where it is:", "For tests:", "Who and what is trusted:"] {
            assert!(help.contains(heading), "{help}");
        }
        assert!(
            help.lines().all(|line| line.chars().count() <= 100),
            "{help}"
        );
    }
}
