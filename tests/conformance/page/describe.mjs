// Converts a value to JSON. Keeps distinctions that JSON loses: undefined, bytes, errors, dates.

const MOST_BYTES = 48;

/** Describes `value`. `lib` is the package under test, which provides the error classes. */
export function describe(value, lib, seen = new Set()) {
  const plain = primitive(value);
  if (plain !== UNKNOWN) return plain;
  if (seen.has(value)) return "«again»";
  seen = new Set(seen).add(value);
  const inner = (it) => describe(it, lib, seen);
  if (value instanceof Error || value instanceof DOMException) return { "«error»": errorFields(value, lib, inner) };
  if (value instanceof ArrayBuffer) return { "«ArrayBuffer»": hex(new Uint8Array(value)) };
  if (ArrayBuffer.isView(value)) return { [`«${value.constructor.name}»`]: hex(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) };
  if (value instanceof Blob) return { "«Blob»": [value.constructor.name, value.type, value.size] };
  if (value instanceof Date) return { "«Date»": value.toISOString() };
  if (value instanceof Headers) return { "«Headers»": Object.fromEntries(value) };
  if (Array.isArray(value)) return value.map(inner);
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, inner(it)]));
}

const UNKNOWN = Symbol("not a primitive");

function primitive(value) {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return value.length > 2000 ? `«text of ${value.length}: ${value.slice(0, 40)}…»` : value;
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0) ? value : `«${Object.is(value, -0) ? "-0" : value}»`;
  if (typeof value !== "object") return typeof value === "function" ? "«function»" : `«${String(value)}»`;
  return UNKNOWN;
}

/** The public fields of the official client's errors. Fields that only ours has are additions, not differences. */
function errorFields(error, lib, inner) {
  const is = ["ApiError", "ValidationError"].filter((name) => lib[name] && error instanceof lib[name]);
  const fields = { name: error.name, message: error.message, is };
  if (error instanceof DOMException) return { ...fields, is: ["DOMException"] };
  if (is.length === 0) return fields;
  const { status, body, requestId, timeoutType, isUserTimeout } = error;
  const shown = { ...fields, status, body: inner(body), requestId, timeoutType: inner(timeoutType), isUserTimeout };
  if (!is.includes("ValidationError")) return shown;
  return { ...shown, fieldErrors: inner(error.fieldErrors), promptErrors: inner(attempt(() => error.getFieldErrors("prompt"))) };
}

function attempt(call) {
  try {
    return call();
  } catch (error) {
    return `threw ${/** @type {Error} */ (error).name}`;
  }
}

function hex(bytes) {
  const start = Array.from(bytes.subarray(0, MOST_BYTES), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return bytes.length > MOST_BYTES ? `${start}… (${bytes.length} bytes)` : start;
}
