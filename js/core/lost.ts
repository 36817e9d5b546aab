// Network failures.

import type { NetworkFacts } from "../facts.ts";
import { isOffline } from "../network.ts";

/** The facts of a request that got no answer. `isUnsent`: the request certainly did not leave this machine. */
export function lossFacts(cause: unknown, isUnsent = false): NetworkFacts {
  return { falCode: "network", cause, isOffline: isOffline(), isUnsent };
}

/** Watches the network. The returned function ends that, and tells whether the device was offline all the time. */
export function watchNetwork(): () => boolean {
  // Almost every request is sent while there is a network. Then there is nothing to watch.
  if (!isOffline()) return () => false;
  let isAway = true;
  const back = (): void => {
    isAway = false;
  };
  globalThis.addEventListener?.("online", back);
  return () => {
    globalThis.removeEventListener?.("online", back);
    return isAway && isOffline();
  };
}
