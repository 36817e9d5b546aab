//! The command line: words and environment in, [`Options`] or a text out.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};
use url::{Host, Url};

use crate::{Key, Options};

/// The text of `--help`.
pub const HELP: &str = "\
fal-emulator: fal.ai on this machine, for the Kandinsky 5 endpoints, for those that you
describe, and for its own, which do what tests of clients need: emulator/echo,
emulator/content, emulator/stream, emulator/realtime. No model is run.

Usage: fal-emulator [OPTIONS]

  --port PORT             Port to listen on; 0 picks a free one [default: 8787, env: PORT]
  --host ADDRESS          Address to listen on [default: 127.0.0.1]
  --data DIR              Folder for files [default: a temporary one, removed on exit]
  --disk-limit BYTES      Most that all files may take; K, M, G and T may follow the
                          number [default: 8G]
  --concurrency N         Jobs at work at a time [default: 2]
  --pace MS               Least time a job takes, in milliseconds [default: 3000]
  --endpoints DIR         Also serve the endpoints described by the JSON files in DIR:
                          inputs, timing, logs, output or error; two examples and the
                          format are in emulator/endpoints
  --speed-up N            Divide the service's long waits by N: webhook time limits and
                          back-off, and the time for results that are not stored
                          [default: 1]
  --allow-private-hosts   Also fetch pictures from private and local addresses, and send
                          webhooks to private ones; to this machine they are always sent
  --comment-every MS      Silence of an event stream before a comment [default: 15000]
  --require-key KEY       Refuse calls without this key, as fal.ai does; the proxy adds it
  --www DIR               Folder of the demo page [default: the program's own]
  --package DIR           Folder of the built npm package [default: the program's own]
  --strict                Answer 405 to status, result and cancel URLs that name more than
                          owner and app, as fal.ai does
  --control               Let programs on this machine queue faults, set a fault plan and
                          read requests, at /api/emulator/…
  --faults FILE           Follow the plan of faults in FILE, so that calls are delayed,
                          refused, torn or garbled, the same ones in every run; an example
                          and the format are in emulator/faults
  --verbose               Log every request
  --help, --version

With FAL_KEY in the environment, /api/fal/proxy forwards to the real fal.ai, HTTP calls
only: WebSockets are refused then.

  --upstream URL          Forward to URL instead of fal.ai: https, or http on this machine
  --allow-origin ORIGIN   Let pages of this origin use the proxy too; may be repeated
";

/// What the command line asks for.
#[derive(Debug)]
pub enum Command {
    /// Run with these settings.
    Run(Box<Options>),
    /// Print this and end well.
    Print(String),
}

/// Reads the words after the program's name; `env` looks up an environment variable.
/// The error is one line for the user.
pub fn parse(
    words: impl IntoIterator<Item = OsString>,
    env: impl Fn(&str) -> Option<String>,
) -> Result<Command, String> {
    let mut options = Options::default();
    if let Some(port) = env("PORT") {
        options.port = value("PORT", &port)?;
    }
    if let Some(key) = env("FAL_KEY").filter(|key| !key.trim().is_empty()) {
        let unusable = "FAL_KEY holds characters that no key has: copy it again";
        options.key = Some(Key::new(&key).ok_or(unusable)?);
    }
    let mut words = Parser::from_args(words);
    while let Some(word) = words.next().map_err(|error| told(&error))? {
        match word {
            Arg::Long("help") | Arg::Short('h') => return Ok(Command::Print(HELP.to_owned())),
            Arg::Long("version") | Arg::Short('V') => {
                let version = concat!("fal-emulator ", env!("CARGO_PKG_VERSION"), "\n");
                return Ok(Command::Print(version.to_owned()));
            }
            Arg::Long(name) => {
                let name = name.to_owned();
                set(&mut options, &name, &mut words)?;
            }
            other => return Err(told(&other.unexpected())),
        }
    }
    Ok(Command::Run(Box::new(options)))
}

fn set(options: &mut Options, name: &str, words: &mut Parser) -> Result<(), String> {
    let mut text = || {
        let word = words.value().map_err(|error| told(&error))?;
        word.string().map_err(|error| told(&error))
    };
    match name {
        "host" => options.host = host(&text()?)?,
        "port" => options.port = value("--port", &text()?)?,
        "data" => options.data = Some(text()?.into()),
        "disk-limit" => options.disk_limit_bytes = bytes(&text()?)?,
        "concurrency" => options.concurrency = at_least_1("--concurrency", &text()?)?,
        "pace" => options.pace = Duration::from_millis(value::<u32>("--pace", &text()?)?.into()),
        "speed-up" => options.speed_up = at_least_1("--speed-up", &text()?)?,
        "endpoints" => options.endpoints = Some(text()?.into()),
        "faults" => options.faults = Some(text()?.into()),
        "comment-every" => options.comment_every = comment_every(&text()?)?,
        "upstream" => options.upstream = Some(upstream(&text()?)?),
        "allow-private-hosts" => options.allow_private_hosts = true,
        "allow-origin" => options.allow_origins.push(origin(&text()?)?),
        "require-key" => {
            let unusable = "--require-key holds characters that no key has";
            options.require_key = Some(Key::new(&text()?).ok_or(unusable)?);
        }
        "www" => options.www = Some(text()?.into()),
        "package" => options.package = Some(text()?.into()),
        "strict" => options.strict = true,
        "control" => options.control = true,
        "verbose" => options.verbose = true,
        _ => return Err(format!("There is no option --{name}: see --help")),
    }
    Ok(())
}

fn told(error: &lexopt::Error) -> String {
    format!("{error}: see --help")
}

fn value<T: FromStr>(name: &str, text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("{name} is not a number in range: \"{text}\""))
}

fn host(text: &str) -> Result<IpAddr, String> {
    if text == "localhost" {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    text.parse()
        .map_err(|_| format!("--host takes an IP address, not \"{text}\""))
}

fn at_least_1<T: FromStr + PartialEq + From<u8>>(name: &str, text: &str) -> Result<T, String> {
    let number = value(name, text)?;
    if number == T::from(0) {
        return Err(format!("{name} must be 1 or more, not \"{text}\""));
    }
    Ok(number)
}

/// A number of bytes, or of 1024-fold units of them.
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
    bytes.ok_or_else(|| {
        format!("--disk-limit takes a number of bytes such as 500M or 8G, not \"{text}\"")
    })
}

fn comment_every(text: &str) -> Result<Duration, String> {
    match value::<u32>("--comment-every", text)? {
        0 => Err("--comment-every must be 1 or more, or nothing else would be sent".to_owned()),
        millis => Ok(Duration::from_millis(millis.into())),
    }
}

/// The key goes to the upstream, so it must not cross a network in the clear.
fn upstream(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| format!("--upstream takes a URL, not \"{text}\""))?;
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback => Ok(url),
        _ => {
            Err("--upstream must be https, or http on this machine: it is sent the key".to_owned())
        }
    }
}

fn origin(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok();
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.path() == "/");
    url.ok_or_else(|| {
        format!("--allow-origin takes an origin such as https://app.example, not \"{text}\"")
    })
}

#[cfg(test)]
mod tests {
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
            ],
            &[],
        );
        assert_eq!(options.pace, Duration::ZERO);
        assert_eq!(options.concurrency, 3);
        assert!(options.host.is_ipv6() && options.control && options.verbose);
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
            (&["--comment-every", "0"], "1 or more"),
            (&["--host", "example.com"], "example.com"),
            (&["--require-key", "id:hu\nsh"], "no key has"),
            (&["--upstream", "http://example.com"], "https"),
            (&["--allow-origin", "app.example"], "app.example"),
            (&["serve"], "serve"),
        ] {
            let error = error(words, &[]);
            assert!(error.contains(part), "{words:?}: {error}");
        }
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
    fn help_names_every_option() {
        for name in [
            "--host",
            "--port",
            "--data",
            "--pace",
            "--upstream",
            "--control",
            "--faults",
            "--www",
            "--disk-limit",
            "--endpoints",
            "--speed-up",
            "--comment-every",
            "--strict",
        ] {
            assert!(HELP.contains(name), "{name}");
        }
    }
}
