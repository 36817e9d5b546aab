// A shared cache that stores answers to GETs by their URL alone, as a CDN may do. All calls through a proxy have the same
// URL, so the cache mostly replays the answer to another request.

/** The most replays of a stored answer. After them, the next GET is passed on. */
const MOST_REPLAYS = 3;

/**
 * - `chance`: returns numbers from 0 to 1
 * - `isDeaf`: whether the cache ignores `no-cache` and `no-store` in requests
 *
 * Returns `answer(request, response, pass)`, which replays a stored answer, or passes the request on and stores its answer;
 * and `replayed()`, the number of answers that were replayed.
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
