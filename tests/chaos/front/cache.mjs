// A shared cache, as a CDN is one: it stores answers to GETs by their URL alone. All calls through a
// proxy have one URL, so what it replays is mostly another request's answer.

/** A stored answer is replayed at most so many times; then the next GET is passed on. */
const MOST_REPLAYS = 3;

/**
 * - `chance`: numbers from 0 to 1
 * - `isDeaf`: it does not care whether a request says `no-cache` or `no-store`
 *
 * Gives `answer(request, response, pass)`, which replays an answer, or has the request passed on and
 * stores what comes; and `replayed()`, how many answers were replayed.
 */
export function sharedCache(chance, { isDeaf }) {
  const stored = new Map();
  let replayed = 0;
  return {
    replayed: () => replayed,
    answer(request, response, pass) {
      const { method, url } = request;
      if (method !== "GET" || (!isDeaf && isPastCaches(request))) return pass();
      const found = stored.get(url);
      if (found) {
        found.left -= 1;
        if (found.left === 0) stored.delete(url);
        replayed += 1;
        request.resume();
        return response.writeHead(found.status, { ...found.headers, age: "1" }).end(found.body);
      }
      const keep = (answer) => {
        if (answer.status === 200) stored.set(url, { ...answer, left: 1 + Math.floor(chance() * MOST_REPLAYS) });
      };
      return pass({ keep });
    },
  };
}

function isPastCaches({ headers }) {
  return /no-cache|no-store/.test(`${headers["cache-control"]} ${headers.pragma}`);
}
