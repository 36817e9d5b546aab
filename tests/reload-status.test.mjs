// The first status after a reload must not wait for the requests of the page that went away.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { until, withClient } from "./support/client.mjs";
import { HALF } from "./support/emulator.mjs";

/** The limit for the first status. If Firefox's cache takes part, GETs of one URL wait for each other for longer. */
const SOON_MS = 6_000;
const RELOADS = 3;

const client = withClient();
beforeEach(() => client.reset());

test("a status is told soon after a reload, though the page before had a stream of statuses open", async () => {
  const held = await client.emulator.hold(HALF);
  const requestId = await client.page.evaluate(
    () => new Promise((onEnqueue) => fal.subscribe(TEXT_TO_VIDEO, { input: { prompt: "x" }, onEnqueue }).catch(() => {})),
  );
  await held.reached();
  for (let n = 1; n <= RELOADS; n += 1) {
    await until(async () => (await client.sent("/status/stream")).length > 0);
    await client.emulator.clearRequests();
    await client.page.reload();
    const told = await client.page.evaluate(
      async ([requestId, limit_ms]) => {
        const { fal } = await import("/fal-wasm/index.js");
        fal.config({ proxyUrl: "/api/fal/proxy" });
        const endpoint = "fal-ai/kandinsky5-pro/text-to-video";
        const status = fal.queue.status(endpoint, { requestId }).then(({ status }) => status);
        const first = await Promise.race([status, new Promise((resolve) => setTimeout(resolve, limit_ms, "nothing"))]);
        // This request is still open at the next reload.
        fal.queue.subscribeToStatus(endpoint, { requestId }).catch(() => {});
        return first;
      },
      [requestId, SOON_MS],
    );
    assert.equal(told, "IN_PROGRESS");
  }
});
