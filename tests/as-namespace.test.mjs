// `import * as fal`: the module has the members of `fal`, and shares its configuration.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fal from "fal-wasm";

const members = new Map(Object.entries(fal));

/** Configures `fal` with a key and a `fetch` that answers every request. Returns the list of requested URLs. */
function note(answer) {
  const urls = [];
  fal.config({
    credentials: "id:secret",
    fetch: async (url) => {
      urls.push(String(url));
      return answer();
    },
  });
  return urls;
}

test("everything on fal is an export, too, apart from its setting", () => {
  const missing = Object.keys(fal.fal).filter((name) => name !== "persist" && members.get(name) === undefined);
  assert.deepEqual(missing, []);
  const { queue, storage, streaming, realtime } = fal;
  for (const [name, group] of Object.entries({ queue, storage, streaming, realtime })) {
    assert.deepEqual(Object.keys(group).sort(), Object.keys(Object.entries(fal.fal).find(([own]) => own === name)?.[1] ?? {}).sort());
  }
});

test("the calls of its groups use the configuration that was set last", async () => {
  const { submit } = fal.queue;
  const first = note(() => Response.json({ request_id: "r1" }));
  assert.equal((await submit("acme/app", { input: {} })).request_id, "r1");
  const second = note(() => Response.json({ request_id: "r2" }));
  assert.equal((await submit("acme/app", { input: {} })).request_id, "r2");
  assert.deepEqual([first, second], [["https://queue.fal.run/acme/app"], ["https://queue.fal.run/acme/app"]]);
});

test("a stream says what it was asked for, as the official client's does", async () => {
  const events = () => new Response('data: {"a":1}\n\n', { headers: { "content-type": "text/event-stream" } });
  const urls = note(events);
  const options = { input: { prompt: "a poem" }, queryParams: { x: "1" } };
  const stream = await fal.streaming.stream("acme/app", options);
  assert.deepEqual(await stream.done(), { a: 1 });
  assert.deepEqual(urls, ["https://fal.run/acme/app/stream?x=1"]);
  assert.equal(stream.endpointId, "acme/app");
  assert.equal(stream.url, urls[0]);
  assert.deepEqual(stream.options.input, options.input);
  assert.equal(stream.config.credentials, "id:secret");
  assert.doesNotMatch(JSON.stringify(stream), /secret/);
  assert.deepEqual(Object.keys(stream).filter((name) => name === "config"), []);
});

test("a stream's URL is the one that was given, or that of the status stream", async () => {
  const done = () => new Response('data: {"status":"COMPLETED"}\n\n', { headers: { "content-type": "text/event-stream" } });
  const urls = note(done);
  const given = await fal.stream("acme/app", { url: "https://fal.run/acme/app/other" });
  await given.done();
  const statuses = await fal.queue.streamStatus("acme/app/path", { requestId: "764cabcf-b745-4b3e-ae38-1200304cf45b" });
  await statuses.done();
  assert.deepEqual([given.url, statuses.url], urls);
  assert.equal(statuses.endpointId, "acme/app/path");
});

test("a stream with a token keeps the token out of its URL", async () => {
  const urls = note(() => new Response('data: {"a":1}\n\n', { headers: { "content-type": "text/event-stream" } }));
  const stream = await fal.stream("acme/app", { connectionMode: "client", tokenProvider: async () => "jwt" });
  await stream.done();
  assert.match(urls[0], /fal_jwt_token=jwt$/);
  assert.equal(stream.url, "https://fal.run/acme/app/stream");
});
