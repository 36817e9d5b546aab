// An answer that is no result must not end a paid job. If a cache, a login page or a gateway answers in place of the service,
// the client asks again. It loses no job and mixes up no results.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { until } from "./support/client.mjs";
import { json, loginPage, silence, startBehindGateway } from "./support/gateway.mjs";

const SPEED = 20;
const UNKNOWN_ID = "99999999-aaaa-4bbb-8ccc-dddddddddddd";

let started;
let client;
let gateway;
before(async () => ({ client, gateway } = started = await startBehindGateway({ speed: SPEED })));
after(() => started?.stop());
beforeEach(async () => {
  await started.reset();
  await client.run(() => {
    /** Follows a job that returns its input. Resolves with the name in that input, and the request id. */
    window.follow = async (options = {}, name = "x") => {
      const { data, requestId } = await fal.subscribe("emulator/echo", { mode: "polling", input: { name }, ...options });
      return { name: data.body?.name, requestId };
    };
    /** Submits such a job and waits until it has ended. Resolves with its request id. */
    window.finished = async (name = "x", options = {}) => {
      const { request_id: requestId } = await fal.queue.submit("emulator/echo", { input: { name }, ...options });
      await fal.queue.subscribeToStatus("emulator/echo", { requestId, mode: "polling" });
      return requestId;
    };
    window.resultOf = async (requestId, options = {}) => {
      const result = await fal.queue.result("emulator/echo", { requestId, ...options });
      return { name: result.data.body?.name, requestId: result.requestId };
    };
  });
});
afterEach(() => assert.deepEqual(client.unhandled, []));

/** Parts of the URLs of status requests and of result requests. */
const STATUS = "/status?";
const RESULT = "/requests/";
const callsOf = (part) => gateway.calls.filter(({ method, target }) => method === "GET" && target.includes(part));
const resultCalls = () => callsOf(RESULT).filter(({ target }) => !target.includes("/status"));
/** Answers the next result requests. */
const onResult = (answer, { times = Infinity } = {}) => {
  let left = times;
  gateway.when(RESULT, (response, call, forward) => {
    if (call.target.includes("/status") || left-- <= 0) return forward();
    return answer(response, call, forward);
  }, { method: "GET" });
};
const nameRequest = (id) => (_response, _call, forward) => forward((answer) => ({ ...answer, headers: { ...answer.headers, "x-fal-request-id": id } }));
const text = (body, type = "application/json") => (response) => response.writeHead(200, { "content-type": type }).end(body);

describe("answers that a cache kept", () => {
  test("are not taken: a proxy that allows five seconds of it mixes nothing up", async () => {
    const keep = (_response, _call, forward) => forward((answer) => ({ ...answer, headers: { ...answer.headers, "cache-control": "public, max-age=5" } }));
    gateway.when(STATUS, keep, { method: "GET" });
    onResult(keep);
    const jobs = await client.run(() => Promise.all(["a", "b", "c"].map((name) => follow({}, name))));
    assert.deepEqual(jobs.map(({ name }) => name), ["a", "b", "c"]);
    const results = await client.run(async () => {
      const ids = [await finished("a"), await finished("b")];
      return { ids, results: [await resultOf(ids[0]), await resultOf(ids[1])] };
    });
    assert.deepEqual(results.results, [{ name: "a", requestId: results.ids[0] }, { name: "b", requestId: results.ids[1] }]);
  });

  test("are not taken where a status stream was kept", async () => {
    const keep = (_response, _call, forward) => forward((answer) => ({ ...answer, headers: { ...answer.headers, "cache-control": "public, max-age=5" } }));
    gateway.when(RESULT, keep, { method: "GET" });
    const jobs = await client.run(() => Promise.all(["a", "b", "c"].map((name) => follow({ mode: "streaming" }, name))));
    assert.deepEqual(jobs.map(({ name }) => name), ["a", "b", "c"]);
  });

  test("are asked for again where a CDN heeds no request's wish: by a URL of its own", async () => {
    const kept = new Map();
    const cdn = (response, call, forward) => {
      const answer = kept.get(call.url);
      if (answer) return response.writeHead(answer.status, answer.headers).end(answer.body);
      return forward((fresh) => (kept.set(call.url, { ...fresh, headers: { "content-type": "application/json", "x-fal-request-id": fresh.headers["x-fal-request-id"] ?? "" } }), fresh));
    };
    gateway.when(RESULT, cdn, { method: "GET" });
    const jobs = await client.run(() => Promise.all(["a", "b"].map((name) => follow({}, name))));
    assert.deepEqual(jobs.map(({ name }) => name), ["a", "b"]);
  });

  for (const [what, busy] of /** @type {[string, import("./support/gateway.mjs").Answer][]} */ ([
    ["is busy", json({ detail: "busy" }, { status: 429, headers: { "retry-after": "31" } })],
    ["has not got the result yet", json({ detail: "Request is still in progress" }, { status: 400 })],
  ])) {
    test(`are asked for again past such a CDN, also after the service said there that it ${what}`, async () => {
      let kept;
      let left = 1;
      onResult((response, call, forward) => {
        if (call.url.includes("?")) return left-- > 0 ? busy(response, call, forward) : forward();
        if (kept) return response.writeHead(200, kept.headers).end(kept.body);
        return forward((fresh) => (kept = fresh));
      });
      const seen = await client.run(async () => {
        await resultOf(await finished("a"));
        return follow({}, "b");
      });
      assert.equal(seen.name, "b");
      assert.equal(seen.name, "b");
      assert.equal(resultCalls().filter(({ url }) => !url.includes("?")).length, 2, "the cache was not asked again");
    });
  }

  test("of a service worker that heeds no wish are never another request's result", async () => {
    const worker = `
      self.addEventListener("install", () => self.skipWaiting());
      self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
      self.addEventListener("fetch", (event) => {
        if (event.request.method !== "GET" || !event.request.url.includes("/api/fal/proxy")) return;
        event.respondWith((async () => {
          const cache = await caches.open("all");
          const kept = await cache.match(event.request);
          if (kept) return kept;
          const answer = await fetch(event.request);
          if (answer.ok) await cache.put(event.request, answer.clone());
          return answer;
        })());
      });`;
    gateway.when("/sw.js", (response) => response.writeHead(200, { "content-type": "text/javascript", "service-worker-allowed": "/" }).end(worker));
    const seen = await client.run(async () => {
      const ids = [await finished("a"), await finished("b")];
      await navigator.serviceWorker.register("/sw.js", { scope: "/" });
      const controlled = () => navigator.serviceWorker.controller || new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
      await controlled();
      try {
        const results = [await resultOf(ids[0]), await resultOf(ids[1])];
        const jobs = await Promise.all(["c", "d"].map((name) => follow({}, name)));
        return { ids, results, jobs };
      } finally {
        const registration = await navigator.serviceWorker.getRegistration("/");
        await registration?.unregister();
        await caches.delete("all");
      }
    });
    assert.deepEqual(seen.results, [{ name: "a", requestId: seen.ids[0] }, { name: "b", requestId: seen.ids[1] }]);
    assert.deepEqual(seen.jobs.map(({ name }) => name), ["c", "d"]);
  });
});

describe("an answer that names another request", () => {
  test("is asked for once more, and the right one is taken", async () => {
    onResult(nameRequest(UNKNOWN_ID), { times: 1 });
    const { id, result } = await client.run(async () => {
      const id = await finished("mine");
      return { id, result: await resultOf(id) };
    });
    assert.deepEqual(result, { name: "mine", requestId: id });
    assert.equal(resultCalls().length, 2);
  });

  test("is taken when the service says so twice: it has ids of its own", async () => {
    let n = 0;
    onResult((response, call, forward) => nameRequest(`${UNKNOWN_ID}-${n++}`)(response, call, forward));
    gateway.when(STATUS, nameRequest(UNKNOWN_ID), { method: "GET" });
    const { name } = await client.run(() => follow({}, "mine"));
    assert.equal(name, "mine");
    assert.ok(resultCalls().length <= 2);
  });

  test("is taken by a proxy, too, that knows no URL but its own", async () => {
    gateway.when(RESULT, (response, call, forward) => (call.url.includes("?") ? response.writeHead(404).end("no such page") : nameRequest(UNKNOWN_ID)(response, call, forward)), { method: "GET" });
    const { name } = await client.run(async () => resultOf(await finished("mine")));
    assert.equal(name, "mine");
  });

  test("is never taken where it is one of this page's: the result is not lost, and can be fetched later", async () => {
    let first;
    onResult((_response, _call, forward) => forward((answer) => (first ??= answer)));
    const seen = await client.run(async () => {
      const ids = [await finished("a"), await finished("b", { persist: true })];
      const result = await resultOf(ids[0]);
      const wrong = await resultOf(ids[1], { persist: true }).catch(({ code, requestId, message }) => ({ code, requestId, message }));
      const kept = (await fal.pending()).map(({ requestId }) => requestId);
      return { ids, result, wrong, kept };
    });
    assert.equal(seen.result.name, "a");
    assert.deepEqual([seen.wrong.code, seen.wrong.requestId], ["bad_response", seen.ids[1]]);
    assert.match(seen.wrong.message, /about another request/);
    assert.ok(seen.kept.includes(seen.ids[1]));
    gateway.reset();
    assert.equal((await client.run(async (id) => (await resultOf(id)).name, seen.ids[1])), "b");
  });
});

describe("in place of a result", () => {
  const answers = {
    "a login page": loginPage,
    "a login page that calls itself text": text(" <!DOCTYPE html><title>Log in</title>", "text/plain"),
    "an empty 202": (response) => response.writeHead(202, { "content-type": "application/json" }).end(),
    "a 204": (response) => response.writeHead(204).end(),
    "an event stream": text('data: {"status":"COMPLETED"}\n\n', "text/event-stream"),
    "half a JSON whose connection is cut": (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write('{"body":{"name":"mi', () => response.destroy());
    },
    "half a JSON": text('{"body":{"name":"mi'),
    "a status": json({ status: "COMPLETED", request_id: "x", response_url: "https://queue.fal.run/x" }),
    "a status as text": text('{"status":"COMPLETED","request_id":"x","response_url":"https://queue.fal.run/x"}', "text/plain"),
  };
  for (const [what, answer] of Object.entries(answers)) {
    test(`${what} is asked for again`, async () => {
      onResult(answer, { times: 2 });
      const { name } = await client.run(() => follow({}, "mine"));
      assert.equal(name, "mine");
      assert.equal(resultCalls().length, 3);
    });
  }

  for (const what of ["a login page", "a 204", "half a JSON", "a status"]) {
    test(`${what} that stays is a bad_response in the end, and the request is kept`, async () => {
      onResult(answers[what]);
      const seen = await client.run(async () => {
        const id = await finished("mine", { persist: true });
        const error = await resultOf(id, { persist: true }).catch(({ code, requestId }) => ({ code, requestId }));
        return { id, error, kept: (await fal.pending()).map(({ requestId }) => requestId) };
      });
      assert.deepEqual(seen.error, { code: "bad_response", requestId: seen.id });
      assert.ok(seen.kept.includes(seen.id));
      assert.equal(resultCalls().length, 6);
    });
  }

  const HTTP = {
    "a 404 of the service": json({ detail: "Request not found" }, { status: 404 }),
    "a 404 of a proxy": (response) => response.writeHead(404, { "content-type": "text/html" }).end("<html>Not found"),
    "`400 Request is still in progress`": json({ detail: "Request is still in progress" }, { status: 400 }),
    "a gateway's 500": (response) => response.writeHead(500, { "content-type": "text/html" }).end("<html>Oops"),
    "a gateway's 503": (response) => response.writeHead(503).end("upstream connect error"),
  };
  for (const [what, answer] of Object.entries(HTTP)) {
    test(`after COMPLETED, ${what} is waited out`, async () => {
      // The client waits 1 + 2 + 4 + 8 seconds, longer than a gateway needs to come back.
      onResult(answer, { times: 4 });
      const { name } = await client.run(() => follow({}, "mine"));
      assert.equal(name, "mine");
    });
  }

  test("after COMPLETED, the patience is one of minutes, as for a status", async () => {
    // The client waits 1 + 2 + 4 + 8 + 16 + 30 + 30 + 30 seconds.
    onResult(json({ detail: "Service Unavailable" }, { status: 503 }), { times: 8 });
    assert.equal((await client.run(() => follow({}, "mine"))).name, "mine");
  });

  test("the failure of a job is told without that patience", async () => {
    onResult(json({ detail: "Runner went away", error_type: "runner_disconnected" }, { status: 503 }));
    const error = await client.run(() => follow().catch(({ status, message }) => ({ status, message })));
    assert.equal(error.status, 503);
    assert.ok(resultCalls().length <= 4);
  });

  test("text, bytes, and a page that names the request are results", async () => {
    const give = (body, type) => onResult((response, call) => response.writeHead(200, { "content-type": type, "x-fal-request-id": /requests\/([^/?]+)/.exec(call.target)?.[1] }).end(body), { times: 1 });
    const fetchResult = () => client.run(async () => {
      const { data } = await fal.queue.result("emulator/echo", { requestId: await finished() });
      return data instanceof ArrayBuffer ? [...new Uint8Array(data)] : data;
    });
    give("<p>é</p>", "text/html; charset=utf-8");
    assert.equal(await fetchResult(), "<p>é</p>");
    gateway.reset();
    give("plain é", "Text/Plain");
    assert.equal(await fetchResult(), "plain é");
    gateway.reset();
    give(Buffer.from([0, 255]), "Image/PNG");
    assert.deepEqual(await fetchResult(), [0, 255]);
    gateway.reset();
    give('{"a":"é"}', "Application/JSON; charset=UTF-8");
    assert.deepEqual(await fetchResult(), { a: "é" });
  });
});

describe("in place of a status", () => {
  const answers = {
    "PENDING": json({ status: "PENDING", request_id: "x", response_url: "https://queue.fal.run/x" }),
    "an empty 202": (response) => response.writeHead(202, { "content-type": "application/json" }).end(),
    "a login page": loginPage,
    "JSON with NaN": text('{"status":"IN_PROGRESS","metrics":{"progress":NaN}}'),
    "a result": json({ video: { url: "https://v3.fal.media/x.mp4" } }),
    "a 404 of a proxy that is being deployed": json({ detail: "Not Found" }, { status: 404 }),
  };
  for (const [what, answer] of Object.entries(answers)) {
    test(`${what} is asked for again while a request is followed`, async () => {
      gateway.when(STATUS, answer, { times: 3 });
      const updates = await client.run(async () => {
        const updates = [];
        await follow({ onQueueUpdate: ({ status }) => updates.push(status) });
        return [...new Set(updates)];
      });
      assert.deepEqual(updates.filter((status) => !/^(IN_QUEUE|IN_PROGRESS|COMPLETED)$/.test(status)), []);
      assert.equal(updates.at(-1), "COMPLETED");
    });
  }

  test("PENDING in a status stream is passed over, as a poll passes it over", async () => {
    const event = (status, call) => `data: ${JSON.stringify({ status, request_id: /requests\/([^/?]+)/.exec(call.target)?.[1], response_url: "https://queue.fal.run/x" })}\n\n`;
    gateway.when("/status/stream", (response, call) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(event("IN_QUEUE", call) + event("PENDING", call) + event("IN_PROGRESS", call));
    });
    const updates = await client.run(async () => {
      const updates = [];
      await follow({ mode: "streaming", onQueueUpdate: ({ status }) => updates.push(status) });
      return updates;
    });
    assert.deepEqual(updates, ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]);
  });

  test("a status stream of another request is not followed", async () => {
    gateway.when("/status/stream", text(`data: {"status":"COMPLETED","request_id":"${UNKNOWN_ID}","response_url":"https://queue.fal.run/x"}\n\n`, "text/event-stream"));
    const { name } = await client.run(() => follow({ mode: "streaming" }, "mine"));
    assert.equal(name, "mine");
    assert.ok(callsOf(STATUS).length > 0, "it is polled");
  });

  for (const [what, answer] of [["a login page", loginPage], ["`OK`", text("OK", "text/plain")], ["a health check", json({ status: "ok" })]]) {
    test(`queue.status that gets ${what} does not resolve with it`, async () => {
      gateway.when(STATUS, answer);
      const { code, calls } = await client.run(async () => {
        const { request_id: requestId } = await fal.queue.submit("emulator/echo", { input: {} });
        const { code } = await fal.queue.status("emulator/echo", { requestId }).catch((error) => error);
        return { code };
      });
      assert.equal(code, "bad_response");
      assert.equal(callsOf(STATUS).length, 6);
      assert.equal(calls, undefined);
    });
  }

  test("a status that came as plain text is taken", async () => {
    gateway.when(STATUS, (_response, _call, forward) => forward((answer) => ({ ...answer, headers: { ...answer.headers, "content-type": "text/plain" } })));
    const status = await client.run(async () => {
      const { request_id: requestId } = await fal.queue.submit("emulator/echo", { input: {} });
      return (await fal.queue.status("emulator/echo", { requestId })).response_url;
    });
    assert.match(status, /^https:\/\/queue\.fal\.run\/emulator\/echo\/requests\//);
  });
});

describe("the last status", () => {
  for (const error of ["", " ", false, 0, [], {}, null]) {
    test(`with error: ${JSON.stringify(error)} is a success`, async () => {
      gateway.when(STATUS, (_response, _call, forward) => forward((answer) => ({ ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), error }) })));
      assert.equal((await client.run(() => follow({}, "mine"))).name, "mine");
    });
  }

  for (const failure of [{ error: "Runner went away" }, { error: "", error_type: "runner_disconnected" }]) {
    test(`with ${JSON.stringify(failure)} is a failure, whatever the result call says`, async () => {
      gateway.when(STATUS, (_response, _call, forward) => forward((answer) => ({ ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), ...failure }) })));
      const error = await client.run(() => follow().catch(({ code, message }) => ({ code, message })));
      assert.equal(error.code, "job_failed");
      assert.ok(error.message.startsWith(failure.error || failure.error_type));
    });
  }
});

describe("Retry-After", () => {
  const busy = json({ detail: "busy" }, { status: 429, headers: { "retry-after": "31" } });

  test("of a status or a result is waited out, longer than the client would wait by itself", async () => {
    gateway.when(STATUS, busy, { times: 1 });
    onResult(busy, { times: 1 });
    const seconds = await client.run(async () => {
      const from = Date.now();
      await follow();
      return (Date.now() - from) / 1_000;
    });
    assert.ok(seconds >= 62, `${seconds} s`);
  });

  test("of a cancel, too", async () => {
    gateway.when("/cancel", busy, { times: 1 });
    await client.run(async () => fal.queue.cancel("emulator/echo", { requestId: await finished() }).catch(() => {}));
    assert.equal(gateway.calls.filter(({ method }) => method === "PUT").length, 2);
  });

  test("is waited for within the caller's timeout", async () => {
    gateway.when(STATUS, busy);
    const name = await client.run(() => follow({ timeout: 10_000 }).catch((error) => error.name));
    assert.equal(name, "TimeoutError");
  });
});

describe("a server that never answers", () => {
  test("is asked again for a status", async () => {
    gateway.when(STATUS, silence, { times: 1 });
    assert.equal((await client.run(() => follow({}, "mine"))).name, "mine");
    assert.ok(callsOf(STATUS).length > 1);
    await until(() => !callsOf(STATUS)[0].isOpen);
  });

  test("is asked again for a result, also where it stops in the middle of one", async () => {
    onResult(silence, { times: 1 });
    assert.equal((await client.run(() => follow({}, "mine"))).name, "mine");
    gateway.reset();
    onResult((response) => response.writeHead(200, { "content-type": "application/json" }).write('{"body":{"na'), { times: 1 });
    assert.equal((await client.run(() => follow({}, "mine"))).name, "mine");
    await until(() => !resultCalls()[0].isOpen);
  });

  test("is given the time that a long result takes, piece by piece", async () => {
    onResult((response) => {
      const pieces = '{"body":{"name":"mine"}}'.split("");
      response.writeHead(200, { "content-type": "application/json" });
      const next = () => (pieces.length ? setTimeout(next, 100, response.write(pieces.shift())) : response.end());
      next();
    });
    assert.equal((await client.run(() => follow({}, "mine"))).name, "mine");
    assert.equal(resultCalls().length, 1);
  });

  test("is asked again to cancel", async () => {
    gateway.when("/cancel", silence, { times: 1 });
    await client.run(async () => fal.queue.cancel("emulator/echo", { requestId: await finished() }).catch(() => {}));
    assert.equal(gateway.calls.filter(({ method }) => method === "PUT").length, 2);
  });
});

describe("what was done", () => {
  test("a cancel that is answered with an empty body under a JSON type is acknowledged", async () => {
    gateway.when("/cancel", (response) => {
      // Chunked, so that no Content-Length says that the body is empty.
      response.writeHead(202, { "content-type": "application/json", "transfer-encoding": "chunked" });
      response.flushHeaders();
      response.end();
    });
    await client.run(async () => fal.queue.cancel("emulator/echo", { requestId: await finished() }));
    assert.equal(gateway.calls.filter(({ method }) => method === "PUT").length, 1);
  });

  test("a cancel that is answered with a login page is not", async () => {
    gateway.when("/cancel", loginPage, { times: 1 });
    await client.run(async () => fal.queue.cancel("emulator/echo", { requestId: await finished() }).catch(() => {}));
    assert.equal(gateway.calls.filter(({ method }) => method === "PUT").length, 2);
  });

  for (const type of ["text/plain", "Application/JSON", "application/octet-stream"]) {
    test(`a submit that is answered as ${type} is taken, or its request is named`, async () => {
      gateway.when("emulator/echo", (_response, _call, forward) => forward((answer) => ({ ...answer, headers: { ...answer.headers, "content-type": type } })), { method: "POST" });
      const id = await client.run(async () => {
        const reply = await fal.queue.submit("emulator/echo", { input: {} }).catch((error) => ({ request_id: error.requestId, isUncertain: error.jobMayExist }));
        return reply.request_id;
      });
      assert.match(id, /^[\w-]{36}$/);
      assert.equal(gateway.calls.filter(({ method }) => method === "POST").length, 1);
    });
  }

  test("a submit that is answered with a page is not sent again, and says that the job may exist", async () => {
    gateway.when("emulator/echo", loginPage, { method: "POST" });
    const error = await client.run(() => fal.queue.submit("emulator/echo", { input: {} }).catch(({ code, jobMayExist }) => ({ code, jobMayExist })));
    assert.deepEqual(error, { code: "bad_response", jobMayExist: true });
    assert.equal(gateway.calls.filter(({ method }) => method === "POST").length, 1);
  });

  test("a run that is answered with a login page is no result", async () => {
    gateway.when("emulator/echo", loginPage, { method: "POST" });
    assert.equal(await client.run(() => fal.run("emulator/echo", { input: {} }).catch(({ code }) => code)), "bad_response");
  });
});
