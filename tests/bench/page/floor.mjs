// The floor: a client with the least code for the same work, with the API of `fal`. It works only with the emulator's
// proxy. It retries a failed PUT, and nothing else. It checks nothing.
import { upload } from "./floor-upload.mjs";
import { events, stream } from "./floor-stream.mjs";
import { call } from "./floor-call.mjs";

const QUEUE = "https://queue.fal.run";
const base = (id) => id.split("/").slice(0, 2).join("/");
const request = (id, requestId) => `${QUEUE}/${base(id)}/requests/${requestId}`;

async function submit(id, { input }) {
  const answer = await call("POST", `${QUEUE}/${id}`, { body: input });
  return answer.json();
}

async function status(id, { requestId }) {
  const answer = await call("GET", `${request(id, requestId)}/status?logs=0`);
  return answer.json();
}

async function result(id, { requestId }) {
  const answer = await call("GET", request(id, requestId));
  return { data: await answer.json(), requestId };
}

async function subscribe(id, { input }) {
  const { request_id: requestId } = await submit(id, { input });
  const statuses = await call("GET", `${request(id, requestId)}/status/stream?logs=0`, { accept: "text/event-stream" });
  await events(statuses, () => {});
  return result(id, { requestId });
}

export const fal = { config() {}, queue: { submit, status, result }, storage: { upload }, subscribe, stream };
