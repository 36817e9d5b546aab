// Runs WebKitWebDriver: a process with one session for each browser context.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { PATIENCE_MS } from "../patience.mjs";
import { portOf } from "../port.mjs";

const DRIVER = process.env.WEBKIT_DRIVER || "WebKitWebDriver";
const BROWSER = process.env.WEBKIT_PATH || "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";
// No time limit for scripts: the driver measures it with the page's clock, which a test may stop or speed up.
const TIMEOUTS = { script: null, pageLoad: 60_000 };

const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @type {Set<import("node:child_process").ChildProcess>} */
const children = new Set();
process.on("exit", () => children.forEach((child) => child.kill("SIGKILL")));

/**
 * Starts a process. It is killed when this process exits.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 */
function start(command, args, options) {
  const child = spawn(command, args, options);
  children.add(child);
  child.once("close", () => children.delete(child));
  return child;
}

/** @type {Promise<string> | undefined} */
let display;
/** The display in `DISPLAY`. If there is none, starts one, once. */
function ownDisplay() {
  display ??= process.env.DISPLAY ? Promise.resolve(process.env.DISPLAY) : startDisplay();
  return display;
}

/** @returns {Promise<string>} */
function startDisplay() {
  const child = start("Xvfb", ["-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"], { stdio: ["ignore", "pipe", "ignore"] });
  const said = /** @type {net.Socket} */ (child.stdout);
  child.unref();
  said.unref();
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    said.once("data", (number) => resolve(`:${String(number).trim()}`));
  });
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const port = portOf(server);
      server.close(() => resolve(port));
    });
  });
}

/** @typedef {(method: string, path: string, body?: object) => Promise<any>} Send */
/** @typedef {Awaited<ReturnType<typeof startSession>>} Session */

/**
 * Starts a driver and a browser. With `acceptInsecureCerts`, the browser accepts certificates of the tests.
 * - `send(method, path, body)`: sends a command to the session. Commands are sent one after another
 * - `stop()`: stops both
 */
export async function startSession({ acceptInsecureCerts = false } = {}) {
  const [DISPLAY, port] = [await ownDisplay(), await freePort()];
  const home = mkdtempSync(path.join(os.tmpdir(), "fal-webkit-"));
  const env = { ...process.env, DISPLAY, HOME: home, XDG_RUNTIME_DIR: home, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", NO_AT_BRIDGE: "1" };
  const child = start(DRIVER, [`--port=${port}`], { stdio: "ignore", env, detached: true });
  const failed = new Promise((_, reject) => child.once("error", reject));
  failed.catch(() => {});
  /** @type {Send} */
  const call = async (method, path_, body) => {
    const reply = await fetch(`http://127.0.0.1:${port}${path_}`, { method, ...(body && { body: JSON.stringify(body) }) });
    const { value } = await reply.json();
    if (!reply.ok) throw Object.assign(new Error(`${value?.error}: ${value?.message}`), { kind: value?.error });
    return value;
  };
  const end = async () => {
    // Kill the driver's process group, which includes the browser's processes.
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      child.kill("SIGKILL");
    }
    await sleep(100);
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await Promise.race([untilUp(call), failed]);
    const capabilities = { alwaysMatch: { acceptInsecureCerts, "webkitgtk:browserOptions": { binary: BROWSER, args: ["--automation"] } } };
    const { sessionId } = await call("POST", "/session", { capabilities });
    await call("POST", `/session/${sessionId}/timeouts`, TIMEOUTS);
    /** @type {Promise<unknown>} */
    let last = Promise.resolve();
    /** @type {Send} */
    const send = (method, path_, body) => (last = last.catch(() => {}).then(() => call(method, `/session/${sessionId}${path_}`, body)));
    const stop = async () => {
      await Promise.race([send("DELETE", "").catch(() => {}), sleep(3_000)]);
      await end();
    };
    return { send, stop };
  } catch (error) {
    await end();
    throw error;
  }
}

/** @param {Send} call */
async function untilUp(call) {
  for (const limit = Date.now() + PATIENCE_MS; ; await sleep(50)) {
    try {
      return await call("GET", "/status");
    } catch (error) {
      if (Date.now() > limit) throw error;
    }
  }
}
