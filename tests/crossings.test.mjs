// Counts how often a call crosses the boundary between JavaScript and WebAssembly, in either direction. Runs in Node, with a
// `fetch` of the test's own: the server makes no difference to the count.

import assert from "node:assert/strict";
import { before, test } from "node:test";

/** The most crossings for a default subscribe with three requests. */
const MOST = 45;

let into = 0;
let outOf = 0;
const Instance = WebAssembly.Instance;
// Set this up before the package makes its instance.
/** @type {any} */ (WebAssembly).Instance = function (module, imports) {
  const counted = Object.fromEntries(Object.entries(imports).map(([name, functions]) => [name, countCalls(functions, () => (outOf += 1))]));
  const { exports } = new Instance(module, counted);
  return { exports: countCalls(exports, () => (into += 1)) };
};

/** Wraps the functions, so that their calls are counted. Other values stay as they are. */
function countCalls(functions, count) {
  const wrap = (it) =>
    typeof it !== "function" ? it : (...given) => {
      count();
      return it(...given);
    };
  return Object.fromEntries(Object.entries(functions).map(([name, it]) => [name, wrap(it)]));
}

let library;
before(async () => {
  library = await import("../dist/index.js");
  await library.preload();
});

const REQUEST = "https://queue.fal.run/acme/app/requests/r-1";
const reply = { request_id: "r-1", status: "IN_QUEUE", status_url: `${REQUEST}/status`, response_url: REQUEST, cancel_url: `${REQUEST}/cancel`, queue_position: 0 };
const answers = {
  "/acme/app": () => Response.json(reply),
  "/status/stream": () => {
    const completed = { ...reply, status: "COMPLETED", logs: [] };
    return new Response(`data: ${JSON.stringify(completed)}\n\n`, { headers: { "content-type": "text/event-stream" } });
  },
  "/requests/r-1": () => Response.json({ ok: true }, { headers: { "x-fal-request-id": "r-1" } }),
};

test(`a default subscribe of three requests crosses the boundary ${MOST} times at most`, async (t) => {
  const paths = [];
  const fetch = async (url) => {
    const { pathname } = new URL(url);
    paths.push(pathname);
    return Object.entries(answers).find(([end]) => pathname.endsWith(end))?.[1]();
  };
  const fal = library.createFalClient({ credentials: "id:secret", fetch });
  [into, outOf] = [0, 0];
  const { data } = await fal.subscribe("acme/app", { input: { prompt: "x" } });
  assert.deepEqual(data, { ok: true });
  assert.equal(paths.length, 3, paths.join(" "));
  t.diagnostic(`${into + outOf} crossings: ${into} into the module, ${outOf} out of it`);
  assert.ok(into + outOf <= MOST, `${into} in, ${outOf} out`);
});
