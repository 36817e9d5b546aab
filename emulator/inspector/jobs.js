// The jobs of the queue: the status, log and result of each, and a button to cancel it.
import { cancelJob, reasonOf } from "./api.js";
import { $, announce, h, part, setText } from "./dom.js";
import { showEmpty } from "./empty.js";
import { formatClock, formatMs } from "./format.js";
import { createJobDetail } from "./job-detail.js";
import { createList, moveByArrows } from "./list.js";
import { createSplit } from "./split.js";
import { describeStanding, isUnfinished } from "./standing.js";
import { newestJobs } from "./state.js";

/** @import { Job, Page, Panel } from "./types.d.ts" */

/**
 * @param {Page} page
 * @returns {Panel}
 */
export function createJobs({ state, say }) {
  const rows = $("job-rows");
  const detail = createJobDetail({ state, cancel });
  /** @type {ReturnType<typeof createSplit<string>>} */
  const split = createSplit({ split: $("job-split"), rows, detail: $("job-detail"), onChange: render });
  /** @type {(jobs: Job[]) => void} */
  const showRows = createList(rows, {
    key: (job) => job.request_id,
    create: (job) => createItem(job, () => split.toggle(job.request_id), () => void cancel(job)),
    update: updateItem,
  });
  moveByArrows(rows);

  /** @param {Job} job */
  async function cancel(job) {
    try {
      await cancelJob(job.request_id);
      announce("The job was asked to stop.");
    } catch (error) {
      say(reasonOf(error));
    }
  }

  function render() {
    const jobs = newestJobs(state);
    showRows(jobs);
    tick();
    split.mark((id) => rows.children[jobs.findIndex((job) => job.request_id === id)]);
    const forwards = state.mode === "forward";
    showEmpty(
      $("job-empty"),
      jobs.length === 0,
      forwards ? "fal.ai runs the jobs" : "No jobs yet",
      ...(forwards
        ? ["The emulator forwards, and has no queue of its own. The calls of a job are under Requests; its request id finds them."]
        : ["Submit one to the queue. This needs no model:", { code: `curl ${location.origin}/queue.fal.run/emulator/echo -d '{"delay_ms": 5000, "logs": ["hello"]}'` }]),
    );
    const unfinished = jobs.filter(isUnfinished).length;
    setText($("count-jobs"), unfinished ? `${unfinished} of ${jobs.length}` : jobs.length ? String(jobs.length) : "");
    if (split.chosen === undefined) return;
    const chosen = state.jobs.get(split.chosen);
    if (chosen) void detail.show(chosen, split.close);
    else split.close();
  }

  /** Updates the times of unfinished jobs, which change without an event from the emulator. */
  function tick() {
    for (const item of rows.children) {
      const job = state.jobs.get(item.getAttribute("data-id") ?? "");
      if (job) setText(part(item, ".took"), timeOf(job));
    }
  }

  return { render, tick };
}

/** @param {Job} job */
function timeOf(job) {
  if (job.status === "COMPLETED") return formatMs(job.worked_ms ?? 0);
  return formatMs(Math.max(0, Math.round((Date.now() - (job.started_ms ?? job.submitted_ms)) / 100) * 100));
}

/**
 * @param {Job} job
 * @param {() => void} choose
 * @param {() => void} cancel
 */
function createItem(job, choose, cancel) {
  const row = h(
    "button",
    { type: "button", class: "row job", onclick: choose },
    ...["at", "status", "what", "last", "took"].map((name) => h("span", { class: name })),
  );
  const stop = h("button", { type: "button", class: "secondary small", onclick: cancel, "aria-label": `Cancel the job of ${job.endpoint}` }, "Cancel");
  return h("li", { class: "with-action", "data-id": job.request_id }, row, stop);
}

/**
 * @param {HTMLElement} item
 * @param {Job} job
 */
function updateItem(item, job) {
  const [text, tone] = describeStanding(job);
  const status = part(item, ".status");
  setText(part(item, ".at"), formatClock(job.submitted_ms));
  setText(status, text);
  status.dataset.tone = tone;
  setText(part(item, ".what"), job.endpoint);
  setText(part(item, ".last"), job.error ?? job.last_line ?? job.request_id);
  part(item, ".small").hidden = !isUnfinished(job);
}
