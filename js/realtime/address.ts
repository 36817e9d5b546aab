const DEFAULT_PATH = "/realtime";

/**
 * The endpoint of a socket, as token providers get it: the id and the path (protocol §2.1, §8.1). A legacy id
 * `1234-app` gets its newer form. The path is not repeated if the id has it. The caller has checked the id.
 */
export function endpointOf(id: string, path: string | undefined): string {
  const app = id.replace(/^(\d+)-([^/]*)$/, "$1/$2").replace(/\/$/, "");
  if (path) return `${app}/${path.replace(/^\/+/, "")}`;
  return app.endsWith(DEFAULT_PATH) ? app : app + DEFAULT_PATH;
}

/** The URL of a socket (protocol §8.1). It holds the token, so it must not appear in messages. */
export function socketUrl(endpoint: string, token: string, maxBuffering: number | undefined): string {
  const query = new URLSearchParams({ fal_jwt_token: token });
  if (maxBuffering !== undefined) query.set("max_buffering", maxBuffering.toFixed(0));
  return `wss://fal.run/${endpoint}?${query}`;
}
