/** The fields of an error that an app might log. */
export function facts(error) {
  const { name, message, stack, code, status, requestId, body, cause } = error ?? {};
  const isUncertain = error instanceof library.SubmitUncertainError;
  return { name, message, stack, code, status, requestId, body: text(body), isUncertain, ...(cause && { cause: text(facts(cause)) }) };
}

function text(value) {
  try {
    return typeof value === "string" ? value : JSON.stringify(value);
  } catch {
    return String(value);
  }
}
