// Outages of a proxy: it is redeployed, loses its session, or a gateway's page replaces it. For a while its answers are not
// fal's. An outage lasts a number of calls, not of seconds, so that a seed repeats it.

const JSON_TYPE = { "content-type": "application/json" };
const PAGE = "<!doctype html><title>Log in</title><form>Your session has ended.</form>";

/** `mayBeProcessed`: fal may process the request, so that the outage replaces only its answer. */
export const KINDS = {
  // FastAPI's answer if an app has no such route.
  unrouted: { status: 404, headers: JSON_TYPE, body: '{"detail":"Not Found"}' },
  login: { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: PAGE, mayBeProcessed: true },
  accepted: { status: 202, headers: { "content-length": "0" }, mayBeProcessed: true },
  empty: { status: 204, headers: {}, mayBeProcessed: true },
  blank: { status: 200, headers: { ...JSON_TYPE, "content-length": "0" }, mayBeProcessed: true },
};

/**
 * - `chance`: returns numbers from 0 to 1
 * - `between`, `lengths`: the least and the most calls between two outages, and within one
 *
 * Returns `next()`, to be called for each call of the route. It returns the outage of this call (an entry of `KINDS` with
 * `isProcessed`), or `undefined` if there is none. Also returns `spoiled()`, the number of calls with an outage.
 */
export function outages(chance, { between, lengths }) {
  const draw = ([least, most]) => least + Math.floor(chance() * (most - least + 1));
  const names = Object.keys(KINDS);
  let good = draw(between);
  let bad = 0;
  let outage;
  let spoiled = 0;
  return {
    spoiled: () => spoiled,
    next() {
      if (good > 0) {
        good -= 1;
        return undefined;
      }
      if (bad === 0) {
        const kind = KINDS[names[Math.floor(chance() * names.length)]];
        outage = { ...kind, isProcessed: Boolean(kind.mayBeProcessed) && chance() < 0.5 };
        bad = draw(lengths);
      }
      bad -= 1;
      if (bad === 0) good = draw(between);
      spoiled += 1;
      return outage;
    },
  };
}

/** Sends the answer of this outage. */
export function play({ status, headers, body }, response) {
  response.req.resume();
  response.writeHead(status, headers).end(body);
}
