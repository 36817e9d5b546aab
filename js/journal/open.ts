// The operations of the package with a journal: requests are noted when they are submitted, and
// forgotten when their results were delivered. It is a module of its own, loaded at first use.

import { type Call, badArgument } from "../core/wasm.ts";
import type { Operations } from "../core/operations.ts";
import type { PendingEntry, PendingRequest, PendingStore } from "../types/journal.ts";
import { entryOf, followed, isEntry, isExpired, labelOf } from "./entry.ts";
import { Follower, forgetLater } from "./follower.ts";
import { held } from "./hold.ts";
import { isGone, isOver } from "./outcome.ts";
import { storeOf, write, written } from "./store.ts";
import { uploadsOf } from "./uploads.ts";

/** The operations, and those on the journal itself. */
export interface Journal extends Operations {
  pending: Call;
  forget: Call;
}

/** The operations on `core`, noted where `options.persist` says. */
export function over(core: Operations): Journal {
  /** A call after which its request is forgotten, also where `isEnd` says so of its failure. */
  const ending = (call: Call, isEnd: (reason: any) => boolean): Call => async (config, id, options: any) => {
    const store = storeOf(options.persist);
    let isDone = true;
    try {
      return await call(config, id, options);
    } catch (reason) {
      isDone = isEnd(reason);
      throw reason;
    } finally {
      if (isDone) forgetLater(store, options.requestId);
    }
  };
  return {
    ...core,
    async submit(config, id, options: any) {
      const store = storeOf(options.persist);
      const label = labelOf(options);
      let entry: PendingEntry | undefined;
      let noting: Promise<void> | undefined;
      const onSubmitted = (reply: unknown): Promise<void> => {
        entry = entryOf(id, reply, false, label);
        return (noting = noted(store, entry));
      };
      try {
        return await core.submit(config, id, { ...options, onSubmitted, store: uploadsOf(options.persist) });
      } catch (reason) {
        // Its job was cancelled, as nobody has its id.
        if (entry && options.abortSignal?.aborted) void noting?.then(() => forgetLater(store, entry!.requestId));
        throw reason;
      }
    },
    async subscribe(config, id, options: any) {
      const follower = new Follower(storeOf(options.persist), options);
      const label = labelOf(options);
      const onSubmitted = (reply: unknown): Promise<void> => follower.note(entryOf(id, reply, options.logs, label));
      return follower.call(() => core.subscribe(config, id, { ...follower.options(), onSubmitted, store: uploadsOf(options.persist) }));
    },
    async upload(config, file, options: any) {
      return core.upload(config, file, { ...options, store: uploadsOf(options.persist) });
    },
    result: ending(core.result, isOver),
    cancel: ending(core.cancel, () => false),
    resume,
    async pending(_config, _subject, options) {
      const [entries, ids] = [await listed(anyStore(options)), await held()];
      const requests = entries.map((entry): PendingRequest => ({
        ...entry,
        state: isExpired(entry) ? "expired" : "pending",
        isFollowed: ids.has(entry.requestId),
      }));
      return requests.sort((a, b) => a.submittedAt - b.submittedAt);
    },
    async forget(_config, given: any, options) {
      await written();
      await anyStore(options).delete(given?.requestId ?? given);
    },
  };

  async function resume(config: object, given: unknown, options: any): Promise<any> {
    const store = anyStore(options);
    const entry = await entryFor(store, given);
    const { abortSignal: signal, logs = entry.logs } = options;
    const { endpointId, requestId } = entry;
    if (signal?.aborted) throw signal.reason;
    const follower = new Follower(store, options);
    if (!(await follower.take(entry))) throw signal?.aborted ? signal.reason : inUse(requestId);
    const call = { ...follower.options(), ...followed(entry), logs };
    return follower.call(async () => {
      try {
        return await core.resume(config, endpointId, call);
      } catch (reason) {
        throw isGone(reason) ? expired(requestId, reason) : reason;
      }
    });
  }
}

/** Notes a request that nobody follows yet. */
async function noted(store: PendingStore, entry: PendingEntry | undefined): Promise<void> {
  if (entry) await write(() => store.put(entry));
}

async function entryFor(store: PendingStore, given: any): Promise<PendingEntry> {
  if (isEntry(given)) return given;
  const entry = (await listed(store)).find(({ requestId }) => requestId === given);
  if (!entry) throw badArgument("requestId", "is not among the pending requests: give an entry of pending()", {
    given,
    requestId: typeof given === "string" ? given : undefined,
  });
  return entry;
}

function inUse(requestId: string): object {
  const problem = "This request is followed already, here or in another tab; wait: true waits for that to end";
  return { falCode: "in_use", requestId, problem };
}

function expired(requestId: string, cause: unknown): object {
  const problem = "The service does not know this request any more: results are kept for a limited time. It was forgotten here, too";
  return { falCode: "expired", requestId, problem, cause };
}

async function listed(store: PendingStore): Promise<PendingEntry[]> {
  await written();
  return [...(await store.list())].filter(isEntry);
}

/** What is asked for may be in IndexedDB also where the client's setting is not to note. */
function anyStore({ persist }: any): PendingStore {
  return storeOf(persist || true);
}
