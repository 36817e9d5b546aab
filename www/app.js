// Connects the parts of the page: the form starts a run, and the stage shows its progress and its result.
import { announce, $, copyOnClick, sayLoud } from "./dom.js";
import { createConnection } from "./connection.js";
import { describeError } from "./errors.js";
import { clearFieldErrors, showFieldErrors } from "./field-errors.js";
import { createForm } from "./form.js";
import { createImageField } from "./image-field.js";
import { showJob } from "./job.js";
import { labelOf } from "./label.js";
import { createProgress } from "./progress.js";
import { hideProblem, offerContinue, showProblem } from "./problem.js";
import { createResult } from "./result.js";
import { renderSnippet } from "./snippet.js";
import { createTabs } from "./tabs.js";
import { describeUndrawn } from "./title-card.js";

/** @import { Entry, Failure, Label, Listeners, Made } from "./types.d.ts" */

// Start loading now. A run awaits the client, so that the page can report a missing package.
const client = import("./run.js").catch((cause) => {
  throw new Error("The fal-wasm package could not be loaded from this server. Build it, then load this page again.", { cause });
});
client.catch(() => {});

const image = createImageField({ onChange: refresh, onDrop: () => tabs.select("image") });
const form = createForm(image);
const connection = createConnection(refresh);
const progress = createProgress();
const result = createResult();
const tabs = createTabs(/** @type {HTMLElement} */ ($("tab-image").parentElement), (mode) => {
  clearFieldErrors();
  form.setMode(mode);
  refresh();
});

/** Updates all that depends on the form: the code, the first frame, and the hint about letters that the emulator cannot draw. */
function refresh() {
  const wish = form.read();
  renderSnippet($("snippet"), { ...wish, viaKey: connection.viaKey, picture: image.picture });
  result.preview(wish.mode === "image" ? image.picture : undefined);
  const undrawn = wish.mode === "text" && connection.isStandIn ? describeUndrawn(`${wish.input.prompt ?? ""}`) : "";
  $("prompt-drawn").textContent = undrawn;
  $("prompt-drawn").hidden = !undrawn;
}

/** Looks again, in milliseconds: the page before this one may hold its job for a moment longer. */
const LEAVING_MS = [0, 200, 800];

/** @type {AbortController | null} */
let abort = null;

async function generate() {
  if (abort) return;
  await image.settle();
  // It may have been pressed twice.
  if (abort) return;
  clearFieldErrors();
  hideProblem();
  const errors = [...form.check(), ...connection.check()];
  if (errors.length > 0) return showFieldErrors(errors);

  const wish = form.read();
  const { mode, input } = wish;
  const thumbnail = mode === "image" ? image.picture?.thumbnail : undefined;
  const label = labelOf({ mode, viaKey: connection.viaKey, prompt: String(input.prompt), thumbnail });
  progress.start(mode);
  showJob(label);
  const made = follow({ label }, async ({ run }, listeners) => run({ ...wish, label, key: connection.key, ...listeners }));
  result.wait(undefined);
  showStage();
  await made;
}

/**
 * Shows a job until it ends in any way. `call(package, listeners)` makes the video.
 * @param {{ label: Label, requestId?: string }} job
 * @param {(run: typeof import("./run.js"), listeners: Listeners) => Promise<Made>} call
 */
async function follow({ label, requestId }, call) {
  abort = new AbortController();
  setBusy(true);
  try {
    const made = await call(await client, {
      signal: abort.signal,
      onEnqueue(id) {
        requestId = id;
        progress.queued();
      },
      onProgress: progress.report,
      onUpdate: progress.update,
    });
    result.show(made, progress.stop(), label);
  } catch (thrown) {
    const error = /** @type {Failure | undefined} */ (thrown);
    const { isLost } = progress;
    progress.stop();
    const isCancelled = error?.name === "AbortError";
    const saved = isCancelled ? undefined : await savedJob(error?.requestId || requestId);
    result.restore(isCancelled ? "Cancelled" : saved ? "No video yet" : "No video was made");
    if (isCancelled) reportCancelled(requestId, isLost);
    else if (error?.code === "in_use") announce("The video is being made in another tab.");
    else reportFailure(error, requestId, saved);
  } finally {
    abort = null;
    setBusy(false);
  }
}

/**
 * The job with this id, if nothing was heard of its end.
 * @param {string | undefined} requestId
 * @returns {Promise<Entry | undefined>}
 */
async function savedJob(requestId) {
  if (!requestId) return undefined;
  return client.then((run) => run.savedJob(requestId)).catch(() => undefined);
}

/** Takes up the job that the page was left in the middle of, if there is one. */
async function takeUp() {
  const entry = await leftBehind();
  if (!entry || abort) return;
  if (entry.label.viaKey) return askForKey(entry);
  goOn(entry, { note: `Begun at ${timeOf(entry.submittedAt)}, before this page was loaded again.` });
}

/** @param {number} at in milliseconds since 1970 */
const timeOf = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

/**
 * Asks for the key again. The page never saves a key, but a job that was started with a key needs it to continue.
 * @param {Entry} entry
 */
function askForKey(entry) {
  connection.chooseKey();
  const { prompt } = entry.label;
  const text = `${prompt ? `“${prompt}” ` : "It "}was begun with your own key, which this page forgot when it was left. Enter the key, and press Continue.`;
  showProblem({ title: "A video is unfinished", text, requestId: entry.requestId, calm: true });
  announce(`A video is unfinished. ${text}`);
  offerContinue(() => continueJob(entry));
}

/**
 * Takes up a job whose connection was lost, or whose key was forgotten.
 * @param {Entry} entry
 */
function continueJob(entry) {
  if (abort) return;
  clearFieldErrors();
  if (entry.label.viaKey) {
    connection.chooseKey();
    const errors = connection.check();
    if (errors.length > 0) return showFieldErrors(errors);
  }
  hideProblem();
  $("generate").focus({ preventScroll: true });
  goOn(entry, { key: entry.label.viaKey ? connection.key : undefined });
}

/**
 * @param {Entry} entry
 * @param {{ key?: string | undefined, note?: string }} [options]
 */
function goOn(entry, { key, note } = {}) {
  const { label, submittedAt, requestId } = entry;
  tabs.select(label.mode);
  progress.goOn(label.mode, submittedAt);
  showJob(label, note);
  result.wait(label.thumbnail);
  showStage();
  void follow({ label, requestId }, ({ resume }, listeners) => resume({ entry, key, ...listeners }));
  announce(`Still being made: ${label.prompt || "the video of before"}`);
}

/** @returns {Promise<Entry | undefined>} */
async function leftBehind() {
  const { unfinished } = await client;
  for (const wait of LEAVING_MS) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    const entry = await unfinished();
    if (entry) return entry;
  }
}

/**
 * @param {string | undefined} requestId
 * @param {boolean} isLost nothing answered at the time
 */
function reportCancelled(requestId, isLost) {
  const text = describeCancel(requestId, isLost);
  showProblem({ title: "Cancelled", text, requestId, calm: true });
  announce(`Cancelled. ${text}`);
}

/**
 * @param {string | undefined} requestId
 * @param {boolean} isLost
 */
function describeCancel(requestId, isLost) {
  if (isLost) return "The service does not answer, so it is not known whether the job stopped. One that goes on is, at fal.ai, charged.";
  return requestId
    ? "The service was asked to stop the job. One that has begun may still finish and, at fal.ai, be charged."
    : "Nothing had been sent to the queue yet.";
}

/**
 * @param {Failure | undefined} error
 * @param {string | undefined} requestId
 * @param {Entry | undefined} saved the job, if it may still run
 */
function reportFailure(error, requestId, saved) {
  const problem = describeError(error, requestId);
  const text = /[.!?…”]$|^$/.test(problem.text) ? problem.text : `${problem.text}.`;
  const rest = saved ? `${text} The job may still be running. Continue asks for it again.`.trim() : problem.text;
  showProblem({ ...problem, text: rest });
  if (saved) offerContinue(() => continueJob(saved));
  const { placed } = showFieldErrors(problem.fields);
  if (!placed) $("problem").focus();
  // The focus reads out the field with its message, or the title: this says the rest.
  sayLoud(placed ? problem.title : rest || problem.title);
}

/** @param {boolean} busy */
function setBusy(busy) {
  // aria-disabled, not disabled: disabling the button would take the focus away from the person who just pressed it.
  $("generate").setAttribute("aria-disabled", String(busy));
  const focusWasOnCancel = document.activeElement === $("cancel");
  $("progress").hidden = !busy;
  if (focusWasOnCancel) $("generate").focus({ preventScroll: true });
}

/** Scrolls the stage into view. On a phone it is below the form. */
function showStage() {
  const isBelowForm = matchMedia("(max-width: 56rem)").matches;
  $("stage").scrollIntoView({ block: isBelowForm ? "start" : "nearest" });
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  void generate();
});
$("form").addEventListener("input", refresh);
$("prompt").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("form").requestSubmit();
});
$("cancel").addEventListener("click", () => abort?.abort());
copyOnClick($("copy-code"), $("snippet"), "The code is copied.");
copyOnClick($("copy-request"), $("request-id"), "The request id is copied.");
copyOnClick($("problem-copy"), $("problem-request-id"), "The request id is copied.");
refresh();
// If the saved jobs cannot be listed, there is no job to resume.
takeUp().catch(() => {});
