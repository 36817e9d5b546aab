// The calls of the official client's two README files, with only the import changed. Rewritten in the same order and style.
// They must compile with the official types, too. One README uses `update.position`; the types of both packages have only
// `queue_position`, so it is used here.

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
