// How many streams a client may have at one time. Over HTTP/1.1 each stream holds one of the six
// connections that a browser opens to a host. Over HTTP/2 and HTTP/3 all requests share one connection.

import { lastUrlOf } from "../../src/browser/wire.js";
import type { ResolvedConfig } from "../config.ts";

/** Over HTTP/1.1, in all pages of an origin together. Three connections remain for other requests. */
const STREAMS = 3;
/** Where requests share a connection. Servers allow 100 requests at a time or more (RFC 9113 §6.5.2). */
const SHARED_STREAMS = 64;

const SHARED_PROTOCOL = /^(h2|h3|hq|http\/2|quic)/;
/** fal's own hosts speak HTTP/2. They do not let pages see it. */
const FAL_ORIGIN = /^https:\/\/([\w-]+\.)?fal\.(run|ai)$/;

/** The protocol of the newest answer from each origin. */
const protocols = new Map<string, string>();
let observer: PerformanceObserver | undefined;

/** How many streams the client with this configuration may have at one time, to ask about `url`. */
export function mostStreams(config: ResolvedConfig, url: string): number {
  // Runtimes other than browsers open as many connections as there are requests.
  if (config.userAgent) return Infinity;
  const protocol = protocolOf(originOf(lastUrlOf(config) ?? config.proxyUrl ?? url));
  return SHARED_PROTOCOL.test(protocol) ? SHARED_STREAMS : STREAMS;
}

function protocolOf(origin: string): string {
  try {
    if (!observer) {
      // The page's list of entries takes 250 and no more. An observer gets them all.
      observer = new PerformanceObserver((list) => note(list.getEntries()));
      observer.observe({ type: "resource", buffered: true });
      note(performance.getEntriesByType("navigation"));
    }
    // Among them is the submit, whose entry is there before its answer is read.
    note(observer.takeRecords());
  } catch {
    // This runtime measures nothing, so nothing is known.
  }
  return protocols.get(origin) ?? (FAL_ORIGIN.test(origin) ? "h2" : "");
}

/** An answer of another origin has no protocol unless that origin allows it; one from a cache has an old one. */
function note(entries: PerformanceEntryList): void {
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
