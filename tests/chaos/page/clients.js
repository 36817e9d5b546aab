// The clients of the jobs, one for each route, all with a key. There is no network: a `fetch` leads calls
// to fal's own hosts to the emulator.
import { PROXIES, WORKER_PATH, proxyUrl } from "./routes.js";

const FAL = /^https:\/\/([a-z0-9-]+\.)*fal\.(run|ai|media)$/;

/**
 * `{ by, misplaced }`: the clients by their route's name, and a list that gets every request of those
 * without a proxy that has the key in a wrong place.
 */
export function clients({ createFalClient }, key) {
  const misplaced = [];
  const shared = { credentials: key, suppressLocalCredentialsWarning: true };
  const straight = (path) => createFalClient({ ...shared, fetch: straightFetch(path, key, misplaced) });
  const proxied = (name) => createFalClient({ ...shared, proxyUrl: proxyUrl(name) });
  const by = Object.fromEntries(PROXIES.map((name) => [name, proxied(name)]));
  return { by: { ...by, straight: straight(""), "worker-straight": straight(WORKER_PATH) }, misplaced };
}

/** A `fetch` to the emulator, under `path`, for what goes to fal. */
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
