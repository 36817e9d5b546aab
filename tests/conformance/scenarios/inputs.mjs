// Inputs of every kind, as the service receives them.
import { submitted } from "../page/wire.mjs";

class Point {
  x = 1;
}

class Photo extends Point {
  file = new Blob(["abc"]);
}

/** For inputs that this package refuses. The official client sends them with content missing. */
const lost = {
  differs: ["lossless-inputs"],
  check({ theirs, ours, assert }) {
    assert.equal(theirs.requests.length, 1);
    assert.equal(ours.requests.length, 0);
    assert.match(ours.outcome.thrown["«error»"].message, /^input\b/);
  },
};

/** A scenario that submits the value of `make()` to an unknown model. */
const input = (id, what, make, more) => ({
  id: `input-${id}`,
  what,
  answers: [submitted()],
  run: ({ client }) => client().queue.submit("acme/app", { input: make() }),
  ...more,
});

export const scenarios = [
  input("text", "a text", () => "just words"),
  input("number", "a number", () => 7),
  input("array", "an array", () => [1, "two", null]),
  input("empty-object", "an empty object", () => ({})),
  input("empty-array", "an empty array", () => []),
  input("zero", "0 is no input", () => 0),
  input("false", "false is no input", () => false),
  input("empty-text", "\"\" is no input", () => ""),
  input("null", "null is no input", () => null),
  input("true", "true", () => true),
  input("undefined-fields", "fields that are undefined are left out", () => ({ a: undefined, b: [undefined], c: 1 })),
  input("null-fields", "null is sent", () => ({ a: null })),
  input("numbers", "numbers that JSON has no word for", () => ({ a: NaN, b: Infinity, c: -0, d: 1e21, e: 1e-7 })),
  input("unicode", "every script, and emoji", () => ({ prompt: "žluťoučký 猫 👩‍👩‍👧 \u0000 \u2028 é" })),
  input("lone-surrogates", "half a character", () => ({ prompt: "a\ud800b\udc00" })),
  input("escapes", "quotes and slashes", () => ({ prompt: "\"\\/</script>\n\t" })),
  input("date", "a Date", () => ({ at: new Date(0) })),
  input("nested-date", "a Date in an array", () => ({ at: [new Date(86_400_000)] })),
  input("to-json", "an object with toJSON", () => ({ own: { toJSON: () => "own text" } })),
  input("class", "an instance of a class", () => new Point()),
  input("class-file", "an instance of a class that holds a file", () => new Photo(), lost),
  input("class-file-inside", "such an instance inside", () => ({ at: new Photo() }), lost),
  input("class-inside", "such an instance inside", () => ({ at: new Point() })),
  input("null-prototype", "an object without a prototype", () => Object.assign(Object.create(null), { a: 1 })),
  input("map", "a Map", () => ({ map: new Map([["a", 1]]), set: new Set([1]) }), lost),
  input("bytes", "a typed array", () => ({ bytes: new Uint8Array([1, 2, 3]) }), lost),
  input("buffer", "an ArrayBuffer", () => ({ bytes: new ArrayBuffer(8) }), lost),
  input("stream", "a stream", () => ({ stream: new ReadableStream() }), lost),
  input("form-data", "a FormData", () => new FormData(), lost),
  input("bigint", "a BigInt cannot be sent", () => ({ n: 1n })),
  input("cycle", "a cycle cannot be sent", () => {
    const one = { a: 1 };
    one.self = one;
    return { one };
  }, { differs: ["cycles"], check({ ours, assert }) {
    assert.equal(ours.requests.length, 0);
    assert.ok(ours.outcome.thrown);
  } }),
  input("function", "a function is left out", () => ({ call: () => 1, symbol: Symbol("s"), a: 1 })),
  input("getter", "a getter is read", () => ({ get prompt() { return "got"; } })),
  input("getter-throws", "what a getter throws rejects the call", () => ({ get prompt() { throw new RangeError("no prompt"); } })),
  input("data-uri", "a data URI stays a text", () => ({ image_url: "data:image/png;base64,iVBORw0KGgo=" })),
  input("url", "a URL stays a text", () => ({ image_url: "https://example.test/a b.png" })),
  input("url-object", "a URL object becomes its text", () => ({ image_url: new URL("https://example.test/a.png") })),
  input("large", "10 MB of JSON", () => ({ text: "é".repeat(5_000_000) })),
  input("deep", "200 levels", () => Array.from({ length: 200 }).reduce((inner) => ({ inner }), 1)),
  input("key-order", "keys in their order", () => ({ b: 1, a: 2, 10: 3, 9: 4, __proto__: null })),
  input("dropped-files", "the FileList of a file input", () => {
    const held = new DataTransfer();
    held.items.add(new File(["1"], "1.png", { type: "image/png" }));
    return { images: held.files };
  }, {
    differs: ["file-lists"],
    answers: [
      { to: "/initiate", body: { upload_url: "https://v3b.fal.media/put/1", file_url: "https://v3b.fal.media/files/b/1.png" } },
      { method: "PUT", to: "/put/1", body: {} },
      submitted(),
    ],
    check({ theirs, ours, assert }) {
      assert.equal(theirs.requests.at(-1).body, '{"images":{"0":{}}}');
      assert.equal(ours.requests.at(-1).body, '{"images":["https://v3b.fal.media/files/b/1.png"]}');
    },
  }),
  input("file-list", "files in an array, next to texts", () => ({ images: [new File(["1"], "1.png", { type: "image/png" }), "https://example.test/2.png"] }), {
    answers: [
      { to: "/initiate", body: { upload_url: "https://v3b.fal.media/put/1", file_url: "https://v3b.fal.media/files/b/1.png" } },
      { method: "PUT", to: "/put/1", body: {} },
      submitted(),
    ],
  }),
];
