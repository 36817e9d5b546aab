// Results that are not JSON, by content type.
import { APP, REQUEST_ID, ran } from "../page/wire.mjs";

const BYTES = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00]);
const typed = (type, body, more) => ({
  id: `content-${type.replaceAll(/\W+/g, "-")}`,
  what: type,
  answers: [ran(undefined, { body, headers: { "content-type": type, "x-fal-request-id": REQUEST_ID } })],
  run: ({ client }) => client().run(APP, { input: {} }),
  ...more,
});
const bytes = (type) =>
  typed(type, BYTES, {
    differs: ["bytes-stay-bytes"],
    check: ({ ours, assert }) => assert.deepEqual(ours.outcome.value.data, { "«ArrayBuffer»": "89504e47ff00" }),
  });

export const scenarios = [
  typed("application/json", '{"a":"é"}'),
  typed("application/json; charset=utf-8", "[1,2]"),
  typed("text/plain", "plain é"),
  typed("text/plain; charset=utf-8", "12"),
  typed("text/html", "<p>é</p>"),
  typed("text/csv", "a,b\n1,2"),
  typed("application/xml", "<a/>"),
  typed("application/problem+json", '{"a":1}'),
  typed("application/x-ndjson", '{"a":1}\n{"a":2}'),
  typed("application/javascript", "1"),
  typed("application/yaml", "a: 1"),
  typed("application/octet-stream", BYTES),
  bytes("image/png"),
  bytes("image/jpeg"),
  bytes("video/mp4"),
  bytes("audio/mpeg"),
  bytes("application/zip"),
  typed("image/svg+xml", "<svg/>"),
  { ...typed("no type at all", ""), answers: [ran(undefined, { body: undefined, chunks: ["words"] })] },
  { ...typed("an empty answer", ""), answers: [ran(undefined, { status: 204, body: undefined })] },
  {
    ...typed("broken JSON with 200", ""),
    differs: ["bad-json"],
    answers: [ran(undefined, { body: '{"a":', headers: { "content-type": "application/json", "x-fal-request-id": REQUEST_ID } })],
    check: ({ theirs, ours, assert }) => {
      assert.equal(theirs.outcome.thrown["«error»"].name, "SyntaxError");
      assert.notEqual(ours.outcome.thrown["«error»"].name, "SyntaxError");
    },
  },
];
