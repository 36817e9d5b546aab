// The routes by which the pages of the chaos runs reach fal. The front (../front) uses the same names.

/**
 * Proxies. Each has its own trouble:
 * - `plain`: none
 * - `max-age`: the browser may store every answer to a GET for some seconds
 * - `cdn`: a shared cache stores answers to GETs by their URL alone. It respects `no-cache` in requests
 * - `deaf-cdn`: such a cache, which ignores `no-cache`
 * - `redeployed`: for a while, its answers are not fal's
 * - `worker`: the page's service worker stores answers to GETs by their URL alone, and replays them
 */
export const PROXIES = ["plain", "max-age", "cdn", "deaf-cdn", "redeployed", "worker"];

/** All routes: the proxies, fal's own hosts directly, and fal's own hosts behind the service worker. */
export const ROUTES = [...PROXIES, "straight", "worker-straight"];

/** The proxy of another account. Fal does not know the requests of these pages there. */
export const ELSEWHERE = "elsewhere";

export const proxyUrl = (name) => `/proxies/${name}`;

/** The path prefix that leads calls of fal's own hosts through the service worker. */
export const WORKER_PATH = "/worker";
