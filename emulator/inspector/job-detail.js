// One job: its status, its growing log, and its result.
import { loadJob } from "./api.js";
import { showBody } from "./body.js";
import { $, copyButton, h, setText } from "./dom.js";
import { formatClock, formatMs } from "./format.js";
import { describeStanding, isUnfinished } from "./standing.js";

/** @import { FullJob, Job, State } from "./types.d.ts" */

/** @param {{state: State, cancel: (job: Job) => Promise<void>}} page */
export function createJobDetail({ state, cancel }) {
  const place = $("job-detail");
  /** @type {Job | undefined} */
  let shown;
  /** @type {ReturnType<typeof skeleton> | undefined} */
  let parts;
  /** How many lines of the job's log are shown, with those that the emulator has cut. */
  let shownLines = 0;

  return {
    /**
     * Shows a job. If it is shown already, appends its new log lines.
     * @param {Job} job
     * @param {() => void} close
     */
    async show(job, close) {
      if (parts?.id !== job.request_id || !place.hasChildNodes()) {
        parts = skeleton(job, close);
        place.replaceChildren(...parts.all);
        shown = undefined;
        shownLines = 0;
      }
      if (shown === job) return;
      shown = job;
      updateHead(parts, job);
      const full = await loadJob(job.request_id).catch((/** @type {Error} */ error) => error);
      if (shown !== job) return;
      if (full instanceof Error) setText(parts.problem, full.message);
      else updateContent(parts, full);
    },
  };

  /**
   * @param {Job} job
   * @param {() => void} close
   */
  function skeleton(job, close) {
    const status = h("p", { class: "state" });
    const stop = h("button", { type: "button", class: "secondary", onclick: () => void cancel(job) }, "Cancel the job");
    const head = h(
      "div",
      { class: "detail-head" },
      h("button", { type: "button", class: "secondary close", onclick: close }, "Close"),
      h("h3", {}, job.endpoint),
      status,
    );
    const facts = h("dl", { class: "facts" });
    const problem = h("p", { class: "problem" });
    const result = h("div", {});
    const lines = h("ol", { class: "log", tabindex: 0, "aria-label": "Log" });
    const log = h("section", { class: "half", "aria-label": "Log" }, h("h4", { class: "half-title" }, "Log"), lines);
    return { id: job.request_id, status, stop, facts, problem, result, lines, log, all: [head, stop, facts, problem, result, log] };
  }

  /**
   * @param {ReturnType<typeof skeleton>} parts
   * @param {Job} job
   */
  function updateHead(parts, job) {
    const [text, tone] = describeStanding(job);
    setText(parts.status, text);
    parts.status.dataset.tone = tone;
    if (!isUnfinished(job) && document.activeElement === parts.stop) place.focus({ preventScroll: true });
    parts.stop.hidden = !isUnfinished(job);
  }

  /**
   * @param {ReturnType<typeof skeleton>} parts
   * @param {FullJob} job
   */
  function updateContent(parts, job) {
    /**
     * @param {string} name
     * @param {string | undefined} value
     */
    const fact = (name, value) => (value === undefined ? [] : [h("div", {}, h("dt", {}, name), h("dd", {}, value))]);
    const id = job.request_id;
    parts.facts.replaceChildren(
      ...fact("Submitted", formatClock(job.submitted_ms)),
      ...fact("Started", job.started_ms === undefined ? undefined : formatClock(job.started_ms)),
      ...fact("Worked", job.worked_ms === undefined ? undefined : formatMs(job.worked_ms)),
      ...fact("Result", job.result_status === undefined ? undefined : String(job.result_status)),
      h("div", { class: "wide" }, h("dt", {}, "Request id"), h("dd", {}, h("code", {}, id), copyButton("Copy", () => id, "Copy the request id"))),
    );
    setText(parts.problem, job.error ? `${job.error_type ? `${job.error_type}: ` : ""}${job.error}` : "");
    parts.problem.hidden = !job.error;
    appendLines(parts, job);
    if (job.result && !parts.result.hasChildNodes()) {
      parts.result.append(showBody(job.result, { label: "Result", forwards: state.mode === "forward" }));
    }
  }

  /**
   * @param {ReturnType<typeof skeleton>} parts
   * @param {FullJob} job
   */
  function appendLines({ lines, log }, { logs, logs_before: before }) {
    log.hidden = logs.length === 0;
    const isAtEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 24;
    // Each answer has the whole log, but the emulator cuts the start of a long one.
    if (before + logs.length < shownLines) shownLines = 0;
    if (shownLines === 0) lines.replaceChildren();
    const fresh = logs.slice(Math.max(0, shownLines - before));
    shownLines = before + logs.length;
    for (const { message, timestamp } of fresh) {
      const clock = /T(\d\d:\d\d:\d\d)/.exec(timestamp ?? "")?.[1];
      lines.append(h("li", {}, clock && h("time", {}, clock), h("span", {}, message)));
    }
    if (isAtEnd) lines.scrollTop = lines.scrollHeight;
  }
}
