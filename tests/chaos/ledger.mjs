// The jobs that the emulator has really made, independent of the client. The emulator lists its jobs. It also reports the end
// of each job to a webhook, even if the answer to the submit was lost.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { portOf } from "../support/port.mjs";

const LOOKS_EVERY_MS = 100;
/** The longest job takes 3 s. A job whose webhook takes longer than this is a finding. */
const SETTLES_WITHIN_MS = 60_000;

/**
 * Starts a server for webhooks. Returns
 * - `url`: the `webhookUrl` for jobs
 * - `jobs`: the jobs that have ended, `{ marker, status }` by request id
 * - `settled()`: resolves when `jobs` has every job that the emulator has made since the start
 */
export async function openLedger(emulator) {
  const before = new Set((await emulator.jobs()).map(({ request_id }) => request_id));
  /** @type {Map<string, { marker: string | undefined, status: string }>} */
  const jobs = new Map();
  const server = createServer(async (request, response) => {
    const text = await bodyOf(request);
    response.end();
    const { request_id, status, payload } = JSON.parse(text);
    jobs.set(request_id, { marker: payload?.marker, status });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const missing = async () => (await emulator.jobs()).filter(({ request_id }) => !before.has(request_id) && !jobs.has(request_id));
  return {
    url: `http://127.0.0.1:${portOf(server)}/`,
    jobs,
    async settled() {
      const from = performance.now();
      for (let left = await missing(); left.length > 0; left = await missing()) {
        if (performance.now() - from > SETTLES_WITHIN_MS) throw new Error(`Of these jobs no end was told: ${JSON.stringify(left)}`);
        await sleep(LOOKS_EVERY_MS);
      }
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
