//! The program: start, say where, run until told to stop.

use std::io::Write;
use std::process::ExitCode;

use fal_emulator::cli::{self, Command};
use fal_emulator::{Options, Server};

fn main() -> ExitCode {
    let words = std::env::args_os().skip(1);
    let options = match cli::parse(words, |name| std::env::var(name).ok()) {
        Ok(Command::Run(options)) => *options,
        Ok(Command::Print(text)) => {
            say(&text);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("Could not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(run(options));
    runtime.shutdown_background();
    ended
}

async fn run(options: Options) -> ExitCode {
    let keeps_data = options.data.is_some();
    let server = match Server::start(options).await {
        Ok(server) => server,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    // First the handlers, then the greeting: who reads it may send a signal at once.
    tokio::select! {
        biased;
        () = stopped() => {}
        () = greet(&server, keeps_data) => {}
    }
    server.shutdown().await;
    ExitCode::SUCCESS
}

/// Says where the server is, and leaves the rest to the signals.
async fn greet(server: &Server, keeps_data: bool) {
    say(&greeting(server, keeps_data));
    std::future::pending::<()>().await;
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
    format!(
        "fal-emulator {}\nMode: {mode}\n{}Files: {} ({fate})\nOpen {}\n",
        env!("CARGO_PKG_VERSION"),
        spenders.unwrap_or_default(),
        server.data().display(),
        server.origin(),
    )
}

/// Prints, without minding that nobody may be reading.
fn say(text: &str) {
    let mut out = std::io::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Resolves when the user or the system wants the program to end. Listens from the first
/// poll on.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let interrupted = signal(SignalKind::interrupt());
        let terminated = signal(SignalKind::terminate());
        if let (Ok(mut interrupted), Ok(mut terminated)) = (interrupted, terminated) {
            tokio::select! {
                _ = interrupted.recv() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
