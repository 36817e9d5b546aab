// Checks whether a chosen file can still be read. It stays on the disk, and may be deleted or changed.

import { badArgument } from "../bad-argument.ts";

/**
 * Rejects if the bytes can no longer be read, or are fewer than before. Browsers would send nothing for a long time,
 * and then report a lost connection.
 */
export async function checkReadable(bytes: Blob): Promise<void> {
  // Reads the first byte and the last one. A deleted file seems empty in Chromium.
  const sample = bytes.size > 0 ? new Blob([bytes.slice(0, 1), bytes.slice(bytes.size - 1)]) : bytes;
  const { byteLength } = await sample.arrayBuffer().catch(rejectUnreadable);
  if (byteLength !== sample.size) rejectUnreadable();
}

/** Throws the facts of a file that cannot be read any more. */
export function rejectUnreadable(cause?: unknown): never {
  throw badArgument("file", "cannot be read: it was changed, moved or deleted since it was chosen", cause === undefined ? {} : { cause });
}
