/** What a message of the service is to the client (protocol §8.1). */
export type Meaning =
  | { kind: "result" | "unauthorized" | "skip" }
  | { kind: "error"; reason: string };

/** Tells results from control messages, which may come as text or as bytes. */
export function meaningOf(message: any): Meaning {
  if (message === null || message === undefined) return { kind: "error", reason: "an empty message" };
  const { type, status, error, reason } = message;
  if (type === "x-fal-message") return { kind: "skip" };
  if (type === "x-fal-error") {
    // Nothing was sent for a while; the service hangs up, and the next send connects again.
    return error === "TIMEOUT" ? { kind: "skip" } : { kind: "error", reason: worded(error, reason) };
  }
  if (status !== "error") return { kind: "result" };
  return error === "Unauthorized" ? { kind: "unauthorized" } : { kind: "error", reason: worded(error, reason) };
}

function worded(...parts: unknown[]): string {
  const said = parts.filter((part) => typeof part === "string" && part).join(": ");
  return said || "an error without a reason";
}
