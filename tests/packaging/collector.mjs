// Receives the reports of apps, wherever they run: in a page, a worker or a server.

import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { portOf } from "../support/port.mjs";

const WITHIN_MS = 90_000;

/**
 * Starts the collector.
 *
 * - `address(row)`: the URL to which the app of this row reports
 * - `report(row, broken)`: resolves with the row's first report. Rejects if none comes in time, or if the promise `broken`
 *   rejects
 * - `stop()`
 */
export async function startCollector() {
  const slots = new Map();
  const server = createServer(async (request, response) => {
    const body = await text(request);
    response.setHeader("access-control-allow-origin", "*").end();
    if (request.method === "POST") slot(slots, request.url).resolve(JSON.parse(body));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const port = portOf(server);
  const pathOf = (row) => `/${encodeURIComponent(row)}`;
  return {
    address: (row) => `http://127.0.0.1:${port}${pathOf(row)}`,
    async report(row, broken) {
      let timer;
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no report within ${WITHIN_MS / 1000} s`)), WITHIN_MS);
      });
      try {
        return await Promise.race([slot(slots, pathOf(row)).promise, broken, late]);
      } finally {
        clearTimeout(timer);
      }
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// Make the slot on first use: a report may come before the test waits for it.
function slot(slots, path) {
  if (!slots.has(path)) {
    const made = {};
    made.promise = new Promise((resolve) => (made.resolve = resolve));
    slots.set(path, made);
  }
  return slots.get(path);
}
