// Connects the parts of the page: the form starts a run, and the stage shows its progress and its result.
import { announce, $, copyOnClick, sayLoud } from "./dom.js";
import { createConnection } from "./connection.js";
import { describeError } from "./errors.js";
import { clearFieldErrors, showFieldErrors } from "./field-errors.js";
import { createForm } from "./form.js";
import { createImageField } from "./image-field.js";
import { createProgress } from "./progress.js";
import { hideProblem, showProblem } from "./problem.js";
import { createResult } from "./result.js";
import { renderSnippet } from "./snippet.js";
import { createTabs } from "./tabs.js";

/** @import { Entry, Failure, Listeners, Made } from "./types.d.ts" */

// Start loading now. A run awaits the client, so that the page can report a missing package.
const client = import("./run.js").catch((cause) => {
  throw new Error("The fal-wasm package could not be loaded from this server. Build it, then load this page again.", { cause });
});
client.catch(() => {});

const refresh = () => renderSnippet($("snippet"), { ...form.read(), viaKey: connection.viaKey });
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

/** Delays before each look for an unfinished job, in ms: a page that is being left may hold its job a moment longer. */
const LEAVING_MS = [0, 200, 800];

/** @type {AbortController | null} */
let abort = null;

async function generate() {
  if (abort) return;
  clearFieldErrors();
  hideProblem();
  const errors = [...form.check(), ...connection.check()];
  if (errors.length > 0) return showFieldErrors(errors);

  const { endpointId, input, mode } = form.read();
  progress.start(mode);
  const made = follow(undefined, async ({ run }, told) => run({ endpointId, input, mode, key: connection.key, ...told }));
  result.wait(input.image_url);
  showStage();
  await made;
}

/**
 * Shows a job until it ends, however it ends. `call(package, listeners)` makes the video.
 * @param {string | undefined} requestId
 * @param {(run: typeof import("./run.js"), told: Listeners) => Promise<Made>} call
 */
async function follow(requestId, call) {
  abort = new AbortController();
  setBusy(true);
  try {
    const made = await call(await client, {
      signal: abort.signal,
      onUpload: progress.uploaded,
      onEnqueue(id) {
        requestId = id;
        progress.queued();
      },
      onUpdate: progress.update,
    });
    result.show(made, progress.stop());
  } catch (thrown) {
    const error = /** @type {Failure | undefined} */ (thrown);
    progress.stop();
    result.restore();
    if (error?.name === "AbortError") tellCancelled(requestId);
    else if (error?.code === "in_use") announce("The video is being made in another tab.");
    else tell(error, requestId);
  } finally {
    abort = null;
    setBusy(false);
  }
}

/** Resumes the unfinished job of an earlier visit, if there is one. */
async function takeUp() {
  const entry = await leftBehind();
  if (!entry || abort) return;
  if (entry.label.viaKey) return askForKey(entry);
  goOn(entry);
}

/**
 * Asks for the key again. The page never saves a key, but a job that was started with a key needs it to continue.
 * @param {Entry} entry
 */
function askForKey(entry) {
  connection.chooseKey();
  const text = "It was begun with your own key, which this page forgot when it was left. Enter the key, and press Continue.";
  showProblem({ title: "A video is unfinished", text, requestId: entry.requestId, calm: true });
  announce(`A video is unfinished. ${text}`);
  $("continue").hidden = false;
  $("continue").onclick = () => {
    if (abort) return;
    clearFieldErrors();
    const errors = connection.check();
    if (errors.length > 0) return showFieldErrors(errors);
    hideProblem();
    $("generate").focus({ preventScroll: true });
    goOn(entry, connection.key);
  };
}

/**
 * @param {Entry} entry
 * @param {string} [key]
 */
function goOn(entry, key) {
  const { label, submittedAt, requestId } = entry;
  tabs.select(label.mode);
  progress.goOn(label.mode, submittedAt);
  result.wait();
  void follow(requestId, ({ resume }, told) => resume({ entry, key, ...told }));
  announce("The video that was being made when this page was left is still being made.");
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

/** @param {string | undefined} requestId */
function tellCancelled(requestId) {
  const text = requestId
    ? "The service was asked to stop the job. One that has begun may still finish and, at fal.ai, be charged."
    : "Nothing had been sent to the queue yet.";
  showProblem({ title: "Cancelled", text, requestId, calm: true });
  announce(`Cancelled. ${text}`);
}

/**
 * @param {Failure | undefined} error
 * @param {string | undefined} requestId
 */
function tell(error, requestId) {
  const problem = describeError(error, requestId);
  showProblem(problem);
  const { placed } = showFieldErrors(problem.fields);
  if (!placed) $("problem").focus();
  // Moving the focus reads out the field and its message, or the title. This reads out the rest.
  sayLoud(placed ? problem.title : problem.text || problem.title);
}

/** @param {boolean} busy */
function setBusy(busy) {
  // aria-disabled, not disabled: disabling the button would take the focus away from the person who just pressed it.
  $("generate").setAttribute("aria-disabled", String(busy));
  const focusWasOnCancel = document.activeElement === $("cancel");
  $("progress").hidden = !busy;
  if (focusWasOnCancel) $("generate").focus({ preventScroll: true });
}

/** Scrolls the stage into view: on a phone it is below the form. */
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
