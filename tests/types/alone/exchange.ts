// The inputs of the official client can be given to this one, and the outputs of this client to code for the official one.
// Checked without the line that joins the two maps of endpoints.

import type * as ours from "fal-wasm";
import { createFalClient } from "fal-wasm";
import type * as theirs from "@fal-ai/client";
import type * as config from "../../../node_modules/@fal-ai/client/src/config.js";
import type * as queue from "../../../node_modules/@fal-ai/client/src/queue.js";
import type * as realtime from "../../../node_modules/@fal-ai/client/src/realtime.js";
import type * as storage from "../../../node_modules/@fal-ai/client/src/storage.js";
import type * as streaming from "../../../node_modules/@fal-ai/client/src/streaming.js";

/** Compiles only if a `From` can be given for a `To`. */
export type Given<From extends To, To> = [From, To];
interface Input {
  prompt: string;
}
interface Output {
  image: string;
}

export type Options = [
  Given<config.Config, ours.Config>,
  Given<theirs.RunOptions<Input>, ours.RunOptions<Input>>,
  Given<queue.SubmitOptions<Input>, ours.SubmitOptions<Input>>,
  Given<queue.QueueSubscribeOptions, ours.QueueSubscribeOptions>,
  Given<queue.QueueSubscribeOptions & theirs.RunOptions<Input>, ours.SubmitOptions<Input>>,
  Given<queue.QueueStatusOptions, ours.QueueStatusOptions>,
  Given<queue.QueueStatusStreamOptions, ours.QueueStatusStreamOptions>,
  Given<queue.QueueStatusSubscriptionOptions, ours.QueueStatusSubscriptionOptions>,
  Given<storage.UploadOptions, ours.UploadOptions>,
  Given<streaming.StreamOptions<Input>, ours.StreamOptions<Input>>,
  Given<realtime.RealtimeConnectionHandler<Output>, ours.RealtimeConnectionHandler<Output>>,
  Given<theirs.RetryOptions, ours.RetryOptions>,
  Given<theirs.RequestProxyConfig, ours.RequestProxyConfig>,
  Given<theirs.UrlOptions, ours.UrlOptions>,
];

export type Results = [
  Given<ours.Result<Output>, theirs.Result<Output>>,
  Given<ours.QueueStatus, theirs.QueueStatus>,
  Given<ours.InQueueQueueStatus, theirs.InQueueQueueStatus>,
  Given<ours.CompletedQueueStatus, theirs.CompletedQueueStatus>,
  Given<ours.ApiError<Output>, theirs.ApiError<Output>>,
  Given<ours.ValidationError, theirs.ValidationError>,
  Given<ours.RealtimeConnection<Input>, realtime.RealtimeConnection<Input>>,
  Given<ReturnType<typeof ours.parseEndpointId>, ReturnType<typeof theirs.parseEndpointId>>,
];

export type BothWays = [
  Given<ours.RequestMiddleware, theirs.RequestMiddleware>,
  Given<theirs.RequestMiddleware, ours.RequestMiddleware>,
  Given<ours.ResponseHandler<Output>, theirs.ResponseHandler<Output>>,
  Given<theirs.ResponseHandler<Output>, ours.ResponseHandler<Output>>,
  Given<ours.TokenProvider, theirs.TokenProvider>,
  Given<theirs.TokenProvider, ours.TokenProvider>,
  Given<ours.WebHookResponse<Output>, theirs.WebHookResponse<Output>>,
  Given<theirs.WebHookResponse<Output>, ours.WebHookResponse<Output>>,
  Given<ours.StorageSettings, theirs.StorageSettings>,
  Given<theirs.StorageSettings, ours.StorageSettings>,
];

const client = createFalClient();
export const realtimeClient: theirs.RealtimeClient = client.realtime;
export const storageClient: theirs.StorageClient = client.storage;
// Streams of the official client can be given for ours.
export type Stream = Given<theirs.FalStream<Input, Output>, ours.FalStream<Input, Output>>;

// @ts-expect-error theirs is a class with private members, see FalStream in js/types/streaming.ts
export type Nominal = Given<ours.FalStream<Input, Output>, theirs.FalStream<Input, Output>>;
// @ts-expect-error ours may be undefined, theirs may not
export type Wider = Given<ours.StreamOptions<Input>, Required<streaming.StreamOptions<Input>>>;
