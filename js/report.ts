// Calls the caller's code, which may throw. An exception there must not break a connection.

/** The caller's listener for errors. */
export interface ErrorListener {
  onError?(error: unknown): unknown;
}

/** Runs a callback. If it throws, or rejects later, `failed` gets the reason. */
export function runCallback(callback: () => unknown, onFailure: (reason: unknown) => void = reportUncaught): void {
  try {
    // The callback may be an async function, which nothing else awaits.
    Promise.resolve(callback()).catch(onFailure);
  } catch (reason) {
    onFailure(reason);
  }
}

/** Reports an error to `onError`, or to the console if the caller has no listener. */
export function report(listener: ErrorListener, error: unknown): void {
  if (listener.onError) runCallback(() => listener.onError?.(error));
  else console.error(error);
}

// Reports an error like an uncaught one: the console and the page's error reporting see it.
function reportUncaught(reason: unknown): void {
  if (typeof reportError === "function") reportError(reason);
  else console.error(reason);
}
