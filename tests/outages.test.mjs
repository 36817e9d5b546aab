// A network outage says nothing about whether a proxy can stream. Runs in Node, with a `fetch` of the test's own and a faster
// clock.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "./support/client.mjs";
import { speedUpClock } from "./support/clock.mjs";

let library;
let restore;
before(async () => {
  restore = speedUpClock(20);
  library = await import("../dist/index.js");
});
after(() => restore());

const OUTAGE_MS = 4_000;
const event = (status) => `data: ${JSON.stringify({ status, request_id: "r1" })}\n\n`;

/** Makes a client with a proxy of its own, over a network that the test controls. `streams` counts the stream requests. */
function start() {
  /** @type {{ isDown: boolean, breaksStreams: boolean, streams: number, open: ReadableStreamDefaultController | undefined, isQuick?: boolean }} */
  const net = { isDown: false, breaksStreams: false, streams: 0, open: undefined };
  const fetch = async (_, { method, headers }) => {
    const target = headers["x-fal-target-url"];
    const isStream = target.includes("/status/stream");
    if (isStream) net.streams += 1;
    if (net.isDown || (isStream && net.breaksStreams)) throw new TypeError("fetch failed");
    if (method === "POST") return Response.json({ status: "IN_QUEUE", request_id: "r1" });
    if (!target.includes("/status")) return Response.json({ answer: 42 });
    if (!isStream) return Response.json({ status: "COMPLETED", request_id: "r1" });
    const body = new ReadableStream({
      start(controller) {
        net.open = controller;
        controller.enqueue(new TextEncoder().encode(event(net.isQuick ? "COMPLETED" : "IN_QUEUE")));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  const proxyUrl = { url: `https://app.example/${Math.random()}`, when: "always" };
  const fal = library.createFalClient({ proxyUrl, fetch });
  return { net, subscribe: () => fal.subscribe("acme/app", { input: {} }) };
}

test("an outage of 4 s does not mark a proxy as unable to stream", async () => {
  const { net, subscribe } = start();
  const first = subscribe();
  await until(() => net.open);
  net.isDown = true;
  net.open?.error(new TypeError("network error"));
  setTimeout(() => (net.isDown = false), OUTAGE_MS);
  assert.deepEqual((await first).data, { answer: 42 });
  const before = net.streams;
  net.isQuick = true;
  await subscribe();
  assert.equal(net.streams - before, 1, "the next job is followed by a stream");
});

test("a proxy that breaks every stream is found out, and polled", async () => {
  const { net, subscribe } = start();
  net.breaksStreams = true;
  const from = performance.now();
  await subscribe();
  assert.ok(net.streams > 0);
  await until(() => performance.now() - from > 70_000, 200_000);
  await subscribe();
  net.streams = 0;
  await subscribe();
  assert.equal(net.streams, 0);
});
