//! The demo page and the package.

use std::path::PathBuf;

use fal_emulator::Options;

use crate::common::{Emulator, options};

/// Folders with a page and a package, removed at the end.
struct Folders(PathBuf);

impl Folders {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("fal-emulator-{name}-{}", std::process::id()));
        for (file, text) in [
            (
                "www/index.html",
                "<script type=\"importmap\">\r\n{}</script>",
            ),
            ("www/app.js", "export {}"),
            ("www/style.css", "a{}"),
            ("dist/index.js", "export {}"),
            ("dist/core.wasm", "\0asm"),
            ("secret.txt", "secret"),
        ] {
            let path = root.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(root)
    }

    async fn serve(&self) -> Emulator {
        Emulator::with(Options {
            www: Some(self.0.join("www")),
            package: Some(self.0.join("dist")),
            ..options()
        })
        .await
    }
}

impl Drop for Folders {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn files_have_their_types_and_are_checked_each_time() {
    let folders = Folders::new("types");
    let emulator = folders.serve().await;
    for (path, kind) in [
        ("/", "text/html"),
        ("/index.html", "text/html"),
        ("/app.js", "text/javascript"),
        ("/style.css", "text/css"),
        ("/fal-wasm/index.js", "text/javascript"),
        ("/fal-wasm/core.wasm", "application/wasm"),
    ] {
        let file = emulator.get(path).await;
        assert_eq!(file.status, 200, "{path}");
        let got = file.header("content-type").unwrap();
        assert_eq!(got.split(';').next(), Some(kind), "{path}");
        assert_eq!(file.header("cache-control"), Some("no-cache"));
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
        // Without `sandbox`, its scripts run and its modules have the page's origin.
        let policy = file.header("content-security-policy").unwrap_or_default();
        assert!(!policy.contains("sandbox"), "{path}: {policy}");
    }
    let missing = emulator.get("/missing.js").await;
    assert_eq!(missing.header("content-security-policy"), Some("sandbox"));
    let etag = emulator
        .get("/app.js")
        .await
        .header("etag")
        .unwrap()
        .to_owned();
    let again = emulator
        .send("GET", "/app.js", &[("if-none-match", &etag)], "")
        .await;
    assert_eq!(again.status, 304);
}

#[tokio::test]
async fn the_page_runs_under_a_policy_that_knows_its_import_map() {
    let folders = Folders::new("policy");
    let emulator = folders.serve().await;
    for method in ["GET", "HEAD"] {
        let page = emulator
            .send(method, "/", &[("range", "bytes=0-1")], "")
            .await;
        assert_eq!(page.status, 200);
        let policy = page.header("content-security-policy").unwrap();
        // The output of: printf '\n{}' | openssl dgst -sha256 -binary | base64
        let hash = "'sha256-oGLdSVK5NeQw1AnEpeXNdg6HgeMgDVx+EqIy3duopSg='";
        assert!(
            policy.contains(&format!("'wasm-unsafe-eval' {hash};")),
            "{policy}"
        );
        assert!(policy.contains("default-src 'self'"));
        assert!(policy.contains("object-src 'none'"));
        assert!(policy.contains("frame-ancestors 'none'"));
    }
    let script = emulator.get("/app.js").await;
    assert_eq!(script.header("content-security-policy"), None);
}

#[tokio::test]
async fn nothing_outside_the_folders_is_served() {
    let folders = Folders::new("outside");
    let emulator = folders.serve().await;
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/fal-wasm/../../secret.txt",
        "/fal-wasm/%2e%2e/secret.txt",
        "/fal-wasm/..%5c..%5csecret.txt",
        "//etc/passwd",
        "/fal-wasm//etc/passwd",
        "/secret.txt",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let answer = emulator.raw(&request).await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
        assert!(
            !answer.contains("root:") && !answer.ends_with("secret"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_page_that_is_not_there_says_how_to_name_it() {
    let emulator = Emulator::with(Options {
        www: Some("/no/such/folder".into()),
        ..options()
    })
    .await;
    let page = emulator.get("/").await;
    assert_eq!(page.status, 404);
    assert!(page.detail().contains("--www"));
}
