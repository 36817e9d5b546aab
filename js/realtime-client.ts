import { earlyConnection } from "./early.ts";
// For another entry, the build replaces this import by that entry's file: see scripts/entries.mjs.
import { realtime } from "./entries/lazy.ts";
import { ApiError, toError } from "./errors.ts";
import type { ArgumentFacts } from "./facts.ts";
import type { Shared } from "./realtime/open.ts";
import type { RealtimeClient, RealtimeConnectionHandler } from "./types.ts";

/**
 * Makes the realtime part of a client. The module that opens sockets is loaded at the first `connect`.
 * @param fetchToken fetches a token of 120 s for an endpoint id (protocol §3.3)
 */
export function createRealtimeClient(fetchToken: (app: string) => Promise<string>): RealtimeClient {
  const shared: Shared = { ApiError, fetchToken, connections: new Map() };
  return {
    connect(app, handler) {
      const isPage = typeof window !== "undefined" && Boolean(window.document);
      if (!isPage && (handler.clientOnly ?? isReact())) return { send() {}, close() {} };
      check(app, handler);
      return earlyConnection(async () => (await load()).open(shared, app, handler), handler);
    },
  };
}

type Module = typeof import("./realtime/open.ts");

let loading: Promise<Module> | undefined;

// All connections share one promise. Several imports of a module may resolve in any order, and the
// newest handler must come last.
function load(): Promise<Module> {
  loading ??= realtime().catch((cause: unknown) => {
    loading = undefined;
    throw cause;
  });
  return loading;
}

// Only characters that a URL parser keeps: an id must not lead to another path or host (as in src/endpoint.rs).
const ENDPOINT_ID = /^(?!(workflows|comfy)\/[^/]*\/?$)(?!(.*\/)?\.\.?(\/|$))[\w.~-]+(\/[\w.~-]+)+\/?$|^\d+-[a-zA-Z\d-]+$/;
const OUTSIDE_PATH = /[?#\\\s]|(^|\/)\.\.?(\/|$)/;

function check(app: string, { maxBuffering, path }: RealtimeConnectionHandler<unknown>): void {
  if (!ENDPOINT_ID.test(app)) refuse("endpointId", "must be <owner>/<alias>, with the path that the model's page shows", app);
  if (path && OUTSIDE_PATH.test(path)) refuse("path", "must be a plain path, without a query", path);
  if (maxBuffering === undefined || (maxBuffering >= 1 && maxBuffering <= 60)) return;
  refuse("maxBuffering", "must be between 1 and 60", maxBuffering);
}

function refuse(argument: string, problem: string, given: unknown): never {
  throw toError({ falCode: "invalid_argument", argument, problem, given } satisfies ArgumentFacts);
}

// When React or Next.js renders a page on a server, its functions are on the stack.
function isReact(): boolean {
  return /node_modules[\\/](react-dom|next)[\\/]/.test(new Error().stack ?? "");
}
