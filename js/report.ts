// Calls into the caller's code, which may throw: nothing of a connection may depend on it.

/** What a caller may listen to errors with. */
export interface ErrorListener {
  onError?(error: unknown): unknown;
}

/** Runs a callback; what it throws, or rejects with later, goes to `failed`. */
export function guarded(callback: () => unknown, failed: (reason: unknown) => void = surface): void {
  try {
    // An async function is a callback too, and nobody awaits it.
    Promise.resolve(callback()).catch(failed);
  } catch (reason) {
    failed(reason);
  }
}

/** Hands an error to `onError`, or to the console where the caller listens to none. */
export function report(listener: ErrorListener, error: unknown): void {
  if (listener.onError) guarded(() => listener.onError?.(error));
  else console.error(error);
}

// As an uncaught error would be: seen in the console and by the page's error reporting.
function surface(reason: unknown): void {
  if (typeof reportError === "function") reportError(reason);
  else console.error(reason);
}
