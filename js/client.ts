import { detached } from "../src/browser/watch.js";
import { unlessAborted } from "./abort.ts";
import { resolveConfig } from "./config.ts";
import type { Operations } from "./core/operations.ts";
import { toError } from "./errors.ts";
import type { Journal } from "./journal/open.ts";
import { load, loadJournal } from "./loader.ts";
import { ifLoadWaits, inTime } from "./network.ts";
import { createRealtimeClient } from "./realtime.ts";
import { guarded } from "./report.ts";
import type { Config, FalClient, StreamingClient } from "./types.ts";

/** The operations on what is saved, and those that save where `persist` says so. */
const ALWAYS = /^(pending|resume|forget)$/;
const SAVING = /^(submit|subscribe|result|cancel|upload)$/;

/** The request that a call is about, if it names one. */
function requestIdOf(subject: any, { requestId = subject?.requestId }: any): string | undefined {
  return requestId;
}

/** Adds the id of the request to the facts of an abort that lack it. */
function nameRequest(reason: any, requestId: string | undefined): unknown {
  return reason?.falCode === "aborted" && !reason.requestId ? { ...reason, requestId } : reason;
}

/**
 * Makes a client of its own configuration.
 * @param userConfig overrides of the defaults
 */
export function createFalClient(userConfig: Config = {}): FalClient {
  const config = resolveConfig(userConfig);
  const operation =
    (name: Exclude<keyof Journal, "isCrashed">) =>
    async (subject: unknown, options: object = {}): Promise<any> => {
      // The copy runs the caller's getters here, where what they throw is caught.
      const call: any = { ...options };
      call.persist ??= config.persist;
      const isSaved = ALWAYS.test(name) || (call.persist && SAVING.test(name));
      const isList = name === "pending" || name === "forget";
      try {
        const modules = Promise.all([isList ? ({} as Operations) : load(), isSaved && loadJournal()]);
        ifLoadWaits(modules, () => guarded(() => call.onProgress?.({ phase: "offline", progress: undefined, since: Date.now() }), () => {}));
        const signal = name === "stream" ? call.signal : call.abortSignal;
        const inTimeOrLeft = unlessAborted(call.detachSignal, inTime(modules, call.timeout), detached(requestIdOf(subject, call)));
        const [core, journal] = await unlessAborted(signal, inTimeOrLeft);
        return await (journal ? journal.over(core) : (core as Journal))[name](config, subject, call);
      } catch (reason) {
        throw toError(nameRequest(reason, requestIdOf(subject, call)), name);
      }
    };
  const stream: StreamingClient["stream"] = operation("stream");
  return {
    run: operation("run"),
    subscribe: operation("subscribe"),
    pending: (options) => operation("pending")(undefined, options),
    resume: operation("resume"),
    forget: operation("forget"),
    stream,
    streaming: { stream },
    realtime: createRealtimeClient(operation("token")),
    queue: {
      submit: operation("submit"),
      status: operation("status"),
      streamStatus: operation("streamStatus"),
      subscribeToStatus: operation("subscribeToStatus"),
      result: operation("result"),
      cancel: operation("cancel"),
    },
    storage: {
      upload: operation("upload"),
      transformInput: operation("transformInput"),
    },
  };
}
