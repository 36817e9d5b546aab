// The clients of the jobs, all with a key: through the proxy, which must not see it, and straight to
// fal's hosts, which alone may. There is no network: a `fetch` leads those calls to the emulator.

const FAL = /^https:\/\/([a-z0-9-]+\.)*fal\.(run|ai|media)$/;

/**
 * `{ proxied, straight, misplaced }`: two clients, and a list that gets every request of the latter
 * that has the key in a wrong place.
 */
export function clients({ createFalClient }, key) {
  const misplaced = [];
  const straightFetch = (url, init = {}) => {
    const { origin, href } = new URL(url);
    const isFal = FAL.test(origin);
    const { Authorization, authorization = Authorization, ...others } = init.headers ?? {};
    const isRight = isFal ? authorization === `Key ${key}` : authorization === undefined;
    const elsewhere = JSON.stringify([href, others, typeof init.body === "string" ? init.body : ""]);
    if (!isRight || elsewhere.includes(key)) misplaced.push(`${init.method} ${href.replaceAll(key, "<key>")}`);
    return fetch(isFal ? href.replace("https:/", location.origin) : href, init);
  };
  const shared = { credentials: key, suppressLocalCredentialsWarning: true };
  return {
    proxied: createFalClient({ ...shared, proxyUrl: "/api/fal/proxy" }),
    straight: createFalClient({ ...shared, fetch: straightFetch }),
    misplaced,
  };
}
