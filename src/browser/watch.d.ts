/** The instance that calls run on has trapped: rejects all of them. */
export function crash(cause: unknown): void;
/** How many instances have trapped. */
export let crashes: number;
/** The facts of an abort for this reason, or the reason, where it is the caller's own. */
export function abortFacts(reason: unknown): unknown;
/** A controller whose signal the platform's `fetch` takes. */
export function newController(): AbortController;
/** The part of what `fetch` is given that has this signal of a `newController`: none if it would be refused. */
export function signalPart(signal: AbortSignal): { signal?: AbortSignal };
/** The facts of a call that its caller left, and whose request goes on. */
export function detached(requestId?: string): object;
