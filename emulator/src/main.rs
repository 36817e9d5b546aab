//! The program: starts the emulator, prints its address, and runs until a signal ends it.

mod logging;
mod signals;

use std::io::{self, Write};
use std::process::ExitCode;

use fal_emulator::cli::{self, Command};
use fal_emulator::{Options, Server};

use logging::Log;

/// The number of descriptors to request from the system: more than the connections and their files need.
const DESCRIPTORS: u64 = 4096;

fn main() -> ExitCode {
    // First, as the default settings depend on the number of descriptors. If the system refuses, the emulator allows
    // fewer connections.
    let _ = rlimit::increase_nofile_limit(DESCRIPTORS);
    let words = std::env::args_os().skip(1);
    let options = match cli::parse(words, |name| std::env::var(name).ok()) {
        Ok(Command::Run(options)) => *options,
        Ok(Command::Print(text)) => {
            say(&mut io::stdout(), &text);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            say(&mut io::stderr(), &format!("{error}\n"));
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            say(&mut io::stderr(), &format!("Could not start: {error}\n"));
            return ExitCode::FAILURE;
        }
    };
    let log = Log::start(options.verbose);
    let ended = runtime.block_on(run(options));
    runtime.shutdown_background();
    log.flush();
    ended
}

async fn run(options: Options) -> ExitCode {
    // First, so that a signal during the start leaves no files behind.
    let stopped = signals::listen();
    let keeps_data = options.data.is_some();
    let server = match Server::start(options).await {
        Ok(server) => server,
        Err(error) => {
            say(&mut io::stderr(), &format!("{error}\n"));
            return ExitCode::FAILURE;
        }
    };
    say(&mut io::stdout(), &greeting(&server, keeps_data));
    stopped.await;
    server.shutdown().await;
    ExitCode::SUCCESS
}

fn greeting(server: &Server, keeps_data: bool) -> String {
    let mode = if server.forwards() {
        "forward: the proxy sends requests to fal.ai with the key in FAL_KEY, at its price"
    } else {
        "emulator: a stand-in for fal.ai: no model is run"
    };
    let fate = if keeps_data {
        "kept"
    } else {
        "removed on exit"
    };
    let spenders = server.spenders();
    let spenders = spenders.map(|spenders| format!("Who may spend: {spenders}\n"));
    let origin = server.origin();
    format!(
        "fal-emulator {}\nMode: {mode}\n{}Files: {} ({fate})\nInspector: {origin}/inspector\nOpen {origin}\n",
        env!("CARGO_PKG_VERSION"),
        spenders.unwrap_or_default(),
        server.data().display(),
    )
}

/// Prints a text. Ignores errors, as the reader of a pipe may have left.
fn say(out: &mut impl Write, text: &str) {
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
