// The first status after a reload: a page that goes away must not hold up the one that comes.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { startClient, until } from "./support/client.mjs";

/** Firefox lets GETs of one URL wait for each other for longer than this, where its cache takes part. */
const SOON_MS = 6_000;
const RELOADS = 3;

let client;
before(async () => (client = await startClient()));
after(() => client?.stop());
beforeEach(() => client.reset());

test("a status is told soon after a reload, though the page before had a stream of statuses open", async () => {
  const held = await client.emulator.hold({ log_contains: "(50%)" });
  const requestId = await client.page.evaluate(
    () => new Promise((onEnqueue) => fal.subscribe(TEXT_TO_VIDEO, { input: { prompt: "x" }, onEnqueue }).catch(() => {})),
  );
  await held.reached();
  for (let n = 1; n <= RELOADS; n += 1) {
    await until(async () => (await client.sent("/status/stream")).length > 0, 20_000);
    await client.emulator.clearRequests();
    await client.page.reload();
    const told = await client.page.evaluate(
      async ([requestId, limit_ms]) => {
        const { fal } = await import("/fal-wasm/index.js");
        fal.config({ proxyUrl: "/api/fal/proxy" });
        const endpoint = "fal-ai/kandinsky5-pro/text-to-video";
        const status = fal.queue.status(endpoint, { requestId }).then(({ status }) => status);
        const first = await Promise.race([status, new Promise((resolve) => setTimeout(resolve, limit_ms, "nothing"))]);
        // Open when the next reload comes.
        fal.queue.subscribeToStatus(endpoint, { requestId }).catch(() => {});
        return first;
      },
      [requestId, SOON_MS],
    );
    assert.equal(told, "IN_PROGRESS");
  }
});
