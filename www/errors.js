// Describes an error in words for a person.

/** @import { FieldError, Failure, Problem } from "./types.d.ts" */

/** @type {Record<number, string>} */
const TITLES = {
  401: "The key was not accepted",
  403: "Not allowed",
  404: "Not found",
  413: "The image is too large",
  422: "The input was refused",
  429: "Too many requests at once",
};

/**
 * Describes an error. Problems of single fields are in `fields`. For other errors, `text` is the client's message.
 * @param {Failure | null | undefined} error
 * @param {string} [requestId]
 * @returns {Problem & { text: string, fields: FieldError[] }}
 */
export function describeError(error, requestId) {
  const fields = (error?.fieldErrors ?? [])
    .map(({ loc, msg }) => ({ field: fieldIn(loc), text: msg }))
    .filter(({ field }) => field !== "");
  return {
    title: titleOf(Object(error)),
    // oxlint-disable-next-line typescript/no-base-to-string -- whatever was thrown, it has a text
    text: fields.length > 0 ? "" : String(error?.message || error),
    fields,
    requestId: error?.requestId || requestId,
  };
}

/**
 * The field that a location names: image_url for ["body", "image_url"], images for ["body", "images", 2], none for ["body"].
 * @param {unknown} loc
 */
const fieldIn = (loc) => (Array.isArray(loc) ? String(loc.find((part) => part !== "body") || "") : "");

/** @param {Failure} error */
function titleOf({ name, status, code }) {
  if (name === "TimeoutError") return "It took too long";
  if (code === "network") return "No answer came";
  const number = Number(status);
  return TITLES[number] ?? (number >= 500 ? "The service failed" : "It did not work");
}
