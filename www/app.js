// Wires the page: form on one side, a run and what comes of it on the other.
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

// Asked for now, awaited by a run: where the package is missing the page can still say so.
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
const tabs = createTabs($("tab-image").parentElement, (mode) => {
  clearFieldErrors();
  form.setMode(mode);
  refresh();
});

let abort = null;

async function generate() {
  if (abort) return;
  clearFieldErrors();
  hideProblem();
  const errors = [...form.check(), ...connection.check()];
  if (errors.length > 0) return showFieldErrors(errors);

  const { endpointId, input, mode } = form.read();
  let requestId;
  abort = new AbortController();
  setBusy(true);
  result.wait(input.image_url);
  progress.start(mode);
  try {
    const { run } = await client;
    const made = await run({
      endpointId,
      input,
      key: connection.key,
      signal: abort.signal,
      onUpload: progress.uploaded,
      onEnqueue(id) {
        requestId = id;
        progress.queued();
      },
      onUpdate: progress.update,
    });
    result.show(made, progress.stop());
  } catch (error) {
    progress.stop();
    result.restore();
    if (error?.name === "AbortError") tellCancelled(requestId);
    else tell(error, requestId);
  } finally {
    abort = null;
    setBusy(false);
  }
}

function tellCancelled(requestId) {
  const text = requestId
    ? "The service was asked to stop the job. One that has begun may still finish and, at fal.ai, be charged."
    : "Nothing had been sent to the queue yet.";
  showProblem({ title: "Cancelled", text, requestId, calm: true });
  announce(`Cancelled. ${text}`);
}

function tell(error, requestId) {
  const problem = describeError(error, requestId);
  showProblem(problem);
  const { placed } = showFieldErrors(problem.fields);
  if (!placed) $("problem").focus();
  // The focus reads out the field with its message, or the title: this says the rest.
  sayLoud(placed ? problem.title : problem.text || problem.title);
}

function setBusy(busy) {
  // aria-disabled, not disabled: a disabled button would drop the focus of whoever just pressed it.
  $("generate").setAttribute("aria-disabled", String(busy));
  const focusWasOnCancel = document.activeElement === $("cancel");
  $("progress").hidden = !busy;
  if (focusWasOnCancel) $("generate").focus({ preventScroll: true });
  if (busy) showStage();
}

/** Brings what the press has set going into view: on a phone the stage is below the form. */
function showStage() {
  const isBelowForm = matchMedia("(max-width: 56rem)").matches;
  $("stage").scrollIntoView({ block: isBelowForm ? "start" : "nearest" });
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  generate();
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
