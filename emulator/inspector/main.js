// Connects the feed with the panels: requests, jobs, files, webhooks, faults and costs.
import { $, announce, setText } from "./dom.js";
import { createFaults } from "./faults.js";
import { createFeed } from "./feed.js";
import { createFiles } from "./files.js";
import { createJobs } from "./jobs.js";
import { createRequests } from "./requests.js";
import { createSpent } from "./spent.js";
import { applyEvent, emptyState } from "./state.js";
import { createTabs } from "./tabs.js";
import { createWebhooks } from "./webhooks.js";

/** @import { Connection, Page, Panel } from "./types.d.ts" */

const CONNECTIONS = { live: "Live", paused: "Paused", lost: "The emulator does not answer; trying again" };

const state = emptyState();
/** @type {Page} */
const page = { state, feed: () => feed, say: announce };
/** @type {Record<string, Panel>} */
const panels = {
  requests: createRequests(page),
  jobs: createJobs(page),
  files: createFiles(page),
  webhooks: createWebhooks(page),
  faults: createFaults(page),
  spent: createSpent(page),
};
const tabs = createTabs($("tabs"), showPanel);
let isDrawing = false;

/** Schedules one drawing for all events since the last frame. */
function draw() {
  if (isDrawing) return;
  isDrawing = true;
  const now = () => {
    isDrawing = false;
    for (const panel of Object.values(panels)) panel.render();
  };
  // The browser calls no animation frames in a hidden page.
  if (document.hidden) setTimeout(now, 200);
  else requestAnimationFrame(now);
}

/** @param {string} name */
function showPanel(name) {
  history.replaceState(null, "", `#${name}`);
  panels[name]?.render();
}

/** @param {Connection} connection */
function showConnection(connection) {
  $("connection").dataset.state = connection;
  setText($("connection-text"), CONNECTIONS[connection]);
}

function showMode() {
  const forwards = state.mode === "forward";
  $("mode").dataset.mode = state.mode ?? "";
  setText($("mode"), forwards ? "Forwards to fal.ai: runs cost money" : `Emulator ${state.version}: no model is run`);
}

const feed = createFeed({
  onConnection: showConnection,
  onEvent(name, data) {
    applyEvent(state, name, data);
    if (name === "hello") showMode();
    draw();
  },
});
tabs.select(location.hash.slice(1));
draw();
setInterval(() => {
  if (!feed.isPaused) panels[tabs.current ?? ""]?.tick?.();
}, 500);
