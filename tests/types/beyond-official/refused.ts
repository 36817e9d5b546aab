// Programs that must not compile. An `@ts-expect-error` above a line without an error is itself an error. So these lines show
// that the checks of the other programs can fail.

import { ApiError, fal, isQueueStatus, type EndpointType, type InputType, type QueueStatus } from "fal-wasm";

const VIDEO = "fal-ai/kandinsky5-pro/image-to-video";
const image_url = "https://example.com/a.png";

// @ts-expect-error no such field
await fal.subscribe(VIDEO, { input: { prompt: "", image_url, promt: "" } });
// @ts-expect-error a field is missing
await fal.run(VIDEO, { input: { prompt: "" } });
// @ts-expect-error no such resolution
await fal.queue.submit(VIDEO, { input: { prompt: "", image_url, resolution: "720P" } });
// @ts-expect-error no such field
await fal.stream(VIDEO, { input: { prompt: "", image_url, promt: "" } });
// @ts-expect-error no such field in the output
(await fal.subscribe(VIDEO, { input: { prompt: "", image_url } })).data.image;
// @ts-expect-error no such option
await fal.subscribe(VIDEO, { input: { prompt: "", image_url }, onQueueUpdates: () => {} });
// @ts-expect-error no such option
fal.config({ proxy: "/api/fal/proxy" });
// @ts-expect-error a request is named by its id
await fal.queue.status(VIDEO, {});
// @ts-expect-error no such event
(await fal.stream("acme/app", {})).on("end", () => {});
// @ts-expect-error nothing to store
await fal.storage.upload("text");

declare const status: QueueStatus;
// @ts-expect-error only those who wait have a position
status.queue_position;
// @ts-expect-error it has no logs before it runs
if (status.status === "IN_QUEUE") status.logs;
declare const thing: unknown;
// @ts-expect-error it may be the error of anything
if (thing instanceof ApiError && !isQueueStatus(thing)) thing.fieldErrors;

// @ts-expect-error a store has three methods
fal.config({ persist: { put() {} } });
// @ts-expect-error an entry names its endpoint
await fal.resume({ requestId: "r1" });

// An id that is only known to be an endpoint type takes any input.
declare const anyId: EndpointType;
await fal.run(anyId, { input: { promt: "" } });
// Code that is generic over the id keeps its types.
export const relay = <Id extends EndpointType>(id: Id, input: InputType<Id>) => fal.subscribe(id, { input });
// @ts-expect-error a field is missing
await relay(VIDEO, { prompt: "" });
export const relayed: string = (await relay(VIDEO, { prompt: "", image_url })).data.video.url;
