// The operations of the package, between what its users call and what the Rust side does:
// what only JavaScript can be, options and files and streams, is dealt with here.

import { lifecycleHeader, queryOf, runHeaders, submitHeaders } from "./headers.ts";
import { transformed } from "./input.ts";
import { Progress } from "./progress.ts";
import { follower, statusStream, streamed } from "./streams.ts";
import { upload } from "./upload.ts";
import type { Call, Wasm } from "./wasm.ts";

/** What the face of the package calls. They reject with facts, which it makes exceptions of. */
export interface Operations {
  subscribe: Call;
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
}

/** The operations on a WebAssembly instance. */
export function operations(wasm: Wasm): Operations {
  const { status, result, cancel, token } = wasm;
  return {
    status,
    result,
    cancel,
    token,
    async submit(config, id, options) {
      return wasm.submit(config, id, await submission(wasm, config, id, options));
    },
    async subscribe(config, id, options) {
      const call = await submission(wasm, config, id, options);
      return wasm.subscribe(config, id, { ...call, ...follower(wasm, config, id, options) });
    },
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
    async subscribeToStatus(config, id, options) {
      return wasm.follow(config, id, { ...options, ...follower(wasm, config, id, options) });
    },
    async upload(config, file: any, options: any) {
      const headers = lifecycleHeader("X-Fal-Object-Lifecycle", options.lifecycle);
      return upload(wasm, config, file, { ...options, headers }, new Progress(options.onUploadProgress, [file]));
    },
    transformInput: (config, input, options) => transformed(wasm, config, input, options),
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
  wasm.check(id, input, (options.validate ?? config.validate) !== false);
  const sent = input && autoUpload ? await transformed(wasm, config, input, options) : input;
  // With GET the input is the query.
  const parameters = { ...query, ...(method === "GET" && sent) };
  return { ...options, input: sent, method, headers, query: queryOf(parameters), validate: false };
}
