// The rest of the official client's reference: every exported name, and every operation and option that the other programs
// here do not use. They must compile with the official types, too.

import * as package_ from "fal-wasm";
import {
  ApiError,
  fal,
  isCompletedQueueStatus,
  isQueueStatus,
  isRetryableError,
  parseEndpointId,
  ValidationError,
  withMiddleware,
  withProxy,
} from "fal-wasm";
import type {
  CompletedQueueStatus,
  FalClient,
  FalStream,
  InProgressQueueStatus,
  InQueueQueueStatus,
  Metrics,
  ProxyRuntimeEnv,
  ProxyRuntimeGate,
  ProxyUrlConfig,
  QueueClient,
  QueueStatus,
  RequestLog,
  RequestMiddleware,
  RequestProxyConfig,
  ResponseHandler,
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

declare const process: { type: string };
declare const id: string;
declare const requestId: string;
declare const signal: AbortSignal;
declare const show: (...values: unknown[]) => void;

// Configuration.
const when: ProxyRuntimeGate = ({ isBrowser }: ProxyRuntimeEnv) => isBrowser || process.type === "renderer";
const proxyUrl: ProxyUrlConfig = { url: "/api/fal/proxy", when };
const retry: RetryOptions = {
  maxRetries: 3,
  baseDelay: 1000,
  maxDelay: 30000,
  backoffMultiplier: 2,
  retryableStatusCodes: [429],
  enableJitter: true,
};
const proxy: RequestProxyConfig = { targetUrl: "/api/fal/proxy", when: "always" };
const logged: RequestMiddleware = async (request) => ({ ...request, headers: { ...request.headers, "x-a": "b" } });
const responseHandler: ResponseHandler<any> = async (response) => response.json();
fal.config({ proxyUrl: { url: "/api/fal/proxy", when: "always" } });
fal.config({
  credentials: () => undefined,
  suppressLocalCredentialsWarning: true,
  proxyUrl,
  retry,
  requestMiddleware: withMiddleware(logged, withProxy(proxy)),
  responseHandler,
  fetch: (input, init) => fetch(input, init),
});

// Calls.
const acl: StorageACL = { default: "forbid", rules: [{ user: "acme", decision: "allow" } satisfies StorageACLRule] };
const storageSettings: StorageSettings = { expiresIn: "1d", initialAcl: acl };
const options: RunOptions<{ prompt: string }> = { input: { prompt: "" }, method: "post", abortSignal: signal, storageSettings, startTimeout: 30 };
show((await fal.run(id, options)).data.image);
await fal.subscribe(id, {
  ...options,
  mode: "streaming",
  connectionMode: "client",
  webhookUrl: "https://example.com",
  priority: "low",
  headers: { "x-fal-tags": "a=b" },
  timeout: 1000,
  onEnqueue: (requestId) => show(requestId.length),
});

// The queue.
const queue: QueueClient = fal.queue;
const submitted: InQueueQueueStatus = await queue.submit(id, { ...options, webhookUrl: "https://example.com", priority: "normal", hint: "h" });
const status: QueueStatus = await queue.status(id, { requestId: submitted.request_id, logs: true, abortSignal: signal });
const completed: CompletedQueueStatus = await queue.subscribeToStatus(id, { requestId, logs: true, mode: "polling", pollInterval: 100, timeout: 1000, onQueueUpdate: (update) => show(update.status) });
await queue.subscribeToStatus(id, { requestId, mode: "streaming", connectionMode: "server" });
const statuses: FalStream<unknown, QueueStatus> = await queue.streamStatus(id, { requestId, logs: true, connectionMode: "client" });
for await (const update of statuses) if (isCompletedQueueStatus(update)) show(update.metrics?.inference_time);
show((await queue.result(id, { requestId })).data.image, completed.logs, isQueueStatus(status) && status.response_url);
await queue.cancel(id, { requestId, abortSignal: signal });
const progress = (update: InProgressQueueStatus): RequestLog[] => update.logs.filter(({ level }) => level !== "DEBUG");
show(progress, (metrics: Metrics) => metrics.inference_time);

// Storage.
const storage: StorageClient = fal.storage;
const { upload, transformInput } = storage;
const url: string = await upload(new Blob([]), { lifecycle: storageSettings });
show(url, (await transformInput({ image_url: new Blob([]) })).image_url);

// Streams.
const tokenProvider: TokenProvider = async (app) => app;
const streaming: StreamingClient = fal.streaming;
const stream = await streaming.stream(id, {
  url: "https://fal.run/acme/app/stream",
  input: { prompt: "" },
  queryParams: { a: "b" },
  timeout: 1000,
  autoUpload: false,
  method: "get",
  accept: "application/octet-stream",
  connectionMode: "client",
  signal,
  tokenProvider,
});
stream.on("data", (event) => show(event.partial));
stream.on("error", (error: ApiError<any>) => show(error.status));
stream.on("done", (last) => show(last.images));
stream.abort("enough");
stream.abort(new Error("enough"));
show(stream.signal.aborted, stream.requestId.length, (await stream.done()).images);

// Errors and ids.
try {
  show();
} catch (error) {
  if (error instanceof ValidationError) {
    const found: ValidationErrorInfo[] = error.getFieldErrors("prompt");
    show(found[0]?.msg, error.fieldErrors[0]?.loc, error.body.detail[0]?.type);
  } else if (error instanceof ApiError) {
    show(error.status, error.body.detail, error.requestId, error.isUserTimeout, error.timeoutType);
  }
  show(isRetryableError(error, [429, 503]));
}
show(new ApiError({ message: "", status: 400, body: {}, requestId: "r" }), new ValidationError({ message: "", status: 422 }));
const { owner, alias, path, namespace } = parseEndpointId("workflows/acme/flow/step");
show(owner.length, alias.length, path?.length, namespace === "workflows");

// Webhooks.
const told = (hook: WebHookResponse<{ images: string[] }>): string | undefined =>
  hook.status === "ERROR" ? hook.error : hook.payload.images[0];
const parts: UrlOptions = { subdomain: "queue", query: { a: "b" }, path: "/x" };
const client: FalClient = package_.createFalClient({ credentials: "key" });
show(told, parts, client);
