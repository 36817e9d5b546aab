// Checks an HTTP archive: the fields that HAR 1.2 requires, and their types.

/** @typedef {(value: unknown) => boolean} Test */
/** @typedef {Test | [Shape] | { [name: string]: Shape }} Shape a test, a list of one shape, or fields */

/** @type {Test} */
const text = (value) => typeof value === "string";
/** @type {Test} */
const number = (value) => typeof value === "number" && Number.isFinite(value);
/** @type {Test} */
const time = (value) => typeof value === "number" && value >= 0;
/** @type {Test} */
const list = (value) => Array.isArray(value);
/** @type {Test} */
const date = (value) => typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(Date.parse(value));
/** @type {Test} */
const url = (value) => typeof value === "string" && URL.canParse(value);

/** @type {Shape} */
const PAIR = { name: text, value: text };
/** @type {Shape} */
const ENTRY = {
  startedDateTime: date,
  time,
  request: { method: text, url, httpVersion: text, cookies: list, headers: [PAIR], queryString: [PAIR], headersSize: number, bodySize: number },
  response: {
    status: number,
    statusText: text,
    httpVersion: text,
    cookies: list,
    headers: [PAIR],
    content: { size: number, mimeType: text },
    redirectURL: text,
    headersSize: number,
    bodySize: number,
  },
  cache: {},
  timings: { send: time, wait: time, receive: time },
};
/** @type {Shape} */
const HAR = { log: { version: text, creator: { name: text, version: text }, entries: [ENTRY] } };

/**
 * The paths of fields that are missing or have a wrong type, such as `log.entries[0].time`.
 * @param {unknown} har
 */
export const harProblems = (har) => check(HAR, har, "");

/**
 * @param {Shape} shape
 * @param {unknown} value
 * @param {string} at
 * @returns {string[]}
 */
function check(shape, value, at) {
  if (typeof shape === "function") return shape(value) ? [] : [at];
  if (Array.isArray(shape)) {
    const [item] = shape;
    return Array.isArray(value) ? value.flatMap((each, index) => check(item, each, `${at}[${index}]`)) : [at];
  }
  if (typeof value !== "object" || value === null) return [at];
  const fields = Object.entries(shape);
  return fields.flatMap(([name, field]) => check(field, Reflect.get(value, name), at ? `${at}.${name}` : name));
}
