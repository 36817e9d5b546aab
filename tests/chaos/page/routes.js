// The routes by which the pages of the chaos runs reach fal. The front (../front) knows them by the same names.

/**
 * Proxies, each with its own trouble:
 * - `plain`: none
 * - `max-age`: every answer to a GET may be stored by the browser for some seconds
 * - `cdn`: a shared cache stores answers to GETs by their URL alone; it asks again where the request says `no-cache`
 * - `deaf-cdn`: such a cache, which does not care what the request says
 * - `redeployed`: for a while, answers that are not fal's
 * - `worker`: the page's service worker stores answers to GETs by their URL alone, and replays them
 */
export const PROXIES = ["plain", "max-age", "cdn", "deaf-cdn", "redeployed", "worker"];

/** All routes: the proxies, fal's own hosts, and fal's own hosts behind the service worker. */
export const ROUTES = [...PROXIES, "straight", "worker-straight"];

/** The proxy of another account: its fal knows no request of these pages. */
export const ELSEWHERE = "elsewhere";

export const proxyUrl = (name) => `/proxies/${name}`;

/** Calls to fal's own hosts go through the service worker under this path. */
export const WORKER_PATH = "/worker";
