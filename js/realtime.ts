import { earlyConnection } from "./early.ts";
// The build puts the same file of another entry in this one's place: see scripts/entries.mjs.
import { realtime } from "./entries/lazy.ts";
import { ApiError, toError } from "./errors.ts";
import type { Shared } from "./realtime/open.ts";
import type { RealtimeClient, RealtimeConnectionHandler } from "./types.ts";

/**
 * Makes the realtime side of a client. What works the sockets is loaded at the first `connect`.
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

// One promise for all connections: several imports of a module may end in any order, and the
// newest handler must be the last one.
function load(): Promise<Module> {
  loading ??= realtime().catch((cause: unknown) => {
    loading = undefined;
    throw cause;
  });
  return loading;
}

// What a URL parser leaves alone: an id must not lead elsewhere (as in src/endpoint.rs).
const ENDPOINT_ID = /^(?!(workflows|comfy)\/[^/]*\/?$)(?!(.*\/)?\.\.?(\/|$))[\w.~-]+(\/[\w.~-]+)+\/?$|^\d+-[a-zA-Z\d-]+$/;
const OUTSIDE_PATH = /[?#\\\s]|(^|\/)\.\.?(\/|$)/;

function check(app: string, { maxBuffering, path }: RealtimeConnectionHandler<any>): void {
  if (!ENDPOINT_ID.test(app)) refuse("endpointId", "must be <owner>/<alias>, with the path that the model's page shows", app);
  if (path && OUTSIDE_PATH.test(path)) refuse("path", "must be a plain path, without a query", path);
  if (maxBuffering === undefined || (maxBuffering >= 1 && maxBuffering <= 60)) return;
  refuse("maxBuffering", "must be between 1 and 60", maxBuffering);
}

function refuse(argument: string, problem: string, given: unknown): never {
  throw toError({ falCode: "invalid_argument", argument, problem, given });
}

// Frameworks render pages on servers too, where their functions are on the stack.
function isReact(): boolean {
  return /node_modules[\\/](react-dom|next)[\\/]/.test(new Error().stack ?? "");
}
