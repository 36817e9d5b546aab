// Starts emulators: each call starts one process on a free port, with the control API on.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PATIENCE_MS } from "./patience.mjs";

const STOPS_WITHIN_MS = 3_000;
/** Where `hold` stops a job of a Kandinsky endpoint: half of its frames are rendered. */
export const HALF = { log_contains: "(50%)" };
const CONTROL = "/api/emulator";
/**
 * The path of a blank page on the emulator's origin. It is a file of the demo page, because the emulator allows no scripts in
 * its other answers.
 */
export const BLANK_PAGE = "/css/base.css";
const repository = fileURLToPath(new URL("../../", import.meta.url));

// If a test run dies, leave no emulators behind.
/** @type {Set<import("node:child_process").ChildProcess>} */
const alive = new Set();
process.on("exit", () => alive.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

/** @typedef {Awaited<ReturnType<typeof startEmulator>>} Emulator */

/**
 * A request that the emulator received.
 * @typedef {object} SeenRequest
 * @property {string} method
 * @property {string} path with its query
 * @property {string} [target] the URL that the proxy was asked for
 * @property {Record<string, string>} headers
 * @property {any} body parsed, if it is JSON
 * @property {string | null} service
 * @property {number} at_ms
 */

/**
 * A fault for the next `times` calls that match; by default, for one.
 * @typedef {object} Fault
 * @property {string} [method]
 * @property {string} [path_contains] part of the path and query; for proxied requests, part of the target
 * @property {number} [times]
 * @property {number} [status]
 * @property {Record<string, string>} [headers]
 * @property {unknown} [body]
 * @property {number} [delay_ms]
 * @property {boolean} [close] the connection is dropped
 * @property {boolean} [after] the request is processed first, and then its answer is lost
 */

/** @typedef {{ method?: string, path_contains: string } | { log_contains: string }} HoldAbout */
/** @typedef {{ seed?: number, note?: string, rules: object[] }} FaultPlan see emulator/faults/README.md */
/** @typedef {{ plan: FaultPlan | null, seed: number, calls: any, struck: any, refused_as_expired: number, rules: any[] }} PlanCounts */

/**
 * Starts the built emulator (`FAL_EMULATOR`, or the debug build) at full speed: no pauses, and a camera that stands still.
 * Resolves when it listens.
 *
 * - `url`: its origin, without a slash at the end
 * - `requests()`: the requests that it received since `clearRequests()`, oldest first
 * - `jobs()`: the jobs that it has made, `{ request_id, endpoint_id, is_done }`
 * - `requestsTo(method, part)`: the requests of this method whose target or path contains the part
 * - `fault({ method?, path_contains?, times, status, headers, body, delay_ms, close, after })`: plans a fault
 * - `clearFaults()`: removes planned faults
 * - `hold({ method?, path_contains })`: holds matching requests before they are processed. `hold({ log_contains })` holds jobs
 *   that have just logged such a line. Returns `{ reached(count = 1), release() }`: `reached` resolves when `count` of them
 *   wait; `release` lets them continue, and all later ones
 * - `releaseAll()`: ends every hold
 * - `plan({ seed, rules })`: starts a fault plan (emulator/faults/README.md) with all counts at 0
 * - `planned()`: the plan with its counts: `{ plan, seed, calls, struck, refused_as_expired, rules }`. `plan` may be null
 * - `clearPlan()`: ends the plan and returns it with its last counts
 * - `stop()`: stops the process. Resolves when it has exited
 * @param {{args?: string[], env?: Record<string, string | undefined>}} options
 */
export async function startEmulator({ args = [], env = {} } = {}) {
  const binary = process.env.FAL_EMULATOR || `${repository}target/debug/fal-emulator`;
  if (!existsSync(binary)) throw new Error(`There is no emulator at ${binary}: build it, or set FAL_EMULATOR.`);
  // Name these folders: a binary from another checkout would serve the page and the package of that checkout.
  const served = ["--www", `${repository}www`, "--package", `${repository}dist`];
  const child = spawn(binary, ["--port", "0", "--pace", "0", "--still", "--control", ...served, ...args], {
    cwd: repository,
    // Remove the developer's key. With a key the emulator forwards calls to fal.ai, and the tests would cost money.
    env: { ...process.env, FAL_KEY: undefined, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  alive.add(child);
  const guard = watchOver(child);
  const ended = new Promise((resolve) => child.once("close", resolve)).then(() => {
    alive.delete(child);
    guard.kill("SIGKILL");
  });
  const url = await untilListening(child);
  return { url, ...controls(url), stop: () => stop(child, ended) };
}

/**
 * Kills `child` even if this process is killed outright. The input of the guard process then ends, and the guard kills the child.
 * @param {import("node:child_process").ChildProcess} child
 */
function watchOver(child) {
  const guard = spawn("sh", ["-c", 'cat > /dev/null; kill -9 "$0"', String(child.pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true, // not in our process group, which may be killed as a whole
  });
  guard.on("error", () => {}); // no sh on this system: nothing to watch with
  guard.unref();
  /** @type {import("node:net").Socket} */ (guard.stdin).unref?.();
  return guard;
}

/**
 * @param {import("node:child_process").ChildProcessByStdio<null, import("node:stream").Readable, import("node:stream").Readable>} child
 * @returns {Promise<string>}
 */
function untilListening(child) {
  let output = "";
  return new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ why) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(new Error(`The emulator ${why}.\n${output}`));
    };
    const timer = setTimeout(() => fail(`said no URL within ${PATIENCE_MS / 1000} s`), PATIENCE_MS);
    const read = (/** @type {Buffer} */ chunk) => (output += chunk.toString());
    child.stderr.on("data", read);
    // Keep reading after the URL: the emulator would block on a full pipe.
    child.stdout.on("data", (chunk) => {
      read(chunk);
      const [url] = /https?:\/\/[^\s/]+(?=[^\n]*\n)/.exec(output) ?? [];
      if (!url) return;
      clearTimeout(timer);
      resolve(url);
    });
    child.once("error", (error) => fail(`could not be started (${error.message})`));
    child.once("close", (code, signal) => fail(`ended early (${signal ?? `exit code ${code}`})`));
  });
}

/** @param {string} url */
function controls(url) {
  return {
    /** @type {() => Promise<SeenRequest[]>} */
    requests: () => control(url, "GET", "/requests"),
    /** @type {(method: string, part: string) => Promise<SeenRequest[]>} */
    requestsTo: async (method, part) => {
      /** @type {SeenRequest[]} */
      const all = await control(url, "GET", "/requests");
      return all.filter((request) => request.method === method && (request.target ?? request.path).includes(part));
    },
    clearRequests: () => control(url, "DELETE", "/requests"),
    /** @type {() => Promise<{ request_id: string, endpoint_id: string, is_done: boolean }[]>} */
    jobs: () => control(url, "GET", "/jobs"),
    fault: (/** @type {Fault} */ plan) => control(url, "POST", "/faults", plan),
    clearFaults: () => control(url, "DELETE", "/faults"),
    hold: (/** @type {HoldAbout} */ about) => hold(url, about),
    releaseAll: () => control(url, "DELETE", "/holds"),
    plan: (/** @type {FaultPlan} */ plan) => control(url, "PUT", "/fault-plan", plan),
    /** @type {() => Promise<PlanCounts>} */
    planned: () => control(url, "GET", "/fault-plan"),
    /** @type {() => Promise<PlanCounts>} */
    clearPlan: () => control(url, "DELETE", "/fault-plan"),
  };
}

/**
 * @param {string} url
 * @param {HoldAbout} about
 */
async function hold(url, about) {
  const { hold: id } = await control(url, "POST", "/holds", about);
  const reached = async (count = 1) => {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      /** @type {{ hold: number, waiting: number }[]} */
      const holds = await control(url, "GET", "/holds");
      if (holds.some(({ hold, waiting }) => hold === id && waiting >= count)) return;
      if (Date.now() > end) throw new Error(`Not ${count} at the hold ${JSON.stringify(about)} within ${PATIENCE_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { reached, release: () => control(url, "DELETE", `/holds/${id}`) };
}

/**
 * @param {string} url
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>}
 */
async function control(url, method, path, body) {
  const reply = await fetch(`${url}${CONTROL}${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${CONTROL}${path} was answered ${reply.status}: ${text}`);
  return text ? JSON.parse(text) : undefined;
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {Promise<void>} ended
 */
async function stop(child, ended) {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOPS_WITHIN_MS);
  await ended;
  clearTimeout(timer);
}
