// Whole jobs, from submit to result. No answer is scripted: the emulator plays the service.

const DISTILL = "fal-ai/kandinsky5/text-to-video/distill";
const UNKNOWN = "0b6c1d1e-6b57-4d29-9f5e-5d2f0a0f1c11";
const prompt = { prompt: "a quiet sea" };
/** An endpoint that renders nothing, and therefore is fast. */
const ECHO = "emulator/echo";
const subscribe = (options) => ({ client, note }) =>
  client().subscribe(ECHO, {
    input: { ...prompt, delay_ms: 100, logs: ["one", "two"] },
    logs: true,
    pollInterval: 20,
    onEnqueue: (id) => note("enqueued", id),
    // Record only the end: the number of earlier updates depends on the clock.
    onQueueUpdate: (update) => update.status === "COMPLETED" && note("completed", update.logs),
    ...options,
  });

export const scenarios = [
  {
    id: "emulator-video",
    what: "a video, from the prompt to its URL",
    repeats: true,
    pace: 0.2,
    run: ({ client }) => client().subscribe(DISTILL, { input: prompt, mode: "polling" }),
  },
  { id: "emulator-subscribe", what: "subscribe, by polling", repeats: true, run: subscribe({ mode: "polling" }) },
  { id: "emulator-subscribe-streaming", what: "subscribe, by the status stream", run: subscribe({ mode: "streaming" }) },
  {
    id: "emulator-by-hand",
    what: "submit, status, result",
    repeats: true,
    run: async ({ client, note, sleep }) => {
      const { queue } = client();
      const { request_id: requestId } = await queue.submit(ECHO, { input: prompt, hint: "h", priority: "low" });
      for (;;) {
        const { status } = await queue.status(ECHO, { requestId });
        if (status === "COMPLETED") break;
        await sleep(20);
      }
      note("completed");
      return queue.result(ECHO, { requestId });
    },
  },
  {
    id: "emulator-cancel",
    what: "a job that is cancelled",
    repeats: true,
    run: async ({ client, note, sleep, settled }) => {
      const { queue } = client();
      const { request_id: requestId } = await queue.submit(ECHO, { input: { delay_ms: 30_000 } });
      note("cancel", await settled(queue.cancel(ECHO, { requestId })));
      for (let tries = 0; tries < 50; tries += 1) {
        const { status, error_type } = await queue.status(ECHO, { requestId });
        if (status === "COMPLETED") return { error_type, result: await settled(queue.result(ECHO, { requestId })) };
        await sleep(20);
      }
    },
  },
  {
    id: "emulator-upload",
    what: "a file, and what its URL then holds",
    run: async ({ client, note }) => {
      const url = await client().storage.upload(new File(["Hello, World!"], "hello.txt", { type: "text/plain" }));
      const answer = await fetch(url);
      note("stored", answer.status, answer.headers.get("content-type"), await answer.text());
      return url;
    },
  },
  { id: "emulator-run", what: "a run", run: ({ client }) => client().run(ECHO, { input: prompt }) },
  { id: "emulator-run-get", what: "a run with GET", run: ({ client }) => client().run(ECHO, { input: prompt, method: "get" }) },
  { id: "emulator-content", what: "a text", run: ({ client }) => client().run("emulator/content", { input: { content_type: "text/plain", text: "é" } }) },
  {
    id: "emulator-stream",
    what: "a stream",
    run: async ({ client, note }) => {
      const stream = await client().stream("emulator/stream", { input: { events: 5, delay_ms: 20, comment_every: 5 } });
      for await (const one of stream) note("next", one);
      return stream.done();
    },
  },
  {
    id: "emulator-stream-binary",
    what: "a stream of bytes",
    run: async ({ client }) => {
      const bytes = [];
      // Join the chunks: how the network cuts the stream is random.
      for await (const chunk of await client().stream("emulator/stream", { input: { binary: true, events: 2, chunk_bytes: 8 } })) bytes.push(...chunk);
      return new Uint8Array(bytes);
    },
  },
  {
    id: "emulator-stream-client",
    what: "a stream straight from the page, with the service's token",
    run: async ({ client }) => (await client().stream("emulator/stream", { input: { events: 2 }, connectionMode: "client" })).done(),
  },
  {
    id: "emulator-realtime",
    what: "a realtime connection, with the service's token",
    fresh: true,
    run: async ({ client, note, until, seen }) => {
      const handler = { throttleInterval: 0, onResult: (result) => note("result", result), onError: (error) => note("error", error) };
      const connection = client().realtime.connect("emulator/realtime", handler);
      connection.send({ prompt: "x", results: 2 });
      await until(() => seen() === 3);
    },
  },
  {
    id: "emulator-invalid",
    what: "an input that the model refuses",
    differs: ["inputs-checked"],
    repeats: true,
    pace: 0.2,
    run: ({ client }) => client().subscribe(DISTILL, { input: { prompt: "x", duration: "7s" }, mode: "polling" }),
    check({ theirs, ours, assert }) {
      const errors = [theirs, ours].map(({ outcome }) => outcome.thrown["«error»"]);
      assert.deepEqual(errors.map(({ name, status }) => [name, status]), [["ValidationError", 422], ["ValidationError", 422]]);
      assert.equal(ours.requests.length, 0, "nothing was sent");
    },
  },
  { id: "emulator-unknown-app", what: "an app that there is not", run: ({ client }) => client().queue.submit("acme/nothing", { input: prompt }) },
  { id: "emulator-unknown-request", what: "a request that there is not", run: ({ client }) => client().queue.status(DISTILL, { requestId: UNKNOWN }) },
  { id: "emulator-unknown-result", what: "its result", run: ({ client }) => client().queue.result(DISTILL, { requestId: UNKNOWN }) },
  { id: "emulator-unknown-cancel", what: "its end", run: ({ client }) => client().queue.cancel(DISTILL, { requestId: UNKNOWN }) },
  { id: "emulator-no-key", what: "without a key", run: async ({ client }) => (await client({ credentials: undefined }).queue.submit(ECHO, { input: prompt })).status },
  {
    id: "emulator-proxy",
    what: "through the emulator's proxy",
    repeats: true,
    run: ({ client }) => client({ credentials: undefined, proxyUrl: "/api/fal/proxy" }).subscribe(ECHO, { input: prompt, mode: "polling", pollInterval: 20 }),
  },
];
