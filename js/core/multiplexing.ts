// The limit of streams that a client may have open at one time. Over HTTP/1.1 each stream holds one of the six
// connections that a browser opens to a host. Over HTTP/2 and HTTP/3 all requests share one connection.

import type { ResolvedConfig } from "../resolved-config.ts";
import { lastUrlOf } from "./http.ts";

/** The limit over HTTP/1.1, for all pages of an origin together. Three connections remain for other requests. */
const STREAMS = 3;
/** The limit if requests share a connection. Servers allow at least 100 requests at a time (RFC 9113 §6.5.2). */
const SHARED_STREAMS = 64;

const SHARED_PROTOCOL = /^(h2|h3|hq|http\/2|quic)/;
/** fal's own hosts use HTTP/2, but hide the protocol from pages. */
const FAL_ORIGIN = /^https:\/\/([\w-]+\.)?fal\.(run|ai)$/;

/** The protocol of the newest answer from each origin. */
const protocols = new Map<string, string>();
let observer: PerformanceObserver | undefined;

/** The limit of streams for a client with this configuration, for requests to `url`. */
export function mostStreams(config: ResolvedConfig, url: string): number {
  // Runtimes other than browsers open one connection for each request.
  if (config.userAgent) return Infinity;
  const protocol = protocolOf(originOf(lastUrlOf(config) ?? config.proxyUrl ?? url));
  return SHARED_PROTOCOL.test(protocol) ? SHARED_STREAMS : STREAMS;
}

function protocolOf(origin: string): string {
  try {
    if (!observer) {
      // The page's own list of entries ends at 250. An observer gets all entries.
      observer = new PerformanceObserver((list) => recordProtocols(list.getEntries()));
      observer.observe({ type: "resource", buffered: true });
      recordProtocols(performance.getEntriesByType("navigation"));
    }
    // These include the submit, whose entry exists before its answer is read.
    recordProtocols(observer.takeRecords());
  } catch {
    // This runtime has no such entries, so the protocol is unknown.
  }
  return protocols.get(origin) ?? (FAL_ORIGIN.test(origin) ? "h2" : "");
}

/** Another origin hides the protocol unless it allows timing. An answer from a cache has an old protocol. */
function recordProtocols(entries: PerformanceEntryList): void {
  for (const { name, nextHopProtocol, transferSize } of entries as PerformanceResourceTiming[]) {
    if (nextHopProtocol && transferSize !== 0) protocols.set(originOf(name), nextHopProtocol);
  }
}

function originOf(url: string): string {
  try {
    return new URL(url, globalThis.location?.href).origin;
  } catch {
    return "";
  }
}
