// Which page a request came from. Every page has an origin of its own, and browsers send it along.
import { makeScript } from "./script.mjs";

const PAGES = ".conformance.test";

/** The requests of one page, from `begin(answers)` to `end()`, and the answers prescribed to them. */
export function makeLane(name) {
  return {
    name,
    origin: `https://${name}${PAGES}`,
    isOpen: false,
    requests: [],
    script: makeScript(),
    begin(answers) {
      this.isOpen = true;
      this.requests = [];
      this.script = makeScript(answers);
    },
    end() {
      this.isOpen = false;
      return this.requests;
    },
  };
}

/** The lane of a request, by the host of a page's own address, else by its Origin. */
export function laneOf(lanes, request) {
  return lanes.get(isPage(host(request)) ? `https://${host(request)}` : request.headers.origin);
}

/** The host that a request was sent to, in either version of HTTP. */
export function host(request) {
  return request.headers[":authority"] ?? request.headers.host ?? "";
}

/** Whether this is the host of a page. */
export function isPage(name) {
  return name.endsWith(PAGES);
}

/** The whole URL of a request. */
export function url(request) {
  return `https://${host(request)}${request.url}`;
}
