// The module in dist/realtime.js. It is loaded at the first `connect`.

import type { ApiError } from "../errors.ts";
import { endpointOf } from "./address.ts";
import { Audience, type Handler } from "./audience.ts";
import { Connection } from "./connection.ts";
import type { TokenSource } from "./tokens.ts";

const DEFAULT_TOKEN_LIFETIME_S = 120;

/** The shared data of a client's connections. */
export interface Shared {
  readonly ApiError: typeof ApiError;
  /** Fetches a token of 120 s for an app, with the client's configuration. */
  fetchToken(app: string): Promise<string>;
  /** The connections with a `connectionKey`, by key and endpoint. */
  readonly connections: Map<string, Connection>;
}

/**
 * The connection to an endpoint. If one with the same `connectionKey` and endpoint exists, returns that, with this
 * handler in place of its old one.
 */
export function open(shared: Shared, app: string, handler: Handler): Connection {
  const endpoint = endpointOf(app, handler.path);
  const { connectionKey } = handler;
  // The endpoint is part of the key, so that two apps with one `connectionKey` do not share a socket.
  const key = `${endpoint} ${connectionKey}`;
  const known = connectionKey === undefined ? undefined : shared.connections.get(key);
  known?.adopt(handler);
  const connection = known ?? connect(shared, app, endpoint, handler);
  if (connectionKey !== undefined) shared.connections.set(key, connection);
  return connection;
}

function connect(shared: Shared, app: string, endpoint: string, handler: Handler): Connection {
  const audience = new Audience(endpoint, shared.ApiError, handler);
  const source: TokenSource = {
    async fetch() {
      const { tokenProvider } = audience.handler;
      const token: unknown = await (tokenProvider ? tokenProvider(endpoint) : defaultToken(shared, app));
      if (typeof token === "string" && token) return token;
      throw new TypeError(`a token is a string, and this is ${token === "" ? "an empty one" : typeof token}`);
    },
    get lifetime_s() {
      const { tokenProvider, tokenExpirationSeconds } = audience.handler;
      return tokenProvider ? tokenExpirationSeconds : DEFAULT_TOKEN_LIFETIME_S;
    },
  };
  return new Connection(endpoint, audience, source);
}

let hasWarned = false;

function defaultToken(shared: Shared, app: string): Promise<string> {
  if (!hasWarned) {
    hasWarned = true;
    console.warn(
      "fal.realtime.connect was given no tokenProvider, and fetches tokens itself: that is deprecated, " +
        "as it needs the key in the page or a proxy that lets it pass. Give it a tokenProvider.",
    );
  }
  return shared.fetchToken(app);
}
