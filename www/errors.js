// From what was thrown to words for a person.

const TITLES = {
  401: "The key was not accepted",
  403: "Not allowed",
  404: "Not found",
  413: "The image is too large",
  422: "The input was refused",
  429: "Too many requests at once",
};

/**
 * `{ title, text, fields: [{ field, text }], requestId }`. What is known of single fields is
 * in `fields`; for all else `text` is the client's own message, which says why.
 */
export function describeError(error, requestId) {
  const fields = (error?.fieldErrors ?? [])
    .map(({ loc, msg }) => ({ field: fieldIn(loc), text: msg }))
    .filter(({ field }) => field);
  return {
    title: titleOf(Object(error)),
    text: fields.length > 0 ? "" : String(error?.message || error),
    fields,
    requestId: error?.requestId || requestId,
  };
}

/** ["body", "image_url"] is about image_url, ["body", "images", 2] about images, ["body"] about no one field. */
const fieldIn = (loc) => Array.isArray(loc) && loc.find((part) => part !== "body");

function titleOf({ name, status, code }) {
  if (name === "TimeoutError") return "It took too long";
  if (code === "network") return "No answer came";
  if (TITLES[status]) return TITLES[status];
  return status >= 500 ? "The service failed" : "It did not work";
}
