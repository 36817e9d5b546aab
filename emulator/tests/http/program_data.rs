//! The data folder of the program: only one process uses it, and the program deletes nothing outside of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Output};
use std::time::{Duration, Instant};

use crate::program::{folder, greeting, program, send_signal};

/// A folder of a test's own, removed at its end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("fal-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn start(data: &Path) -> (Child, Vec<String>) {
    let mut child = program()
        .args(["--port", "0", "--data"])
        .arg(data)
        .spawn()
        .unwrap();
    let said = greeting(&mut child);
    (child, said)
}

/// The error of a program that cannot use the folder, which must be one line.
fn refused(data: &Path) -> String {
    refused_with(data, 1)
}

/// The same, if the program exits with this code.
fn refused_with(data: &Path, code: i32) -> String {
    let Output { status, stderr, .. } = program()
        .args(["--port", "0", "--data"])
        .arg(data)
        .output()
        .unwrap();
    assert_eq!(status.code(), Some(code));
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("--data"), "{said}");
    said
}

fn end(mut child: Child) {
    send_signal(&child, "TERM");
    assert!(child.wait().unwrap().success());
}

#[test]
fn the_users_own_files_in_the_folder_are_left_alone() {
    let scratch = Scratch::new("own-files");
    let theirs = scratch.0.join("incoming").join("photos");
    fs::create_dir_all(&theirs).unwrap();
    fs::write(theirs.join("a.jpg"), "theirs").unwrap();
    let (child, said) = start(&scratch.0);
    let folder = folder(&said);
    assert_eq!(folder, scratch.0.join("fal-emulator"));
    end(child);
    assert!(folder.join("files").is_dir());

    // The program removes its own incomplete uploads there, and no other files.
    let half = folder.join("incoming").join("0123456789abcdef01234567");
    let other = folder.join("incoming").join("a.jpg");
    for file in [&half, &other] {
        fs::write(file, "x").unwrap();
    }
    let (child, _) = start(&scratch.0);
    end(child);
    assert!(!half.exists());
    assert!(other.exists());
    assert_eq!(fs::read(theirs.join("a.jpg")).unwrap(), b"theirs");
}

#[test]
fn a_second_program_on_the_same_folder_ends_with_a_line_that_names_the_first() {
    let scratch = Scratch::new("second");
    let (child, said) = start(&scratch.0);
    let part = folder(&said)
        .join("incoming")
        .join("0123456789abcdef01234567");
    fs::write(&part, "a part that comes in").unwrap();
    let said = refused(&scratch.0);
    assert!(said.contains(&format!("process {}", child.id())), "{said}");
    assert!(part.exists());
    end(child);
    let (child, _) = start(&scratch.0);
    end(child);
}

#[test]
fn a_folder_of_somebody_elses_is_not_taken() {
    let scratch = Scratch::new("somebody-elses");
    let theirs = scratch.0.join("fal-emulator");
    fs::create_dir_all(theirs.join("incoming")).unwrap();
    let said = refused(&scratch.0);
    assert!(said.contains(theirs.to_str().unwrap()), "{said}");
    assert!(theirs.join("incoming").is_dir());
}

#[test]
fn no_name_is_not_the_current_folder() {
    // Exit code 2 stands for a mistake in the command line.
    refused_with(Path::new(""), 2);
    assert!(!Path::new("fal-emulator").exists() && !Path::new("incoming").exists());
}

#[test]
fn a_name_that_is_no_folder_is_told() {
    let scratch = Scratch::new("no-folder");
    let file = scratch.0.join("file");
    fs::write(&file, "x").unwrap();
    refused(&file);
    assert_eq!(fs::read(&file).unwrap(), b"x");
}

#[test]
fn what_a_killed_program_left_is_removed_at_the_next_start_and_nothing_else() {
    let scratch = Scratch::new("killed");
    let start = || {
        let mut child = program()
            .args(["--port", "0"])
            .env("TMPDIR", &scratch.0)
            .spawn()
            .unwrap();
        let said = greeting(&mut child);
        (child, folder(&said))
    };
    let no_lock = scratch.0.join("fal-emulator-0123456789abcdef");
    fs::create_dir_all(no_lock.join("files")).unwrap();
    let (mut killed, left) = start();
    let (running, in_use) = start();
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert!(left.join("files").is_dir());

    let (next, _) = start();
    let began = Instant::now();
    while left.exists() {
        assert!(began.elapsed() < Duration::from_secs(30), "it stays");
        std::thread::sleep(Duration::from_millis(5));
    }
    for kept in [&no_lock, &in_use] {
        assert!(kept.join("files").is_dir(), "{}", kept.display());
    }
    end(running);
    end(next);
}
