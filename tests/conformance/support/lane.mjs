// Assigns each request to the page that sent it. Every page has its own origin, and browsers send the origin along.
import { makeScript } from "./script.mjs";

const PAGES = ".conformance.test";

/** The requests of one page from `begin(answers)` to `end()`, and their scripted answers. */
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

/** Finds the lane of a request: by the host if that is a page's own, otherwise by the Origin header. */
export function laneOf(lanes, request) {
  return lanes.get(isPage(host(request)) ? `https://${host(request)}` : request.headers.origin);
}

/** The host of a request. HTTP/1.1 and HTTP/2 name it in different headers. */
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
