//! The program, started as from a terminal.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);

const PROGRAM: &str = env!("CARGO_BIN_EXE_fal-emulator");

pub(crate) fn program() -> Command {
    alone(Command::new(PROGRAM))
}

/// The program with default signal handling. If the tests run under `nohup`, they ignore SIGHUP, and so do the programs
/// that they start.
fn program_at_a_terminal() -> Command {
    if cfg!(not(target_os = "linux")) {
        return program();
    }
    let mut command = Command::new("env");
    command.args(["--default-signal=HUP", PROGRAM]);
    alone(command)
}

/// Removes the settings in this process's environment from a command, and pipes its output.
fn alone(mut command: Command) -> Command {
    command
        .env_remove("PORT")
        .env_remove("FAL_KEY")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The lines that the program prints when it has started.
pub(crate) fn greeting(child: &mut Child) -> Vec<String> {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    while !said
        .last()
        .is_some_and(|line: &String| line.starts_with("Open "))
    {
        said.push(lines.next().expect("a greeting").unwrap());
    }
    said
}

/// The address in these lines.
pub(crate) fn address(said: &[String]) -> &str {
    said.last().unwrap().strip_prefix("Open http://").unwrap()
}

/// The folder of files in these lines.
pub(crate) fn folder(said: &[String]) -> PathBuf {
    let files = said.iter().find_map(|line| line.strip_prefix("Files: "));
    let (folder, _) = files.unwrap().rsplit_once(" (").unwrap();
    folder.into()
}

pub(crate) fn send_signal(child: &Child, signal: &str) {
    let pid = child.id().to_string();
    let sent = Command::new("kill").args(["-s", signal, &pid]).status();
    assert!(sent.unwrap().success());
}

/// The first line of the answer to a GET.
pub(crate) fn get(address: &str, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n").as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(line)
}

/// Repeats a GET until it is answered.
fn first_answer(address: &str) -> String {
    let began = Instant::now();
    loop {
        match get(address, "/api/emulator") {
            Ok(line) if !line.is_empty() => return line,
            other => assert!(began.elapsed() < PATIENCE, "{other:?}"),
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// The writing end of a pipe whose reader is closed.
fn closed_pipe() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

/// A program that a test started. Dropping it ends the program.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn it_says_where_it_is_and_what_it_is_and_goes_without_a_trace() {
    for signal in ["INT", "TERM", "HUP", "QUIT"] {
        let mut child = program_at_a_terminal()
            .args(["--port", "0"])
            .spawn()
            .unwrap();
        let said = greeting(&mut child);
        let whole = said.join("\n");
        assert!(
            whole.contains("a stand-in for fal.ai: no model is run"),
            "{whole}"
        );
        assert!(whole.contains("(removed on exit)"), "{whole}");
        let open = said.last().unwrap().strip_prefix("Open ").unwrap();
        let inspector = format!("Inspector: {open}/inspector");
        assert!(said.contains(&inspector), "{whole}");
        let folder = folder(&said);
        assert!(folder.is_dir());

        let asked = Instant::now();
        send_signal(&child, signal);
        let status = child.wait().unwrap();
        assert!(status.success(), "{signal}: {status}");
        assert!(asked.elapsed() < Duration::from_secs(1));
        assert!(!folder.exists(), "{signal}: the temporary folder stays");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn nohup_keeps_it_running_when_its_terminal_is_closed() {
    let mut child = Command::new("sh")
        .args(["-c", "trap '' HUP; exec \"$0\" --port 0"])
        .arg(PROGRAM)
        .env_remove("FAL_KEY")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = greeting(&mut child);
    send_signal(&child, "HUP");
    assert!(
        get(address(&said), "/api/emulator")
            .unwrap()
            .contains("200")
    );
    send_signal(&child, "TERM");
    assert!(child.wait().unwrap().success());
    assert!(!folder(&said).exists());
}

#[test]
fn a_terminal_that_is_gone_ends_neither_requests_nor_the_start() {
    let port = free_port().to_string();
    let child = program()
        .args(["--verbose", "--port", &port])
        .stdout(closed_pipe())
        .stderr(closed_pipe())
        .spawn()
        .unwrap();
    let mut running = Running(child);
    let address = format!("127.0.0.1:{port}");
    for _ in 0..3 {
        assert!(first_answer(&address).contains("200"));
    }
    send_signal(&running.0, "TERM");
    assert!(running.0.wait().unwrap().success());
}

#[test]
fn a_terminal_that_is_gone_changes_no_exit_code() {
    let no_folder = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    for (words, code) in [
        (&["--prot"][..], 2),
        (&["--data", no_folder], 1),
        (&["--help"], 0),
    ] {
        let ended = program()
            .args(words)
            .stdout(closed_pipe())
            .stderr(closed_pipe())
            .status();
        assert_eq!(ended.unwrap().code(), Some(code), "{words:?}");
    }
}

#[test]
fn a_log_that_nobody_reads_holds_no_request_up() {
    let mut child = program()
        .args(["--verbose", "--port", "0"])
        .spawn()
        .unwrap();
    let said = greeting(&mut child);
    let running = Running(child);
    // More lines than fit into a pipe: it holds 64 kB, and each line is longer than 4 kB.
    let path = format!("/api/{}", "x".repeat(4096));
    for _ in 0..64 {
        assert!(get(address(&said), &path).unwrap().contains("404"));
    }
    drop(running);
}

#[test]
fn with_verbose_each_request_is_a_line_without_its_query() {
    let mut child = program()
        .args(["--verbose", "--port", "0"])
        .spawn()
        .unwrap();
    let said = greeting(&mut child);
    get(address(&said), "/api/emulator?fal_jwt_token=hush").unwrap();
    send_signal(&child, "TERM");
    let ended = child.wait_with_output().unwrap();
    let log = String::from_utf8(ended.stderr).unwrap();
    assert!(log.contains("GET /api/emulator 200"), "{log}");
    assert!(!log.contains("hush"), "{log}");
}

#[cfg(unix)]
#[test]
fn idle_connections_beyond_all_descriptors_do_not_stop_the_service() {
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -n 64; exec \"$0\" --port 0"])
        .arg(env!("CARGO_BIN_EXE_fal-emulator"))
        .env_remove("FAL_KEY")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = greeting(&mut child);
    let mut running = Running(child);
    let address = address(&said);
    let idle: Vec<_> = (0..200).map(|_| TcpStream::connect(address)).collect();
    assert!(get(address, "/api/emulator").unwrap().contains("200"));
    drop(idle);
    send_signal(&running.0, "TERM");
    assert!(running.0.wait().unwrap().success());
}

#[test]
fn it_goes_within_a_second_while_it_works() {
    let mut child = program()
        .args(["--port", "0", "--pace", "60000"])
        .spawn()
        .unwrap();
    let said = greeting(&mut child);
    let address = address(&said);
    let mut stream = TcpStream::connect(address).unwrap();
    let body = "{\"prompt\":\"x\",\"resolution\":\"1024P\"}";
    let request = format!(
        "POST /{} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\n\r\n{body}",
        crate::common::T2V,
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    assert!(stream.read(&mut [0; 64]).unwrap() > 0);
    std::thread::sleep(Duration::from_millis(300));
    let asked = Instant::now();
    send_signal(&child, "INT");
    assert!(child.wait().unwrap().success());
    let took = asked.elapsed();
    assert!(took < Duration::from_secs(1), "took {took:?}");
}

#[test]
fn a_port_in_use_is_one_clear_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = program().env("PORT", &port).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains(&port) && said.contains("in use") && said.contains("--port"));
}

#[test]
fn help_and_version_are_printed_and_mistakes_are_one_line() {
    let help = program().arg("--help").output().unwrap();
    assert!(help.status.success());
    assert!(
        String::from_utf8(help.stdout)
            .unwrap()
            .contains("--allow-private-hosts")
    );
    let version = program().arg("--version").output().unwrap();
    assert_eq!(
        String::from_utf8(version.stdout).unwrap(),
        "fal-emulator 0.1.0\n"
    );
    let mistake = program().arg("--prot").output().unwrap();
    assert_eq!(mistake.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(mistake.stderr).unwrap().lines().count(),
        1
    );
}

#[test]
fn endpoints_that_cannot_be_read_keep_it_from_starting() {
    let folder = std::env::temp_dir().join(format!("fal-no-endpoints-{}", std::process::id()));
    let output = program()
        .args(["--port", "0", "--endpoints"])
        .arg(&folder)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.contains("fal-no-endpoints") && said.contains("--endpoints"),
        "{said}"
    );
}

#[test]
fn a_fault_plan_that_cannot_be_followed_keeps_it_from_starting() {
    let file = std::env::temp_dir().join(format!("fal-fault-plan-{}.json", std::process::id()));
    let start = || {
        let program = program()
            .args(["--port", "0", "--faults"])
            .arg(&file)
            .output();
        let output = program.unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.lines().count(), 1, "{said}");
        said
    };
    let said = start();
    assert!(
        said.contains("fal-fault-plan") && said.contains("--faults"),
        "{said}"
    );
    std::fs::write(
        &file,
        "{\"rules\":[{\"route\":\"status\",\"fault\":{\"resset\":1}}]}",
    )
    .unwrap();
    let said = start();
    std::fs::remove_file(&file).unwrap();
    assert!(
        said.contains("fal-fault-plan") && said.contains("rules[0].fault.resset"),
        "{said}"
    );
}

#[test]
fn the_key_is_nowhere_in_what_it_says() {
    let mut child = program()
        .args(["--port", "0", "--verbose"])
        .env("FAL_KEY", "id:hush")
        .spawn()
        .unwrap();
    let said = greeting(&mut child).join("\n");
    child.kill().unwrap();
    child.wait().unwrap();
    let mut errors = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    assert!(said.contains("Mode: forward"), "{said}");
    assert!(!format!("{said}{errors}").contains("hush"));
}

/// Starts a program that has a key and forwards to a port without a listener.
fn with_key(words: &[&str]) -> Child {
    program()
        .args(["--port", "0", "--upstream", "http://127.0.0.1:9"])
        .args(words)
        .env("FAL_KEY", "id:hush")
        .spawn()
        .unwrap()
}

#[test]
fn it_says_who_may_spend_the_key() {
    let origin = ["--allow-origin", "http://localhost:5173"];
    for (words, parts) in [
        (
            &[][..],
            &["Who may spend: programs on this machine, its page"][..],
        ),
        (&origin, &["pages of localhost:5173"]),
        (
            &["--host", "0.0.0.0"],
            &["no other machine", "--allow-network"],
        ),
        (
            &["--host", "0.0.0.0", "--allow-network"],
            &["every program that reaches this address"],
        ),
    ] {
        let mut child = with_key(words);
        let said = greeting(&mut child).join("\n");
        child.kill().unwrap();
        child.wait().unwrap();
        for part in parts {
            assert!(said.contains(part), "{said}");
        }
    }
    let mut child = program().args(["--port", "0"]).spawn().unwrap();
    let said = greeting(&mut child).join("\n");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!said.contains("spend"), "{said}");
}

/// Calls an endpoint twice through the proxy, expects this status each time, and returns what the program wrote to stderr.
fn complaints(mut child: Child, status: u16, headers: &str, endpoint: &str) -> String {
    let said = greeting(&mut child);
    let address = address(&said);
    for _ in 0..2 {
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!(
            "POST /api/fal/proxy HTTP/1.1\r\nhost: {address}\r\n{headers}\
             x-fal-target-url: https://queue.fal.run/{endpoint}\r\ncontent-length: 0\r\n\
             connection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{answer}"
        );
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let mut errors = String::new();
    let mut stderr = child.stderr.take().unwrap();
    stderr.read_to_string(&mut errors).unwrap();
    errors
}

#[test]
fn a_refusal_is_a_line_in_the_terminal_once() {
    let stranger = "origin: http://localhost:5173\r\n";
    assert_eq!(
        complaints(with_key(&[]), 403, stranger, "a/b"),
        "refused http://localhost:5173: add --allow-origin http://localhost:5173\n"
    );
}

#[test]
fn an_application_that_nobody_described_is_a_line_in_the_terminal_once() {
    let child = || program().args(["--port", "0"]).spawn().unwrap();
    assert_eq!(
        complaints(child(), 404, "", "acme/paint"),
        "no application \"acme/paint\": describe its answers in a JSON file, and start with --endpoints DIR\n"
    );
    let hostile = complaints(child(), 404, "", "acme/%1b%5B2Jpaint");
    assert!(!hostile.contains('\u{1b}'), "{hostile:?}");
}

#[test]
fn what_would_let_nobody_in_keeps_it_from_starting() {
    for words in [
        ["--require-key", ""],
        ["--allow-origin", "https://*"],
        ["--allow-origin", "https://*.app.example"],
        ["--allow-url", "https://fal.run/**"],
    ] {
        let output = program().args(words).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains(words[0]), "{said}");
    }
}
