// What the service's answers mean to the caller.

import { advised } from "./advice.ts";
import type { Call, Wasm } from "./wasm.ts";

/** An answer as the Rust side gives it. */
interface Answer {
  response: Response;
  body: any;
  /** The request that the call was about. */
  requestId?: string;
}

/** The functions of the Rust side, giving what their answers mean. */
export function meaning(wasm: Wasm): Wasm {
  const giving =
    (call: Call, read: (answer: Answer) => unknown): Call =>
    async (config, subject, options) => {
      try {
        return read(await call(config, subject, options));
      } catch (reason) {
        throw advised(aboutRequest(reason, options));
      }
    };
  const whole = (answer: unknown): unknown => answer;
  const body = ({ body }: Answer): unknown => body;
  return {
    ...wasm,
    subscribe: giving(wasm.subscribe, whole),
    resume: giving(wasm.resume, whole),
    follow: giving(wasm.follow, whole),
    submit: giving(wasm.submit, body),
    status: giving(wasm.status, body),
    open: giving(wasm.open, body),
    complete: giving(wasm.complete, body),
    cancel: giving(wasm.cancel, () => undefined),
    result: giving(wasm.result, resultOf),
    run: giving(wasm.run, resultOf),
    token: giving(wasm.token, tokenOf),
    initiate: giving(wasm.initiate, placeOf),
    put: giving(wasm.put, ({ response, body }) => body?.etag ?? response.headers.get("etag") ?? undefined),
  };
}

/** The facts of a crash, with the id of the request that the call was about. */
export function aboutRequest(reason: any, { requestId }: { requestId?: unknown }): any {
  return reason?.falCode === "wasm_crashed" && requestId ? { ...reason, requestId: reason.requestId ?? requestId } : reason;
}

/** The result that users get. What the official client's has not is there, but not listed. */
export function resultOf({ response, body, requestId = "" }: Answer, more: object = {}): object {
  // Headers may be hidden from pages of other origins; the id is known anyway.
  const { headers } = response;
  const result = { data: body, requestId: headers.get("x-fal-request-id") ?? requestId };
  const units = headers.get("x-fal-billable-units");
  const unlisted = { ...more, billableUnits: units === null ? undefined : Number(units) };
  for (const [name, value] of Object.entries(unlisted)) Object.defineProperty(result, name, { value });
  return result;
}

// Newer services and older proxies wrap it.
function tokenOf({ body }: Answer): string {
  for (const token of [body, body?.token, body?.detail]) if (typeof token === "string") return token;
  throw badAnswer("token", "the answer is no token");
}

function placeOf({ body }: Answer): object {
  if (typeof body?.upload_url === "string" && typeof body.file_url === "string") return body;
  throw badAnswer("upload", "the answer names no upload_url and file_url");
}

/** The facts of an answer that this protocol does not have. */
export function badAnswer(operation: string, problem: string): object {
  return { falCode: "bad_response", operation, problem };
}
