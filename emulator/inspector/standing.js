// The status of a job in words. Pure.

/** @import { Job, Tone } from "./types.d.ts" */

/**
 * Whether a job is in line or at work.
 * @param {Pick<Job, "status">} job
 */
export const isUnfinished = ({ status }) => status !== "COMPLETED";

/**
 * The status of a job in words, and its tone.
 * @param {Pick<Job, "status" | "ahead" | "error" | "error_type">} job
 * @returns {[string, Tone]}
 */
export function describeStanding({ status, ahead, error, error_type: type }) {
  if (status === "IN_QUEUE") return [ahead === 0 ? "Next in line" : `In line, ${ahead} ahead`, "open"];
  if (status === "IN_PROGRESS") return ["In progress", "open"];
  if (type === "client_cancelled") return ["Cancelled", "calm"];
  return error ? ["Failed", "bad"] : ["Completed", "good"];
}
