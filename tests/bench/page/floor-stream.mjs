// Reads event streams whose events are one line of JSON each. The bench needs no others.
import { call } from "./floor-call.mjs";

export async function stream(id, { input }) {
  const answer = await call("POST", `https://fal.run/${id}`, { body: input, accept: "text/event-stream" });
  /** @type {((event: unknown) => void)[]} */
  const listeners = [];
  return {
    on: (type, listener) => listeners.push(listener),
    done: () => events(answer, (event) => listeners.forEach((listener) => listener(event))),
    async *[Symbol.asyncIterator]() {
      for await (const batch of batches(answer)) yield* batch;
    },
  };
}

/** Reads an answer to its end and calls `each` with every event. */
export async function events(answer, each) {
  for await (const batch of batches(answer)) batch.forEach(each);
}

/** Yields the events of each chunk. */
async function* batches(answer) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of answer.body) {
    const texts = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
    rest = texts.pop() ?? "";
    yield texts.filter((text) => text.startsWith("data:")).map((text) => JSON.parse(text.slice(5)));
  }
}
