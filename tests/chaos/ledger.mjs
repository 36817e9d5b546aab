// What the emulator really did, by its own word: each job that was made tells its end to a webhook,
// also where the answer to its submit was lost. Nothing of the client is in between.
import { createServer } from "node:http";

/**
 * Listens. Gives
 * - `url`: to be given as `webhookUrl`
 * - `jobs`: the jobs that have ended, `{ marker, status }` by request id
 * - `settled()`: resolves once no further job has ended for `quiet_ms`
 */
export async function openLedger({ quiet_ms = 5_000 } = {}) {
  const jobs = new Map();
  let lastAt = performance.now();
  const server = createServer(async (request, response) => {
    const text = await bodyOf(request);
    response.end();
    const { request_id, status, payload } = JSON.parse(text);
    jobs.set(request_id, { marker: payload?.marker, status });
    lastAt = performance.now();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    jobs,
    async settled() {
      lastAt = performance.now();
      while (performance.now() - lastAt < quiet_ms) await new Promise((resolve) => setTimeout(resolve, 200));
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
