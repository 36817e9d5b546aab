// Every name of the official package, imported by name and as a namespace, and the public fields of its streams.

import * as all from "fal-wasm";
import type {
  CompletedQueueStatus,
  FalClient,
  FalStream,
  InProgressQueueStatus,
  InQueueQueueStatus,
  Metrics,
  OutputType,
  ProxyRuntimeEnv,
  ProxyRuntimeGate,
  ProxyUrlConfig,
  QueueClient,
  QueueStatus,
  RealtimeClient,
  RequestLog,
  RequestMiddleware,
  RequestProxyConfig,
  ResponseHandler,
  Result,
  RetryOptions,
  RunOptions,
  StorageACL,
  StorageACLRule,
  StorageClient,
  StorageSettings,
  StreamingClient,
  TokenProvider,
  UrlOptions,
  ValidationErrorInfo,
  WebHookResponse,
} from "fal-wasm";

export type Names = [
  CompletedQueueStatus,
  FalClient,
  InProgressQueueStatus,
  InQueueQueueStatus,
  Metrics,
  OutputType<"acme/app">,
  ProxyRuntimeEnv,
  ProxyRuntimeGate,
  ProxyUrlConfig,
  QueueClient,
  QueueStatus,
  RealtimeClient,
  RequestLog,
  RequestMiddleware,
  RequestProxyConfig,
  ResponseHandler<unknown>,
  Result<unknown>,
  RetryOptions,
  RunOptions<unknown>,
  StorageACL,
  StorageACLRule,
  StorageClient,
  StorageSettings,
  StreamingClient,
  TokenProvider,
  UrlOptions,
  ValidationErrorInfo,
  WebHookResponse,
];

all.fal.config({ requestMiddleware: all.withMiddleware(all.withProxy({ targetUrl: "/api/fal/proxy" })) });
const client = all.createFalClient({});
const { owner } = all.parseEndpointId("acme/app");
const reason: unknown = await client.run(owner, { input: {} }).catch((error: unknown) => error);
if (reason instanceof all.ValidationError || reason instanceof all.ApiError) all.isRetryableError(reason, [429]);
if (all.isQueueStatus(reason)) console.log(all.isCompletedQueueStatus(reason));

export const fields = (stream: FalStream<{ prompt: string }, unknown>): [string, string, string | undefined] => {
  const { endpointId, url, options, config } = stream;
  const method: string | undefined = options.method;
  const retries: number | undefined = config.retry.maxRetries;
  console.log(options.input?.prompt, config.fetch, config.requestMiddleware, retries);
  return [endpointId, url, method];
};
