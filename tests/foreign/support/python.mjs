// Runs the official Python client in its own process, one scenario after another.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";
import { foreignPython } from "../../../scripts/foreign.mjs";
import { output } from "../../../scripts/steps.mjs";
import { KEY } from "./endpoints.mjs";
import { startTunnel } from "./tunnel.mjs";

const worker = fileURLToPath(new URL("../python/worker.py", import.meta.url));
const HOSTS = ["fal.run", "*.fal.run", "*.fal.ai", "*.fal.media"];

/**
 * Starts Python with the client. All of the client's hosts lead to the emulator.
 *
 * - `value(scenario, arguments)`: the return value of a function in python/
 * - `error(scenario, arguments)`: the attributes of the exception that it raises, by name
 * - `folder`: a temporary folder for files
 * - `refused`: hosts that are not fal.ai's and that the client tried to reach
 */
export async function startPython(emulator) {
  const executable = await foreignPython();
  const folder = await mkdtemp(path.join(os.tmpdir(), "fal-foreign-"));
  const tunnel = await startTunnel(emulator.url, await certificate(executable, folder));
  const env = {
    ...withoutProxies(process.env),
    FAL_KEY: KEY,
    HTTPS_PROXY: tunnel.url,
    SSL_CERT_FILE: path.join(folder, "client.pem"),
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const child = spawn(executable, ["-u", worker], { env, stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const answers = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const call = async (scenario, args = {}) => {
    child.stdin.write(`${JSON.stringify({ scenario, arguments: args })}\n`);
    const { done, value } = await answers.next();
    if (done) throw new Error(`Python ended during ${scenario}: its error is above.`);
    return JSON.parse(value);
  };
  const stop = async () => {
    child.stdin.end();
    await ended;
    await tunnel.stop();
    await rm(folder, { recursive: true });
  };
  return { ...expectations(call), folder, refused: tunnel.refused, stop };
}

function expectations(call) {
  return {
    async value(scenario, args) {
      const answer = await call(scenario, args);
      assert.equal(answer.error, undefined, JSON.stringify(answer.error));
      return answer.value;
    },
    async error(scenario, args) {
      const answer = await call(scenario, args);
      assert.ok(answer.error, `no error, but ${JSON.stringify(answer.value)}`);
      return answer.error;
    },
  };
}

/** Makes a temporary certificate for fal.ai's hosts, and a certificate authority that the client trusts. */
async function certificate(executable, folder) {
  const made = output(executable, ["-m", "trustme", "--quiet", "--dir", folder, "--identities", ...HOSTS]);
  if (made === undefined) throw new Error("trustme could not make a certificate.");
  const read = (name) => readFile(path.join(folder, name));
  return { key: await read("server.key"), cert: await read("server.pem") };
}

function withoutProxies(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(https?|all|no|wss?)_proxy$|^FAL_/i.test(name)));
}
