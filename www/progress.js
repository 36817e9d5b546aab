// The progress of a run: three stages with their times, a bar, and a line of detail.
import { $, announce, formatBytes } from "./dom.js";
import { createLog } from "./log.js";
import { createOutage } from "./outage.js";

/** @import { Progress, QueueStatus, RequestLog, UploadingProgress } from "fal-wasm" */
/** @import { Mode } from "./types.d.ts" */

/** @typedef {"send" | "queue" | "generate"} Stage */

/** @type {Record<Stage, Stage | undefined>} */
const NEXT = { send: "queue", queue: "generate", generate: undefined };

/** Shows one run at a time. */
export function createProgress() {
  const bar = $("progress-bar");
  const list = $("stages");
  const log = createLog();
  let title = "";
  let detail = "";
  /** @type {number | undefined} */
  let percent;
  const outage = createOutage(render);
  let started = 0;
  let entered = 0;
  let isTakenUp = false;
  /** @type {Stage | undefined} */
  let stage;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let ticking;
  /** @type {number | undefined} */
  let position;

  const item = (/** @type {Stage} */ name) => /** @type {HTMLElement} */ (list.querySelector(`[data-stage="${name}"]`));
  const part = (/** @type {Element} */ of, /** @type {"b" | "span"} */ tag) => /** @type {HTMLElement} */ (of.querySelector(tag));
  const seconds = (/** @type {number} */ since) => (performance.now() - since) / 1000;

  function tick() {
    if (stage) part(item(stage), "b").textContent = `${seconds(entered).toFixed(1)} s`;
  }

  /**
   * @param {Stage} next
   * @param {string} words
   */
  function enter(next, words, at = performance.now()) {
    if (stage) leave();
    stage = next;
    entered = at;
    item(stage).setAttribute("aria-current", "step");
    title = words;
    show("");
    announce(title);
  }

  function leave() {
    tick();
    if (stage) item(stage).removeAttribute("aria-current");
  }

  /**
   * @param {string} words
   * @param {number} [share] in percent
   */
  function show(words, share) {
    detail = words;
    percent = share;
    if (!outage.isOn) render();
  }

  function render() {
    $("progress-stage").textContent = title;
    $("progress-label").textContent = title;
    $("progress-detail").textContent = detail;
    if (percent === undefined) bar.removeAttribute("value");
    else bar.value = percent;
  }

  /**
   * @param {Stage} last
   * @param {string} words
   */
  function advanceTo(last, words) {
    for (let next = stage && NEXT[stage]; next && stage !== last; next = NEXT[next]) enter(next, words);
  }

  function stop() {
    clearInterval(ticking);
    outage.end({ isAnswered: false });
    if (stage) leave();
    stage = undefined;
    return seconds(started);
  }

  /**
   * @param {Mode} mode
   * @param {Stage} first
   * @param {string} words
   */
  function begin(mode, first, words, age = 0) {
    position = undefined;
    log.clear();
    list.hidden = false;
    part(item("send"), "span").textContent = mode === "image" ? "Upload" : "Send";
    for (const each of list.children) part(each, "b").textContent = "";
    started = performance.now() - age;
    enter(first, words, started);
    ticking = setInterval(tick, 100);
  }

  return {
    /**
     * Begins with the upload. If there is no file to upload, begins with the request.
     * @param {Mode} mode
     */
    start(mode) {
      isTakenUp = false;
      begin(mode, "send", mode === "image" ? "Uploading" : "Sending");
    },

    /**
     * Continues a run that was submitted at this time, in milliseconds since 1970.
     * @param {Mode} mode
     * @param {number} submittedAt
     */
    goOn(mode, submittedAt) {
      isTakenUp = true;
      begin(mode, "queue", "In the queue", Math.max(0, Date.now() - submittedAt));
    },

    /**
     * One report, as `onProgress` gets it.
     * @param {Progress} progress
     */
    report(progress) {
      if (progress.phase === "reconnecting" || progress.phase === "offline") return outage.begin(progress);
      outage.end({ isAnswered: true });
      if (progress.phase === "uploading") showUpload(progress);
    },

    /** Shows that the request is in the queue. */
    queued() {
      advanceTo("queue", "In the queue");
    },

    /**
     * Shows a queue status, as `onQueueUpdate` receives it.
     * @param {QueueStatus} status
     */
    update(status) {
      if (status.status === "IN_QUEUE") showQueue(status.queue_position);
      if (status.status === "IN_PROGRESS") showWork(status.logs ?? []);
      if (status.status === "COMPLETED") log.add(status.logs ?? []);
      isTakenUp = false;
    },

    /** Whether nothing answers. */
    get isLost() {
      return outage.isOn;
    },

    /** Ends the run, however it went; returns its seconds. */
    stop,
  };

  /** @param {UploadingProgress} progress bytes of all files of the input */
  function showUpload({ loaded, total }) {
    if (stage !== "send" || !total) return;
    show(`${formatBytes(loaded)} of ${formatBytes(total)}`, (loaded / total) * 100);
  }

  /** @param {number | undefined} ahead */
  function showQueue(ahead) {
    if (stage !== "queue" || ahead === undefined || ahead === position) return;
    position = ahead;
    const words = ahead === 0 ? "next" : `${ahead} ahead`;
    show(words);
    if (ahead > 0) announce(`In the queue, ${words}`);
  }

  /**
   * Enters the "generate" stage of a resumed run. Its first log line says when the model started.
   * @param {RequestLog | undefined} line
   */
  function enterBegun(line) {
    const now = performance.now();
    const ago = Math.min(Math.max(0, Date.now() - writtenAt(line)), now - started) || 0;
    enter("generate", "Generating", now - ago);
    part(item("queue"), "b").textContent = `${((entered - started) / 1000).toFixed(1)} s`;
  }

  /** @param {RequestLog[]} logs */
  function showWork(logs) {
    if (!stage) return;
    if (isTakenUp) enterBegun(logs[0]);
    advanceTo("generate", "Generating");
    log.add(logs);
    const share = lastPercent(logs);
    if (share !== undefined) show(`${share} %`, share);
  }
}

/**
 * The time of a log line, in milliseconds since 1970. A timestamp without a zone is in UTC.
 * @param {RequestLog} [line]
 */
function writtenAt(line) {
  const timestamp = line?.timestamp ?? "";
  return Date.parse(/Z|[+-]\d\d:\d\d$/.test(timestamp) ? timestamp : `${timestamp}Z`);
}

/**
 * The newest percentage in the model's log. If there is none, the bar moves without a value.
 * @param {RequestLog[]} logs
 */
function lastPercent(logs) {
  const shares = logs.map(({ message }) => /(\d+(?:\.\d+)?)\s?%/.exec(message)?.[1]);
  const last = shares.findLast((share) => share !== undefined);
  return last === undefined ? undefined : Math.min(100, Math.floor(Number(last)));
}
