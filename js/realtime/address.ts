const DEFAULT_PATH = "/realtime";

/**
 * The endpoint of a socket as token providers are told it: the id, a legacy `1234-app` in its
 * newer form, and the path, which is not doubled (protocol §2.1, §8.1). The id was checked.
 */
export function endpointOf(id: string, path: string | undefined): string {
  const app = id.replace(/^(\d+)-([^/]*)$/, "$1/$2").replace(/\/$/, "");
  if (path) return `${app}/${path.replace(/^\/+/, "")}`;
  return app.endsWith(DEFAULT_PATH) ? app : app + DEFAULT_PATH;
}

/** The URL of a socket (protocol §8.1). It holds the token: for the socket's eyes only. */
export function socketUrl(endpoint: string, token: string, maxBuffering: number | undefined): string {
  const query = new URLSearchParams({ fal_jwt_token: token });
  if (maxBuffering !== undefined) query.set("max_buffering", maxBuffering.toFixed(0));
  return `wss://fal.run/${endpoint}?${query}`;
}
