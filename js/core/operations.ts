// The operations of the package, between what its users call and what the Rust side does:
// what only JavaScript can be, options and files and streams, is dealt with here.

import { unlessAborted } from "../abort.ts";
import { meaning, resultOf } from "./answers.ts";
import { following, isOfficial } from "./follow.ts";
import { Inlined } from "./data-uri.ts";
import { asFile } from "./file.ts";
import { lifecycleHeader, queryOf, runHeaders, submitHeaders } from "./headers.ts";
import { transformed } from "./input.ts";
import { Progress, sent } from "./progress.ts";
import { withReports } from "./reporter.ts";
import { leaving } from "./signal.ts";
import { statusStream, streamed } from "./streams.ts";
import { Updates } from "./updates.ts";
import { upload } from "./upload.ts";
import { type Call, type Wasm, badArgument, guarded } from "./wasm.ts";

/** What the face of the package calls. They reject with facts, which it makes exceptions of. */
export interface Operations {
  subscribe: Call;
  /** Goes on as `subscribe` with the request that the options name. */
  resume: Call;
  submit: Call;
  status: Call;
  result: Call;
  cancel: Call;
  subscribeToStatus: Call;
  run: Call;
  stream: Call;
  streamStatus: Call;
  token: Call;
  upload: Call;
  transformInput: Call;
  /** Whether the instance has trapped: there must be no more calls. */
  isCrashed(): boolean;
}

/** The operations on a WebAssembly instance. */
export function operations(instance: Wasm): Operations {
  const { guard, isCrashed } = guarded(instance);
  const wasm = meaning(guard);
  const { status, result, cancel, token } = wasm;
  return {
    isCrashed,
    status,
    result,
    cancel,
    token,
    async submit(config, id, options) {
      return wasm.submit(config, id, await submission(wasm, config, id, options));
    },
    subscribe: (config, id, options) =>
      withReports(options, async (options) => {
        const call = await submission(wasm, config, id, options);
        const updates = new Updates(options, isOfficial(options));
        let isSettled = false;
        const onSubmitted = async (reply: any, signal: AbortSignal): Promise<void> => {
          updates.submitted();
          // The request is saved before onEnqueue is called.
          await options.onSubmitted?.(reply);
          // A submit in flight ends after a call that was left, and its request is saved all the same.
          if (!isSettled && !signal.aborted) void options.onEnqueue?.(reply.request_id);
        };
        const followed = { ...call, ...following(wasm, config, id, ofReads(options), updates), onSubmitted };
        const answer = await wasm.subscribe(config, id, followed).finally(() => (isSettled = true));
        return resultOf(answer, updates.summary());
      }),
    resume: (config, id, options) =>
      withReports(options, async (options) => {
        const updates = new Updates(options, isOfficial(options));
        const answer = await wasm.resume(config, id, { ...options, ...following(wasm, config, id, ofReads(options), updates) });
        return resultOf(answer, updates.summary());
      }),
    async run(config, id, options) {
      return wasm.run(config, id, await prepared(wasm, config, id, options, runHeaders(options), {}));
    },
    async stream(config, id, options: any) {
      const call = { ...options, abortSignal: options.signal };
      return streamed(wasm, config, id, await prepared(wasm, config, id, call, {}, {}));
    },
    async streamStatus(config, id, options) {
      return statusStream(wasm, config, id, options);
    },
    subscribeToStatus: (config, id, options) =>
      withReports(options, async (options) => {
        const updates = new Updates(options, isOfficial(options));
        return updates.shown(await wasm.follow(config, id, { ...options, ...following(wasm, config, id, ofReads(options), updates) }));
      }),
    async upload(config, given, options: any) {
      const file = asFile(given);
      const headers = lifecycleHeader("X-Fal-Object-Lifecycle", options.lifecycle);
      const stored = upload(wasm, config, file, { ...options, headers }, new Progress(sent(options), [file]));
      return unlessAborted(options.abortSignal, stored);
    },
    transformInput: (config, input, options) => transformed(wasm, config, input, options, { isForJson: false, isUploading: true }),
  };
}

/** The options without what ends the call as a whole: the reads of a request that is followed have their own end. */
function ofReads({ detachSignal, onOver, ...options }: any): any {
  return options;
}

/**
 * What a submit sends. Leaving the call ends the uploads that come before it; `onOver` is called where it is
 * not submitted.
 */
async function submission(wasm: Wasm, config: object, id: unknown, options: any): Promise<object> {
  const { webhookUrl, abortSignal, onOver } = options;
  const query = webhookUrl ? { fal_webhook: webhookUrl } : {};
  try {
    const { signal, end } = leaving(options);
    const call = await prepared(wasm, config, id, { ...options, abortSignal: signal }, submitHeaders(options), query).finally(end);
    return { ...call, abortSignal };
  } catch (reason) {
    onOver?.();
    throw reason;
  }
}

/** Options whose input is checked and holds no files any more. */
async function prepared(wasm: Wasm, config: any, id: unknown, options: any, headers: object, query: object): Promise<any> {
  const method = String(options.method || "post").toUpperCase();
  const { input, autoUpload = true } = options;
  const facts = wasm.check(id, input, (options.validate ?? config.validate) !== false);
  if (facts) throw facts;
  const inlined = new Inlined();
  const files = { ...options, ...(method !== "GET" && { inlined }) };
  // Files are read and sent, which may take long.
  const changed = input && transformed(wasm, config, input, files, { isForJson: true, isUploading: autoUpload });
  const sent = await unlessAborted<any>(options.abortSignal, changed);
  // With GET the input is the query.
  const parameters = { ...query, ...(method === "GET" && sent) };
  return { ...options, body: inlined.body(json(sent)), method, headers, query: queryOf(parameters) };
}

/** The bare input as JSON, nothing where there is no input. */
function json(input: unknown): string | undefined {
  try {
    return input ? JSON.stringify(input) : undefined;
  } catch (cause) {
    throw badArgument("input", "cannot be written as JSON", { cause });
  }
}
