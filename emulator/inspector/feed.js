// The connection to the emulator. When it breaks, the browser reconnects and sends the id of the last event that it received.

/** @import { Connection, Feed, FeedEvents } from "./types.d.ts" */

const FEED = "/inspector/api/feed";
/** @type {(keyof FeedEvents)[]} */
const EVENTS = ["hello", "exchanges", "jobs", "files", "webhooks", "faults", "spent"];
/** The wait before reconnecting after the emulator refused a connection. */
const REOPEN_MS = 2000;

/**
 * Opens the feed and listens until `pause()`. Calls `onEvent(name, data)` for each event.
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
      // An EventSource does not reconnect after a refusal, but the emulator may have been restarted meanwhile.
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
    /** Stops listening. `resume()` fetches the changes made in between. */
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
