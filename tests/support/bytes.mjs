// Large files for tests: their bytes, and whether those that arrived are the same.

/** Defines `bytes(size)` and `areSame(left, right)` in the page in which it runs. */
export function defineBytes() {
  // Loops: a function for each of ten million bytes would take ten times as long.
  window.bytes = (size) => {
    const data = new Uint8Array(size);
    const words = new Uint32Array(data.buffer, 0, size >> 2);
    for (let at = 0; at < words.length; at++) words[at] = Math.imul(at, 2654435761);
    return data;
  };
  window.areSame = (left, right) => {
    if (left.length !== right.length) return false;
    for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false;
    return true;
  };
}
