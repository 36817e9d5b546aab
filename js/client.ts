import { unlessAborted } from "./abort.ts";
import { resolveConfig } from "./config.ts";
import type { ResolvedConfig } from "./resolved-config.ts";
import type { Operations } from "./core/operations.ts";
import { toError } from "./errors.ts";
import { isFacts } from "./facts.ts";
import type { Fields } from "./fields.ts";
import type { Journal } from "./journal/open.ts";
import { load, loadJournal } from "./loader.ts";
import { ifLoadWaits, inTime } from "./network.ts";
import { createRealtimeClient } from "./realtime-client.ts";
import { runCallback } from "./report.ts";
import { detachFacts } from "./stop.ts";
import type { Config, FalClient, Persist, Progress, StreamingClient } from "./types.ts";

/** These operations always use the journal, as they are about saved requests. */
const ALWAYS = /^(pending|resume|forget)$/;
/** These operations use the journal if `persist` is set. */
const SAVING = /^(submit|subscribe|result|cancel|upload)$/;

type Name = Exclude<keyof Journal, "isCrashed">;

/** The operations as the client calls them, with the caller's arguments. Their results are the service's JSON. */
// oxlint-disable-next-line typescript/no-explicit-any -- the service's JSON, which each operation's declaration types
type UncheckedOperations = Record<Name, (config: ResolvedConfig, target: unknown, options: object) => Promise<any>>;

/** The options that the client itself reads. */
interface ClientOptions {
  persist?: Persist | undefined;
  requestId?: unknown;
  signal?: AbortSignal;
  abortSignal?: AbortSignal;
  detachSignal?: AbortSignal;
  timeout?: unknown;
  onProgress?(progress: Progress): unknown;
}

/** The request that a call is about, if it names one. */
function requestIdOf(target: unknown, { requestId = (target as Fields)?.requestId }: ClientOptions): string | undefined {
  return requestId as string | undefined;
}

/** Adds the id of the request to the facts of an abort that lack it. */
function nameRequest(reason: unknown, requestId: string | undefined): unknown {
  return isFacts(reason) && reason.falCode === "aborted" && !reason.requestId ? { ...reason, requestId } : reason;
}

/**
 * Makes a client with its own configuration.
 * @param userConfig the settings that differ from the defaults
 *
 * @example
 * ```ts
 * const client = createFalClient({ credentials: () => readKey() });
 * const { data } = await client.subscribe("acme/app", { input: { prompt: "a cat" } });
 * ```
 */
export function createFalClient(userConfig: Config = {}): FalClient {
  const config = resolveConfig(userConfig);
  const operation =
    (name: Name) =>
    // oxlint-disable-next-line typescript/no-explicit-any -- the service's JSON, which each operation's declaration types
    async (target: unknown, options: object = {}): Promise<any> => {
      // The copy runs the getters of the caller's options inside this async function. If one throws, the call rejects.
      const call: ClientOptions = { ...options };
      call.persist ??= config.persist;
      const isSaved = ALWAYS.test(name) || (call.persist && SAVING.test(name));
      const isList = name === "pending" || name === "forget";
      try {
        const modules = Promise.all([isList ? ({} as Operations) : load(), isSaved && loadJournal()]);
        ifLoadWaits(modules, () => runCallback(() => call.onProgress?.({ phase: "offline", progress: undefined, since: Date.now() }), () => {}));
        const signal = name === "stream" ? call.signal : call.abortSignal;
        const inTimeOrLeft = unlessAborted(call.detachSignal, inTime(modules, call.timeout), detachFacts(requestIdOf(target, call)));
        const [core, journal] = await unlessAborted(signal, inTimeOrLeft);
        return await ((journal ? journal.makeJournal(core) : core) as UncheckedOperations)[name](config, target, call);
      } catch (reason) {
        throw toError(nameRequest(reason, requestIdOf(target, call)), name);
      }
    };
  const stream: StreamingClient["stream"] = operation("stream");
  return {
    persist: config.persist,
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
