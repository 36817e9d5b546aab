// Large files without two equal parts, and a check of the stored bytes.
import { createHash } from "node:crypto";

export const MIB = 1 << 20;

/** A file of `count` blocks of one MiB. Each begins with its own number. */
export function blocks(count) {
  return Array.from({ length: count }, (_, number) => {
    const block = Buffer.alloc(MIB, number % 251);
    block.writeUInt32BE(number, 0);
    return block;
  });
}

/** The SHA-256 of these pieces in a row. */
export function digest(pieces) {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}

/** Downloads a URL without a key. Resolves with `{ bytes, digest, headers }`. */
export async function stored(url) {
  const reply = await fetch(url);
  if (!reply.ok) throw new Error(`${url} was answered ${reply.status}`);
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of reply.body ?? []) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, digest: hash.digest("hex"), headers: reply.headers };
}

/** The seconds until a file is deleted. NaN if the answer names no time (protocol §9.6). */
export async function secondsLeft(url) {
  const { headers } = await fetch(url, { method: "HEAD" });
  return (Number(headers.get("x-fal-object-lifecycle-expiration") ?? NaN) - Date.now()) / 1000;
}
