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
        const onSubmitted = async (reply: any, signal: AbortSignal): Promise<void> => {
          updates.submitted();
          // Who is told of a request may count on its being noted.
          await options.onSubmitted?.(reply);
          if (!signal.aborted) void options.onEnqueue?.(reply.request_id);
        };
        const answer = await wasm.subscribe(config, id, { ...call, ...following(wasm, config, id, options, updates), onSubmitted });
        return resultOf(answer, updates.summary());
      }),
    resume: (config, id, options) =>
      withReports(options, async (options) => {
        const updates = new Updates(options, isOfficial(options));
        const answer = await wasm.resume(config, id, { ...options, ...following(wasm, config, id, options, updates) });
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
        return updates.shown(await wasm.follow(config, id, { ...options, ...following(wasm, config, id, options, updates) }));
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

function submission(wasm: Wasm, config: object, id: unknown, options: any): Promise<object> {
  const { webhookUrl } = options;
  const query = webhookUrl ? { fal_webhook: webhookUrl } : {};
  return prepared(wasm, config, id, options, submitHeaders(options), query);
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
