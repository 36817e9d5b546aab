// The work of every app in the matrix: a subscribe and an upload, for real, and a report.

import { EMULATOR, REPORT } from "./addresses.mjs";

/**
 * Makes both calls with this `fal` and reports their outcomes.
 * @param {(fal: object) => Promise<void>} first the work that is reported as `subscribe`
 */
export async function runScenario(fal, first = subscribe) {
  fal.config({ proxyUrl: { url: `${EMULATOR}/api/fal/proxy`, when: "always" } });
  await report({ subscribe: await outcome(() => first(fal)), upload: await outcome(() => upload(fal)) });
}

/** Reports the outcomes to the test. Only the first report counts. */
export async function report(outcomes) {
  await fetch(REPORT, { method: "POST", body: JSON.stringify(outcomes) });
}

async function outcome(work) {
  try {
    await work();
    return "ok";
  } catch (error) {
    const { name, message } = /** @type {{ name?: string, message?: string }} */ (error ?? {});
    return `${name}: ${message}`;
  }
}

/** Makes a video and checks it. */
export async function subscribe(fal) {
  const seen = [];
  const { data, requestId } = await fal.subscribe("fal-ai/kandinsky5-pro/text-to-video", {
    input: { prompt: "a quiet sea" },
    onQueueUpdate: ({ status }) => seen.push(status),
  });
  await assertVideo(data.video.url);
  if (!requestId || seen.at(-1) !== "COMPLETED") throw new Error(`updates: ${seen}, request: ${requestId}`);
}

/** Throws unless the URL serves an MP4. */
export async function assertVideo(url) {
  const video = await (await fetch(url)).arrayBuffer();
  const kind = new TextDecoder().decode(video.slice(4, 8));
  if (kind !== "ftyp") throw new Error(`the video begins with ${kind}`);
}

async function upload(fal) {
  const text = `Grüße ${Math.random()}`;
  const url = await fal.storage.upload(new Blob([text], { type: "text/plain" }));
  const stored = await (await fetch(url)).text();
  if (stored !== text) throw new Error(`stored "${stored}" instead of "${text}"`);
}
