// A proxy that is redeployed, loses its session, or is replaced by a gateway's page: for a while it gives
// answers that are not fal's. An outage is counted in calls, not in seconds, so a seed repeats it.

const JSON_TYPE = { "content-type": "application/json" };
const PAGE = "<!doctype html><title>Log in</title><form>Your session has ended.</form>";

/** `mayBeProcessed`: the request may have reached fal, and only its answer was replaced. */
export const KINDS = {
  // FastAPI's answer where an app has no such route.
  unrouted: { status: 404, headers: JSON_TYPE, body: '{"detail":"Not Found"}' },
  login: { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: PAGE, mayBeProcessed: true },
  accepted: { status: 202, headers: { "content-length": "0" }, mayBeProcessed: true },
  empty: { status: 204, headers: {}, mayBeProcessed: true },
  blank: { status: 200, headers: { ...JSON_TYPE, "content-length": "0" }, mayBeProcessed: true },
};

/**
 * - `chance`: numbers from 0 to 1
 * - `between`, `lengths`: how many calls pass between two outages, and how many one lasts, least and most
 *
 * Gives `next()`, for each call of the route: the outage that it falls into, an entry of `KINDS` with
 * `isProcessed`, or `undefined`; and `spoiled()`, how many calls fell into one.
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

/** Answers as this outage does. */
export function play({ status, headers, body }, response) {
  response.req.resume();
  response.writeHead(status, headers).end(body);
}
