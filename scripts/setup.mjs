// Finds the tools that the scripts need, or installs them with rustup or Debian's packages. If a tool cannot be installed,
// the script ends with one line that names it.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { StepError, find, output, root, run, step } from "./steps.mjs";

/** The oldest supported compiler: `rust-version` in Cargo.toml. */
const OLDEST_RUST = [1, 95];

/** The time limit for rustup to add a target, in milliseconds. */
const RUSTUP_MS = 120_000;

const WEB_RUST = ["rustc-web", "cargo-web", "rust-web-src", "libstd-rust-web-dev", "lld-22"];

/** Installs the npm packages of the package-lock.json in `folder`. */
export async function nodeModules(folder = root) {
  const where = folder === root ? "" : ` of ${path.relative(root, folder)}`;
  await lockedModules(folder, `Installing the npm packages${where}`, ["ci"]);
}

/** Installs the tools of the packaging tests from the npm registry: bundlers and runtimes. */
export async function packagingTools() {
  // Not `ci`: it wants the packages for all other platforms in the lock file, and some registries do not serve all of them.
  // `install` uses the versions of the lock file as well.
  await lockedModules(path.join(root, "tests/packaging"), "Installing bundlers and runtimes (once, 900 MB)", ["install", "--no-save"]);
}

/** The tools of the JavaScript examples: frameworks, and fal's server proxy. */
export async function exampleTools() {
  // Not `ci`, as above.
  await lockedModules(path.join(root, "tests/examples"), "Installing the frameworks of the examples (once, 420 MB)", ["install", "--no-save"]);
}

/**
 * Installs the oldest Node that runs the package, for the packaging tests.
 * @returns {Promise<string>} its executable
 */
export async function oldestNode() {
  // In a folder of its own: next to the other tools, npm would run their install scripts with this Node.
  const folder = path.join(root, "tests/packaging/node18");
  await lockedModules(folder, "Installing Node 18 (once, 100 MB)", ["install", "--no-save"]);
  const executable = path.join(folder, "node_modules", `node-${process.platform}-${process.arch}`, "bin/node");
  if (!existsSync(executable)) throw new StepError(`There is no Node 18 for ${process.platform} on ${process.arch}.`);
  return executable;
}

async function lockedModules(folder, name, command) {
  const lock = path.join(folder, "package-lock.json");
  const installed = path.join(folder, "node_modules", ".package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  await step(name, () => run("npm", [...command, "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder }));
}

/**
 * Finds or installs a Rust compiler with the source of the standard library, from which the scripts build the library for
 * wasm32. All builds use this one compiler: two compilers would rebuild each other's outputs.
 * @returns {Promise<{cargo: string, env: Record<string, string>, version: string}>}
 */
export async function rust() {
  const found = compilerWithSource();
  if (found) return found;
  if (find("rustup")) {
    await step("Adding the standard library's source (rustup component rust-src)", () => {
      const added = output("rustup", ["component", "add", "rust-src"]);
      if (added === undefined) console.log("  not to be had from rustup here");
    });
  }
  if (!compilerWithSource() && canInstall()) {
    await step("Installing Debian's Rust for wasm", () => install(WEB_RUST));
  }
  const compiler = compilerWithSource();
  if (compiler) return compiler;
  const installed = output("rustc", ["--version"]);
  if (!installed) throw new StepError("Rust is missing: install it from https://rustup.rs, then run this again.");
  throw new StepError(
    isNewEnough(installed)
      ? "The Rust standard library's source is missing: install it with `rustup component add rust-src`."
      : `Rust ${OLDEST_RUST.join(".")} or newer is needed, this is ${installed}: run \`rustup update stable\`.`,
  );
}

function compilerWithSource() {
  for (const cargo of [find("cargo"), "/usr/bin/cargo"]) {
    if (!cargo || !existsSync(cargo)) continue;
    const rustc = path.join(path.dirname(cargo), "rustc");
    const sysroot = output(rustc, ["--print", "sysroot"]);
    const version = output(rustc, ["--version"]) ?? "";
    if (!isNewEnough(version)) continue;
    if (!sysroot || !existsSync(path.join(sysroot, "lib/rustlib/src/rust/library/std/Cargo.toml"))) continue;
    const linker = wasmLinker(sysroot);
    if (linker === undefined) continue;
    const env = {
      ...linker,
      // Cargo searches the PATH for rustc, and another rustc may come first there.
      PATH: `${path.dirname(cargo)}${path.delimiter}${process.env.PATH}`,
      RUSTC: rustc,
      // The scripts expect the built emulator in this folder.
      CARGO_TARGET_DIR: path.join(root, "target"),
      // -Zbuild-std and immediate-abort are unstable features. This enables them in the stable compiler.
      RUSTC_BOOTSTRAP: "1",
    };
    return { cargo, env, version };
  }
  return undefined;
}

function isNewEnough(version) {
  const [major, minor] = (/^rustc (\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
  return major > OLDEST_RUST[0] || (major === OLDEST_RUST[0] && minor >= OLDEST_RUST[1]);
}

/**
 * The environment that makes this compiler link wasm. It is empty if the compiler has its own linker, as rustup's compilers
 * do. Debian's compiler has none: it gets the newest `wasm-ld`. Returns undefined if there is no linker.
 */
function wasmLinker(sysroot) {
  const hosts = path.join(sysroot, "lib/rustlib");
  const own = readdirSync(hosts).some((host) => existsSync(path.join(hosts, host, "bin/rust-lld")));
  if (own || find("rust-lld")) return {};
  const versions = Array.from({ length: 60 }, (_, at) => `wasm-ld-${60 - at}`);
  const linker = find("wasm-ld", ...versions);
  return linker && { CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: linker };
}

/**
 * Installs the standard library for wasm, which builds without unstable options need.
 * @returns {Promise<boolean>} whether this compiler has it now
 */
export async function wasmStandardLibrary({ env }) {
  const target = "wasm32-unknown-unknown";
  const isThere = () => {
    const folder = output(env.RUSTC, ["--print", "target-libdir", "--target", target]) ?? "";
    return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith("libcore-"));
  };
  if (isThere() || !find("rustup")) return isThere();
  await step(`Adding Rust's ${target} target (rustup)`, () => {
    const added = spawnSync("rustup", ["target", "add", target], { encoding: "utf8", timeout: RUSTUP_MS });
    if (added.status !== 0) console.log("  not to be had from rustup here: the standard library is built from its source");
  });
  return isThere();
}

/** Installs cargo's formatter and linter. */
export async function rustTools({ cargo }) {
  const areThere = () => ["fmt", "clippy"].every((tool) => output(cargo, [tool, "--version"]));
  if (areThere()) return;
  if (find("rustup")) await step("Adding rustfmt and clippy (rustup)", () => run("rustup", ["component", "add", "rustfmt", "clippy"]));
  else if (canInstall()) await step("Installing rustfmt and clippy", () => install(["rustfmt-web", "rust-web-clippy"]));
  if (!areThere()) throw new StepError("rustfmt or clippy is missing: install them with `rustup component add rustfmt clippy`.");
}

/** Installs a C++ compiler, which builds the emulator's video encoder. */
export async function cxx() {
  if (process.env.CXX || find("c++", "g++", "clang++")) return;
  if (canInstall()) await step("Installing a C++ compiler", () => install(["g++"]));
  if (!find("c++", "g++", "clang++")) {
    throw new StepError("A C++ compiler is missing: install g++ or clang.");
  }
}

/**
 * Installs wasm-bindgen's command-line tools in the version of Cargo.lock, which the generated code must match. They go into
 * the user's cache, because building them takes minutes.
 * @param {{cargo: string, env: object, version?: string}} compiler
 * @returns {Promise<string>} their folder
 */
export async function wasmBindgen({ cargo, env }) {
  const lock = readFileSync(path.join(root, "Cargo.lock"), "utf8");
  const version = /name = "wasm-bindgen"\nversion = "([^"]+)"/.exec(lock)?.[1];
  if (!version) throw new StepError("Cargo.lock names no version of wasm-bindgen.");
  const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
  const folder = path.join(cache, "fal-wasm", `wasm-bindgen-${version}`);
  const bin = path.join(folder, "bin");
  const isThere = () => output(path.join(bin, "wasm-bindgen"), ["--version"]) === `wasm-bindgen ${version}`;
  if (isThere()) return bin;
  await step(`Building wasm-bindgen-cli ${version} (once, some minutes)`, async () => {
    mkdirSync(folder, { recursive: true });
    const args = ["install", "wasm-bindgen-cli", "--version", version, "--root", folder, "--force", "--quiet"];
    const options = { env: { ...env, CARGO_TARGET_DIR: path.join(folder, "target") } };
    // If `--locked` fails, try without it: the tool's own lock file may name a version that the registry does not serve.
    const locked = output(cargo, [...args, "--locked"], options.env);
    if (locked === undefined) await run(cargo, args, options);
  });
  if (!isThere()) throw new StepError(`wasm-bindgen-cli ${version} could not be installed.`);
  return bin;
}

/**
 * Finds or installs Chromium or Chrome, and its driver.
 * @returns {Promise<{browser: string, driver: string}>}
 */
export async function browser() {
  const browserNames = [
    process.env.CHROME_PATH ?? "",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ].filter(Boolean);
  const look = () => ({
    browser: find(...browserNames),
    driver: process.env.CHROMEDRIVER || find("chromedriver"),
  });
  const found = look();
  if ((!found.browser || !found.driver) && canInstall()) {
    await step("Installing Chromium and its driver", () => install(["chromium", "chromium-driver"]));
  }
  const { browser, driver } = look();
  if (!browser) throw new StepError("No browser: install Chrome or Chromium, or set CHROME_PATH.");
  if (!driver) throw new StepError("chromedriver is missing: install the one for your Chrome, or set CHROMEDRIVER.");
  return { browser, driver };
}

const SHELL = "chromium-headless-shell";

/**
 * As `browser`, for the tests: Chromium without windows where Debian has it. It is the same engine, at half the cost.
 * @returns {Promise<{browser: string, driver: string}>}
 */
export async function testBrowser() {
  const whole = await browser();
  const look = () => process.env.CHROME_PATH || find(SHELL);
  if (!look() && canInstall()) {
    // Not every release has this package. Chromium itself runs the same tests.
    await step("Installing Chromium without windows", () => install([SHELL]).catch(() => console.log("  There is none: the tests run in Chromium itself.")));
  }
  return { ...whole, browser: look() ?? whole.browser };
}

/** Finds or installs Firefox, for the packaging tests and the tests in every engine. */
export async function firefox() {
  const look = () => find("firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox");
  if (!look() && canInstall()) await step("Installing Firefox", () => install(["firefox-esr"]));
  const command = look();
  if (!command) throw new StepError("Firefox is missing: install it.");
  return command;
}

/** As `firefox`, with a video decoder, for the tests in every engine. Debian's Firefox uses the system's decoder. */
export async function firefoxWithVideo() {
  const command = await firefox();
  const ldconfig = find("ldconfig", "/sbin/ldconfig");
  const hasDecoder = () => !ldconfig || (output(ldconfig, ["-p"]) ?? "").includes("libavcodec.so");
  // Install the package that depends on the decoder: the name of the decoder's own package changes with each version.
  if (!hasDecoder() && canInstall()) await step("Installing a video decoder for Firefox", () => install(["gstreamer1.0-libav"]));
  if (!hasDecoder()) throw new StepError("Firefox has no decoder for H.264: install libavcodec.");
  return command;
}

const MINI_BROWSERS = ["x86_64-linux-gnu", "aarch64-linux-gnu", ""].map((host) => path.join("/usr/lib", host, "webkit2gtk-4.1/MiniBrowser"));

/**
 * Finds or installs WebKitGTK's small browser and a display for it, for the packaging tests.
 * @returns {Promise<{browser: string, display: string}>} `display` is xvfb-run
 */
export async function webKit() {
  const look = () => ({ browser: MINI_BROWSERS.find((file) => existsSync(file)), display: find("xvfb-run") });
  const found = look();
  if ((!found.browser || !found.display) && canInstall()) {
    await step("Installing WebKitGTK and a display", () => install(["webkit2gtk-driver", "xvfb", "xauth"]));
  }
  const { browser, display } = look();
  if (!browser || !display) throw new StepError("WebKitGTK is missing: install webkit2gtk-driver and xvfb, which Linux has.");
  return { browser, display };
}

const VIDEO_DECODERS = ["x86_64-linux-gnu", "aarch64-linux-gnu", ""].map((host) => path.join("/usr/lib", host, "gstreamer-1.0/libgstlibav.so"));

/**
 * Finds or installs WebKitGTK with its driver and a video decoder, for the tests in every engine.
 * @returns {Promise<{browser: string, driver: string}>}
 */
export async function webKitWithDriver() {
  const { browser } = await webKit();
  const look = () => ({ driver: find("WebKitWebDriver"), display: find("Xvfb"), decoder: VIDEO_DECODERS.find((file) => existsSync(file)) });
  const isWhole = ({ driver, display, decoder }) => driver && display && decoder;
  if (!isWhole(look()) && canInstall()) {
    await step("Installing WebKitGTK's driver and video decoders", () =>
      install(["webkit2gtk-driver", "xvfb", "gstreamer1.0-libav", "gstreamer1.0-plugins-good"]),
    );
  }
  if (!isWhole(look())) throw new StepError("WebKitGTK's driver is missing: install webkit2gtk-driver, xvfb, gstreamer1.0-libav and gstreamer1.0-plugins-good.");
  return { browser, driver: look().driver };
}

/** Whether this process can install Debian packages without asking for a password. */
export function canInstall() {
  return process.getuid?.() === 0 && find("apt-get") !== undefined;
}

/** Installs Debian packages. */
export async function install(packages) {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], { env });
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], { env });
}
