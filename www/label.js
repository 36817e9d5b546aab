// The label of a job: its prompt and a thumbnail. The page names the job by them after a reload. It is saved with the request id.

/** @import { Label, Mode } from "./types.d.ts" */

/** As much of a prompt as is shown. */
const LONGEST_PROMPT = 200;

/**
 * @param {{ mode: Mode, viaKey: boolean, prompt: string, thumbnail: string | undefined }} about
 * @returns {Label}
 */
export function labelOf({ mode, viaKey, prompt, thumbnail }) {
  const shown = Array.from(prompt);
  const short = shown.length > LONGEST_PROMPT ? `${shown.slice(0, LONGEST_PROMPT - 1).join("")}…` : prompt;
  return { mode, viaKey, prompt: short, ...(thumbnail && { thumbnail }) };
}
