// The clients of the jobs: one for each route, all with a key. There is no network, so a `fetch` redirects calls of fal's own
// hosts to the emulator.
import { PROXIES, WORKER_PATH, proxyUrl } from "./routes.js";

const FAL = /^https:\/\/([a-z0-9-]+\.)*fal\.(run|ai|media)$/;

/**
 * Makes `{ by, misplaced }`. `by` has the clients by the names of their routes. `misplaced` collects the requests of clients
 * without a proxy in which the key is in a wrong place.
 */
export function clients({ createFalClient }, key) {
  const misplaced = [];
  const shared = { credentials: key, suppressLocalCredentialsWarning: true };
  const straight = (path) => createFalClient({ ...shared, fetch: straightFetch(path, key, misplaced) });
  const proxied = (name) => createFalClient({ ...shared, proxyUrl: proxyUrl(name) });
  const by = Object.fromEntries(PROXIES.map((name) => [name, proxied(name)]));
  return { by: { ...by, straight: straight(""), "worker-straight": straight(WORKER_PATH) }, misplaced };
}

/** A `fetch` that redirects requests to fal to the emulator, under `path`. */
function straightFetch(path, key, misplaced) {
  return (url, init = {}) => {
    const { origin, href } = new URL(url);
    const isFal = FAL.test(origin);
    const { Authorization, authorization = Authorization, ...others } = init.headers ?? {};
    const isRight = isFal ? authorization === `Key ${key}` : authorization === undefined;
    const elsewhere = JSON.stringify([href, others, typeof init.body === "string" ? init.body : ""]);
    if (!isRight || elsewhere.includes(key)) misplaced.push(`${init.method} ${href.replaceAll(key, "<key>")}`);
    return fetch(isFal ? href.replace("https:/", `${location.origin}${path}`) : href, init);
  };
}
