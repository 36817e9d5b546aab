//! Embeds the demo page and the npm package in the program, if they lie beside this file, as
//! they do in a published crate. A build in the repository serves them from its folders.

use std::env;
use std::ffi::OsString;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder that `scripts/crates.mjs` adds to the crate before it is packed.
const EMBEDDED: &str = "embedded";

fn main() -> io::Result<()> {
    let crate_folder = folder_in("CARGO_MANIFEST_DIR");
    let embedded = crate_folder.join(EMBEDDED);
    let (page, package) = if embedded.is_dir() {
        println!("cargo::rerun-if-changed={EMBEDDED}");
        (
            file_list(&embedded.join("www"))?,
            file_list(&embedded.join("package"))?,
        )
    } else {
        println!("cargo::rerun-if-changed=build.rs");
        if !crate_folder.join("../www").is_dir() {
            println!("cargo::error=The folder {EMBEDDED} is missing: pack with scripts/crates.mjs");
        }
        ("&[]".to_owned(), "&[]".to_owned())
    };
    let code = format!(
        "pub(super) const PAGE: EmbeddedFolder = EmbeddedFolder({page});\n\
         pub(super) const PACKAGE: EmbeddedFolder = EmbeddedFolder({package});\n"
    );
    fs::write(folder_in("OUT_DIR").join("embedded.rs"), code)
}

fn folder_in(variable: &str) -> PathBuf {
    env::var_os(variable).expect("set by cargo").into()
}

/// Rust code for a list of all files in a folder and its subfolders: their paths and contents.
fn file_list(folder: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    collect_files(folder, "", &mut files)?;
    files.sort();
    let mut code = "&[".to_owned();
    for (name, path) in files {
        write!(code, "({name:?}, include_bytes!({path:?})),").map_err(io::Error::other)?;
    }
    code.push(']');
    Ok(code)
}

/// Adds every file in `folder` and its subfolders. Their names are the paths from the outermost folder, with slashes
/// on every system.
fn collect_files(folder: &Path, prefix: &str, files: &mut Vec<(String, String)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", utf8(entry.file_name())?);
        if entry.file_type()?.is_dir() {
            collect_files(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push((name, utf8(entry.path().into_os_string())?));
        }
    }
    Ok(())
}

fn utf8(name: OsString) -> io::Result<String> {
    let not_utf8 = |name: OsString| io::Error::other(format!("not UTF-8: {}", name.display()));
    name.into_string().map_err(not_utf8)
}
