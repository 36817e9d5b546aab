// Where a run is: three stages with their times, one bar, one line of detail.
import { $, announce, formatBytes } from "./dom.js";
import { createLog } from "./log.js";

const NEXT = { send: "queue", queue: "generate" };

/** Shows one run at a time. */
export function createProgress() {
  const bar = $("progress-bar");
  const list = $("stages");
  const log = createLog();
  let started, entered, stage, ticking, position, isTakenUp;

  const cell = (name) => list.querySelector(`[data-stage="${name}"]`);
  const seconds = (since) => (performance.now() - since) / 1000;
  const tick = () => (cell(stage).querySelector("b").textContent = `${seconds(entered).toFixed(1)} s`);

  function enter(next, title, at = performance.now()) {
    if (stage) leave();
    stage = next;
    entered = at;
    cell(stage).setAttribute("aria-current", "step");
    $("progress-stage").textContent = title;
    $("progress-label").textContent = title;
    show("");
    announce(title);
  }

  function leave() {
    tick();
    cell(stage).removeAttribute("aria-current");
  }

  function show(detail, percent) {
    $("progress-detail").textContent = detail;
    if (percent === undefined) bar.removeAttribute("value");
    else bar.value = percent;
  }

  function advanceTo(next, title) {
    while (stage !== next && NEXT[stage]) enter(NEXT[stage], title);
  }

  function stop() {
    clearInterval(ticking);
    if (stage) leave();
    stage = undefined;
    return seconds(started);
  }

  function begin(mode, first, title, age = 0) {
    position = undefined;
    log.clear();
    list.hidden = false;
    cell("send").querySelector("span").textContent = mode === "image" ? "Upload" : "Send";
    for (const item of list.children) item.querySelector("b").textContent = "";
    started = performance.now() - age;
    enter(first, title, started);
    ticking = setInterval(tick, 100);
  }

  return {
    /** Begins with the upload, or with the request where there is nothing to upload. */
    start(mode) {
      isTakenUp = false;
      begin(mode, "send", mode === "image" ? "Uploading" : "Sending");
    },

    /** Goes on with a run that was submitted at this time, in milliseconds since 1970. */
    goOn(mode, submittedAt) {
      isTakenUp = true;
      begin(mode, "queue", "In the queue", Math.max(0, Date.now() - submittedAt));
    },

    /** Bytes of all files of the input. */
    uploaded({ loaded, total }) {
      if (stage !== "send" || !total) return;
      show(`${formatBytes(loaded)} of ${formatBytes(total)}`, (loaded / total) * 100);
    },

    /** The request has an id. */
    queued() {
      advanceTo("queue", "In the queue");
    },

    /** One status of the queue, as `onQueueUpdate` gets it. */
    update(status) {
      if (status.status === "IN_QUEUE") showQueue(status.queue_position);
      if (status.status === "IN_PROGRESS") showWork(status.logs ?? []);
      if (status.status === "COMPLETED") log.add(status.logs ?? []);
      isTakenUp = false;
    },

    /** Ends the run, however it went; returns its seconds. */
    stop,
  };

  function showQueue(ahead) {
    if (stage !== "queue" || ahead === undefined || ahead === position) return;
    position = ahead;
    const words = ahead === 0 ? "next" : `${ahead} ahead`;
    show(words);
    if (ahead > 0) announce(`In the queue, ${words}`);
  }

  /** A run that generates already when it is taken up: its first log line tells since when. */
  function enterBegun(line) {
    const now = performance.now();
    const ago = Math.min(Math.max(0, Date.now() - writtenAt(line)), now - started) || 0;
    enter("generate", "Generating", now - ago);
    cell("queue").querySelector("b").textContent = `${((entered - started) / 1000).toFixed(1)} s`;
  }

  function showWork(logs) {
    if (!stage) return;
    if (isTakenUp) enterBegun(logs[0]);
    advanceTo("generate", "Generating");
    log.add(logs);
    const percent = lastPercent(logs);
    if (percent !== undefined) show(`${percent} %`, percent);
  }
}

/** When a log line was written, in milliseconds since 1970. Without a zone, it is in UTC. */
function writtenAt({ timestamp = "" } = {}) {
  return Date.parse(/Z|[+-]\d\d:\d\d$/.test(timestamp) ? timestamp : `${timestamp}Z`);
}

/** The newest percentage the model has logged; models that log none leave the bar moving without a value. */
function lastPercent(logs) {
  const line = logs.findLast(({ message }) => /\d\s?%/.test(message));
  return line && Math.min(100, Math.floor(Number(/(\d+(?:\.\d+)?)\s?%/.exec(line.message)[1])));
}
