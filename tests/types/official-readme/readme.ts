// The calls of the official client's two README files, with only the import changed. Written
// anew, in the same order and the same way; checked against the official types too.
// `update.position` of the one is `queue_position` here, as the types of both have it.

import { fal } from "fal-wasm";

fal.config({
  credentials: "FAL_KEY",
});

const ran = await fal.run("my-function-id", {
  input: { foo: "bar" },
});
console.log(ran.data.anything, ran.requestId.length);

const result = await fal.subscribe("my-function-id", {
  input: { foo: "bar" },
  onQueueUpdate(update) {
    if (update.status === "IN_QUEUE") {
      console.log(`ahead of you: ${update.queue_position}`);
    }
  },
});
console.log(result.data);

fal.config({
  proxyUrl: "/api/fal/proxy",
});
