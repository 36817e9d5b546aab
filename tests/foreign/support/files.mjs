// Large files that no two parts of are alike, and what is stored of them.
import { createHash } from "node:crypto";

export const MIB = 1 << 20;

/** So many MiB; every one of them begins with its own number. */
export function blocks(count) {
  return Array.from({ length: count }, (_, number) => {
    const block = Buffer.alloc(MIB, number % 251);
    block.writeUInt32BE(number, 0);
    return block;
  });
}

/** The SHA-256 of these pieces, one after the other. */
export function digest(pieces) {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}

/** `{ bytes, digest, headers }` of what a URL serves to someone without a key. */
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

/** When a file goes, in seconds from now; NaN where nothing says so (protocol §9.6). */
export async function secondsLeft(url) {
  const { headers } = await fetch(url, { method: "HEAD" });
  return (Number(headers.get("x-fal-object-lifecycle-expiration") ?? NaN) - Date.now()) / 1000;
}
