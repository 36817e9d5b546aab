// The connection to the emulator. The browser opens it again when it breaks, and names the last event it saw.

/** @import { Connection, Feed, FeedEvents } from "./types.d.ts" */

const FEED = "/inspector/api/feed";
/** @type {(keyof FeedEvents)[]} */
const EVENTS = ["hello", "exchanges", "jobs", "files", "webhooks", "faults", "spent"];
/** The wait before a connection that was refused is opened again. */
const REOPEN_MS = 2000;

/**
 * Listens until it is paused. `onEvent(name, data)` is called for each event.
 * @param {{onEvent: <Name extends keyof FeedEvents>(name: Name, data: FeedEvents[Name]) => void, onConnection: (connection: Connection) => void}} listener
 * @returns {Feed}
 */
export function createFeed({ onEvent, onConnection }) {
  /** @type {EventSource | undefined} */
  let source;
  let last = "";

  function open() {
    const since = last ? `?since=${encodeURIComponent(last)}` : "";
    const opened = new EventSource(FEED + since);
    source = opened;
    opened.addEventListener("open", () => onConnection("live"));
    opened.addEventListener("error", () => {
      onConnection("lost");
      // A refusal ends an EventSource for good: the emulator may have been restarted meanwhile.
      if (opened.readyState === EventSource.CLOSED) setTimeout(() => opened === source && open(), REOPEN_MS);
    });
    for (const name of EVENTS) {
      opened.addEventListener(name, ({ data, lastEventId }) => {
        last = lastEventId;
        onEvent(name, JSON.parse(data));
      });
    }
  }

  open();
  return {
    /** Stops listening; what happens meanwhile is told on `resume()`. */
    pause() {
      source?.close();
      source = undefined;
      onConnection("paused");
    },
    resume: open,
    get isPaused() {
      return source === undefined;
    },
  };
}
