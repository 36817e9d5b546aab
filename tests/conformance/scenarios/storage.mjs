// storage.upload and storage.transformInput.
import { stored } from "../page/wire.mjs";

const upload = (make, options) => ({ client }) => client().storage.upload(make(), options);
const transform = (make) => ({ client }) => client().storage.transformInput(make());
const text = () => new File(["Hello, World!"], "hello.txt", { type: "text/plain" });
const answers = stored({ times: 9 });
const lifecycle = (id, what, settings) => ({ id: `upload-${id}`, what, answers, run: upload(text, { lifecycle: settings }) });
const MIB = 2 ** 20;

export const scenarios = [
  { id: "upload-file", what: "a File: initiate, then its bytes", answers, run: upload(text) },
  { id: "upload-blob", what: "a Blob gets a name from the time and its type", answers, run: upload(() => new Blob(["abc"], { type: "image/png" })) },
  { id: "upload-blob-parameters", what: "parameters of the type are no part of that name", answers, run: upload(() => new Blob(["abc"], { type: "text/plain;charset=utf-8" })) },
  { id: "upload-blob-suffix", what: "nor is a suffix after a hyphen", answers, run: upload(() => new Blob(["abc"], { type: "video/x-matroska" })) },
  { id: "upload-blob-plus", what: "image/svg+xml", answers, run: upload(() => new Blob(["<svg/>"], { type: "image/svg+xml" })) },
  { id: "upload-no-type", what: "no type at all", answers, run: upload(() => new Blob(["abc"])) },
  { id: "upload-file-no-type", what: "a File without a type", answers, run: upload(() => new File(["abc"], "data.bin")) },
  { id: "upload-empty", what: "an empty file", answers, run: upload(() => new File([], "empty.txt", { type: "text/plain" })) },
  { id: "upload-unicode-name", what: "a name in any script", answers, run: upload(() => new File(["abc"], "写真 ü/\"1\".png", { type: "image/png" })) },
  { id: "upload-bytes", what: "bytes arrive as they are", answers, run: upload(() => new File([new Uint8Array(Array.from({ length: 256 }, (_, at) => at))], "all.bin")) },
  lifecycle("expires", "a lifecycle preset", { expiresIn: "1d" }),
  lifecycle("expires-number", "a lifecycle in seconds", { expiresIn: 120 }),
  lifecycle("expires-never", "a lifecycle of never", { expiresIn: "never" }),
  lifecycle("acl", "an ACL", { initialAcl: { default: "hide", rules: [{ user: "acme", decision: "allow" }] } }),
  { id: "upload-initiate-refused", what: "initiate is refused", answers: [{ to: "/initiate", status: 401, body: { detail: "Authorization header is required" } }], run: upload(text) },
  { id: "upload-initiate-retried", what: "initiate is tried again after 503", pace: 0.02, answers: [{ to: "/initiate", status: 503, body: {} }, ...answers], run: upload(text) },
  { id: "upload-refused", what: "the bytes are refused", answers: [answers[0], { method: "PUT", to: "/put/", status: 413, body: { detail: "Payload Too Large" } }], run: upload(text) },
  {
    id: "upload-parts",
    what: "more than 90 MiB go in parts of 10 MiB",
    anyOrder: true,
    answers: [
      { to: "/initiate-multipart?", body: { upload_url: "https://v3b.fal.media/put/x?signature=s", file_url: "https://v3b.fal.media/files/b/x.bin" } },
      ...Array.from({ length: 10 }, (_, at) => ({ method: "PUT", to: `/put/x/${at + 1}?`, body: { partNumber: at + 1, etag: `"e${at + 1}"` } })),
      { method: "POST", to: "/put/x/complete", body: {} },
      { method: "GET", to: "/files/b/x.bin", status: 206, body: {} },
    ],
    differs: ["last-byte"],
    run: upload(() => new File([new Uint8Array(91 * MIB)], "big.bin")),
    check({ theirs, ours, assert }) {
      const isCheck = ({ method }) => method === "GET";
      assert.deepEqual(ours.requests.filter((it) => !isCheck(it)), theirs.requests, "the same requests, parts in any order");
      const check = ours.requests.find(isCheck);
      assert.deepEqual([check.url, check.headers.range, check.headers.authorization], ["https://v3b.fal.media/files/b/x.bin", `bytes=${91 * MIB - 1}-${91 * MIB - 1}`, undefined]);
      assert.deepEqual(ours.outcome, theirs.outcome);
    },
  },
  { id: "transform-blob", what: "a Blob becomes its URL", answers, run: transform(() => new Blob(["a"], { type: "image/png" })) },
  { id: "transform-nested", what: "in objects and arrays, however deep", answers, run: transform(() => ({ a: [{ b: text() }, "x"], c: { d: { e: 1 } } })) },
  { id: "transform-array", what: "an array of files", anyOrder: true, answers, run: transform(() => [text(), new File(["2"], "two.txt", { type: "text/plain" })]) },
  { id: "transform-plain", what: "what is no file stays", run: transform(() => ({ a: 1, b: null, c: undefined, d: "data:image/png;base64,AA==", e: [true, [0]], f: new Date(0) })) },
  { id: "transform-text", what: "a text stays a text", run: transform(() => "text") },
  { id: "transform-null", what: "null stays null", run: transform(() => null) },
  { id: "transform-undefined", what: "undefined stays undefined", run: transform(() => undefined) },
  {
    id: "transform-new-object",
    what: "the caller's own object is not changed",
    answers,
    run: async ({ client, note }) => {
      const input = { image: text(), list: [1] };
      const output = await client().storage.transformInput(input);
      note("input", input);
      return { output, isSame: output === input };
    },
  },
  {
    id: "transform-same-twice",
    what: "one file in two places",
    anyOrder: true,
    differs: ["same-file-once"],
    answers,
    run: transform(() => {
      const file = text();
      return { a: file, b: file };
    }),
    check({ theirs, ours, assert }) {
      assert.deepEqual([theirs.requests.length, ours.requests.length], [4, 2]);
      assert.deepEqual(ours.outcome, theirs.outcome);
    },
  },
];
