// An endpoint of the emulator with a large JSON result, as detection and embedding models return it.
import { writeFileSync } from "node:fs";
import path from "node:path";

export const RESULT_ID = "bench/large-result";

/** Writes the endpoint's description into a folder for `--endpoints`. Its result has at least `bytes` bytes of JSON. */
export function writeResult(folder, bytes) {
  const items = [];
  for (let length = 0; length < bytes; ) {
    const item = object(items.length);
    length += JSON.stringify(item).length + 1;
    items.push(item);
  }
  writeFileSync(path.join(folder, "large-result.json"), JSON.stringify({ endpoint_id: RESULT_ID, output: { items } }));
}

const object = (index) => ({
  label: `object number ${index} – größer`,
  score: ((index * 7919) % 10_007) / 10_007,
  box: [index % 1920, index % 1080, 100 + (index % 37), 50 + (index % 41)],
  embedding: Array.from({ length: 16 }, (_, at) => ((index * 31 + at * 17) % 1009) / 1009 - 0.5),
});
