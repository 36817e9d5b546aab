// The operations of the package. They prepare options, files and streams for the calls of the engine, as only
// JavaScript can handle these.

import { unlessAborted } from "../abort.ts";
import type { ResolvedConfig } from "../resolved-config.ts";
import type { Fields } from "../fields.ts";
import { badArgument } from "./bad-argument.ts";
import { type Calls, callsOn, resultOf } from "./calls.ts";
import { followOptions, isOfficial } from "./follow.ts";
import { Inlined } from "./data-uri.ts";
import type { Engine } from "./engine.ts";
import { asFile } from "./file.ts";
import { lifecycleHeader, queryOf, runHeaders, submitHeaders } from "./headers.ts";
import { replaceFiles } from "./input.ts";
import { Progress, sent } from "./progress.ts";
import { withReports } from "./reporter.ts";
import type {
  FileOptions,
  FollowingOptions,
  Headers,
  InputOptions,
  ModelStreamOptions,
  StatusStreamOptions,
  SubmitReply,
  SubmittingOptions,
  SubscribeOptions,
  UploadOptions,
} from "./settings.ts";
import { leaveSignal } from "./signal.ts";
import type { FalStream } from "./stream.ts";
import { openModelStream, openStatusStream } from "./streams.ts";
import { Updates } from "./updates.ts";
import { upload } from "./upload.ts";

/** An operation. `target` is an endpoint id, a file, an input or a saved request. */
export type Operation<Options, Result, Target = unknown> = (config: ResolvedConfig, target: Target, options: Options) => Promise<Result>;

/** The operations behind the public functions. They reject with facts, which the client turns into exceptions. */
export interface Operations extends Pick<Calls, "status" | "result" | "cancel" | "token" | "isCrashed"> {
  subscribe: Operation<SubscribeOptions, object>;
  /** Follows the request in the options to its result, as `subscribe` does. */
  resume: Operation<FollowingOptions, object>;
  submit: Operation<SubmittingOptions, unknown>;
  subscribeToStatus: Operation<FollowingOptions, unknown>;
  run: Operation<InputOptions, object>;
  stream: Operation<ModelStreamOptions, FalStream>;
  streamStatus: Operation<StatusStreamOptions, FalStream>;
  upload: Operation<UploadOptions, string>;
  transformInput: Operation<FileOptions, unknown>;
}

/** The operations on a WebAssembly instance. */
export function operations(engine: Engine): Operations {
  const calls = callsOn(engine);
  const { status, result, cancel, token, isCrashed } = calls;
  return {
    isCrashed,
    status,
    result,
    cancel,
    token,
    async submit(config, id, options) {
      return calls.submit(config, id, await submitOptions(calls, config, id, options));
    },
    subscribe: (config, id, options) =>
      withReports(options, async (options) => {
        const call = await submitOptions(calls, config, id, options);
        const updates = new Updates(options, isOfficial(options));
        let isSettled = false;
        const onSubmitted = async (reply: SubmitReply, signal: AbortSignal): Promise<void> => {
          updates.markSubmitted();
          // The request is saved before onEnqueue is called.
          await options.onSubmitted?.(reply);
          // A submit in flight may end after its call. The request is saved, but the caller gets no callback.
          if (!isSettled && !signal.aborted) void options.onEnqueue?.(reply.request_id);
        };
        const followed = { ...call, ...followOptions(calls, config, id, readOptions(options), updates), onSubmitted };
        const answer = await calls.subscribe(config, id, followed).finally(() => (isSettled = true));
        return resultOf(answer, updates.summary());
      }),
    resume: (config, id, options) =>
      withReports(options, async (options) => {
        const updates = new Updates(options, isOfficial(options));
        const answer = await calls.resume(config, id, { ...options, ...followOptions(calls, config, id, readOptions(options), updates) });
        return resultOf(answer, updates.summary());
      }),
    async run(config, id, options) {
      return calls.run(config, id, await prepareInput(calls, config, id, options, runHeaders(options), {}));
    },
    async stream(config, id, options) {
      const call = { ...options, abortSignal: options.signal };
      return openModelStream(calls, config, id, await prepareInput(calls, config, id, call, {}, {}), options);
    },
    async streamStatus(config, id, options) {
      return openStatusStream(calls, config, id, options);
    },
    subscribeToStatus: (config, id, options) =>
      withReports(options, async (options) => {
        const updates = new Updates(options, isOfficial(options));
        return updates.shown(await calls.follow(config, id, { ...options, ...followOptions(calls, config, id, readOptions(options), updates) }));
      }),
    async upload(config, given, options) {
      const file = asFile(given);
      const headers = lifecycleHeader("X-Fal-Object-Lifecycle", options.lifecycle);
      const stored = upload(calls, config, file, { ...options, headers }, new Progress(sent(options), [file]));
      return unlessAborted(options.abortSignal, stored);
    },
    transformInput: (config, input, options) => replaceFiles(calls, config, input, options, { isForJson: false, isUploading: true }),
  };
}

/** The options without `detachSignal` and `onOver`, which concern the whole call and not its status requests. */
function readOptions({ detachSignal, onOver, ...options }: FollowingOptions): FollowingOptions {
  return options;
}

/**
 * The options of a submit. Uploads files first; if the caller leaves the call, the uploads end. Calls `onOver` if
 * nothing will be submitted.
 */
async function submitOptions<Options extends SubmittingOptions>(calls: Calls, config: ResolvedConfig, id: unknown, options: Options): Promise<Options & Prepared> {
  const { webhookUrl, abortSignal, onOver } = options;
  const query = webhookUrl ? { fal_webhook: webhookUrl } : {};
  try {
    const { signal, end } = leaveSignal(options);
    const call = await prepareInput(calls, config, id, { ...options, abortSignal: signal }, submitHeaders(options), query).finally(end);
    return { ...call, abortSignal };
  } catch (reason) {
    onOver?.();
    throw reason;
  }
}

/** The options of a request that stand for the input. Files in the body are replaced. */
interface Prepared {
  body: string | Blob | undefined;
  method: string;
  headers: Headers;
  query: string;
}

/** Checks the input, replaces its files, and returns the options of the request. */
async function prepareInput<Options extends InputOptions>(
  calls: Calls,
  config: ResolvedConfig,
  id: unknown,
  options: Options,
  headers: Headers,
  query: object,
): Promise<Options & Prepared> {
  const method = String(options.method || "post").toUpperCase();
  const { input, autoUpload = true } = options;
  calls.check(id, input, (options.validate ?? config.validate) !== false);
  const inlined = new Inlined();
  const files = { ...options, ...(method !== "GET" && { inlined }) };
  // Reading and sending files may take long.
  const changed = input && replaceFiles(calls, config, input, files, { isForJson: true, isUploading: autoUpload });
  const sent = await unlessAborted(options.abortSignal, changed as Promise<Fields>);
  // With GET, the input is sent as the query.
  const parameters = { ...query, ...(method === "GET" && sent) };
  return { ...options, body: inlined.body(json(sent)), method, headers, query: queryOf(parameters) };
}

/** The input as JSON, or `undefined` without an input. */
function json(input: unknown): string | undefined {
  try {
    return input ? JSON.stringify(input) : undefined;
  } catch (cause) {
    throw badArgument("input", "cannot be written as JSON", { cause });
  }
}
