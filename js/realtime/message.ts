import type { Fields } from "../fields.ts";

/** The meaning of a message from the service (protocol §8.1). */
export type Meaning =
  | { kind: "result" | "unauthorized" | "skip" }
  | { kind: "error"; reason: string };

/** Distinguishes results from control messages. Both may come as text or as bytes. */
export function meaningOf(message: unknown): Meaning {
  if (message === null || message === undefined) return { kind: "error", reason: "an empty message" };
  const { type, status, error, reason } = message as NonNullable<Fields>;
  if (type === "x-fal-message") return { kind: "skip" };
  if (type === "x-fal-error") {
    // The service closes an idle connection. The next send connects again, so this is no error.
    return error === "TIMEOUT" ? { kind: "skip" } : { kind: "error", reason: errorText(error, reason) };
  }
  if (status !== "error") return { kind: "result" };
  return error === "Unauthorized" ? { kind: "unauthorized" } : { kind: "error", reason: errorText(error, reason) };
}

function errorText(...parts: unknown[]): string {
  const said = parts.filter((part) => typeof part === "string" && part).join(": ");
  return said || "an error without a reason";
}
