// A chosen file stays on the disk, where it may be deleted or changed before its bytes are sent.

import { badArgument } from "../wasm.ts";

/**
 * Rejects where bytes cannot be read any more, or are fewer than they were: browsers would send
 * nothing for long, and call it a lost connection.
 */
export async function checkReadable(bytes: Blob): Promise<void> {
  // The first byte and the last one. Of a deleted file, Chromium says that it is empty.
  const sample = bytes.size > 0 ? new Blob([bytes.slice(0, 1), bytes.slice(bytes.size - 1)]) : bytes;
  const { byteLength } = await sample.arrayBuffer().catch(unreadable);
  if (byteLength !== sample.size) unreadable();
}

/** The facts of a file that is not as it was chosen. */
export function unreadable(cause?: unknown): never {
  throw badArgument("file", "cannot be read: it was changed, moved or deleted since it was chosen", cause === undefined ? {} : { cause });
}
