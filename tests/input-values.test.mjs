// The values that an input may contain. Files of every kind become URLs. A value that JSON would lose is refused before
// anything is sent, and the error names its field.

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { withClient } from "./support/client.mjs";

const client = withClient();
beforeEach(async () => {
  await client.reset();
  await client.page.evaluate(() => {
    const frame = document.body.appendChild(document.createElement("iframe"));
    window.other = /** @type {typeof window} */ (frame.contentWindow);
    /** A `FileList`, as a file input has it after a drop. */
    window.fileList = (...files) => {
      const held = new DataTransfer();
      for (const file of files) held.items.add(file);
      return held.files;
    };
    /** Submits an input to an unknown model. Resolves with the JSON that was sent. */
    window.submitted = async (input, options) => {
      let body;
      const fetch = async (url, init) => {
        if (url.includes("initiate")) return Response.json({ upload_url: `https://v3b.fal.media/put/${JSON.parse(init.body).file_name}`, file_url: `https://v3b.fal.media/${JSON.parse(init.body).file_name}` });
        if (init.method === "PUT") return Response.json({});
        body = init.body;
        return Response.json({ request_id: "r1" });
      };
      const local = createFalClient({ credentials: "a:b", suppressLocalCredentialsWarning: true, fetch });
      await local.queue.submit("acme/app", { input, ...options });
      return JSON.parse(body);
    };
    window.refusal = (make, options) => {
      let calls = 0;
      const fetch = async () => (calls++, Response.json({}));
      const local = createFalClient({ credentials: "a:b", suppressLocalCredentialsWarning: true, fetch });
      return (async () => local.queue.submit("acme/app", { input: { deep: [{ value: make() }], file: new File(["x"], "x.txt") }, ...options }))().then(
        () => ({ calls }),
        ({ code, message }) => ({ code, message, calls }),
      );
    };
  });
});
afterEach(() => assert.deepEqual(client.unhandled, [], "nothing is left unhandled"));

describe("a file of an iframe", () => {
  test("is stored by upload, and told of while it goes up", async () => {
    const seen = await client.run(async () => {
      const reports = [];
      const file = new other.File(["from a frame"], "frame.txt", { type: "text/plain" });
      const url = await fal.storage.upload(file, { onUploadProgress: ({ loaded, total }) => reports.push([loaded, total]) });
      return { isOurs: file instanceof File, name: url.split("_").at(-1), text: await (await fetch(url)).text(), last: reports.at(-1) };
    });
    assert.deepEqual(seen, { isOurs: false, name: "frame.txt", text: "from a frame", last: [12, 12] });
  });

  test("goes up in parts, too", async () => {
    const size = 11 << 20;
    const stored = await client.run(async (size) => {
      const file = new other.File([new Uint8Array(size).fill(7)], "frame.bin");
      const url = await fal.storage.upload(file, { multipartThreshold: 0, partSize: 5 << 20 });
      return (await (await fetch(url)).blob()).size;
    }, size);
    assert.equal(stored, size);
  });

  test("becomes a URL in an input, and a data URI with files: inline", async () => {
    const seen = await client.run(async () => {
      const file = () => new other.File(["a"], "a.txt", { type: "text/plain" });
      return [await submitted({ at: [file()] }), await submitted({ at: file() }, { files: "inline" })];
    });
    assert.deepEqual(seen, [{ at: ["https://v3b.fal.media/a.txt"] }, { at: "data:text/plain;base64,YQ==" }]);
  });

  test("is taken for the picture of a known endpoint", async () => {
    const type = await client.run(async () => {
      const image = new other.File([await picture()], "in.png", { type: "image/png" });
      const { data } = await fal.subscribe(IMAGE_TO_VIDEO, { input: { prompt: "x", image_url: image } });
      return typeof data.video.url;
    });
    assert.equal(type, "string");
  });
});

describe("upload takes bytes, as Node's code gives them", () => {
  for (const [name, make] of /** @type {[string, () => ArrayBuffer | ArrayBufferView][]} */ ([
    ["an ArrayBuffer", () => new Uint8Array([104, 105]).buffer],
    ["a Uint8Array that is a part of its buffer", () => new Uint8Array([0, 104, 105, 0]).subarray(1, 3)],
    ["a DataView", () => new DataView(new Uint8Array([104, 105]).buffer)],
    ["an ArrayBuffer of an iframe", () => other.Uint8Array.of(104, 105).buffer],
  ])) {
    test(name, async () => {
      const seen = await client.run(`async () => {
        const url = await fal.storage.upload((${make})());
        return { name: url.split("_").at(-1).replace(/^\\d{13}/, "<time>"), text: await (await fetch(url)).text() };
      }`);
      assert.deepEqual(seen, { name: "<time>.octet", text: "hi" });
    });
  }

  test("and refuses what is neither, in words", async () => {
    for (const given of ["'text'", "undefined", "{}", "fileList(new File(['x'], 'x'))", "new Response('x')"]) {
      const { thrown } = await client.run(`async () => fal.storage.upload(${given})`);
      assert.equal(thrown?.code, "invalid_argument", given);
      assert.match(thrown.message, /^file: must be a File, a Blob, or bytes/);
    }
    assert.deepEqual(await client.sent(), []);
  });
});

describe("a FileList", () => {
  test("is an array of its files", async () => {
    const seen = await client.run(async () => {
      const list = fileList(new File(["1"], "1.png"), new File(["2"], "2.png"));
      return [await submitted({ images: list }), await submitted({ images: fileList() }), await submitted({ images: list }, { files: "inline" })];
    });
    const uri = (text) => `data:application/octet-stream;base64,${text}`;
    assert.deepEqual(seen, [{ images: ["https://v3b.fal.media/1.png", "https://v3b.fal.media/2.png"] }, { images: [] }, { images: [uri("MQ=="), uri("Mg==")] }]);
  });

  test("is one for transformInput, too", async () => {
    const { images } = await client.run(() => fal.storage.transformInput({ images: fileList(new File(["1"], "1.png")) }));
    assert.match(images[0], /1\.png$/);
  });
});

/** Values that JSON would lose, each with words that the error's message must contain. */
const LOST = {
  "a Map": ["new Map([['a', 1]])", "Map, which JSON would empty: give Object.fromEntries(map)"],
  "a Map of an iframe": ["new other.Map()", "Map"],
  "a Map with a file": ["new Map([['a', new File(['x'], 'x')]])", "Map"],
  "a Set": ["new Set([new Blob(['x'])])", "[...set]"],
  "a WeakMap": ["new WeakMap()", "a WeakMap"],
  "a FormData": ["new FormData()", "Object.fromEntries(formData)"],
  "URLSearchParams": ["new URLSearchParams('a=b')", "Object.fromEntries"],
  "Headers": ["new Headers({ a: 'b' })", "Headers"],
  "an ArrayBuffer": ["new ArrayBuffer(8)", "is bytes, which JSON would spoil: give new Blob([bytes], { type })"],
  "a typed array": ["new Uint8Array([1, 2])", "is bytes"],
  "numbers in a typed array": ["new Float32Array([1, 2])", "Array.from(numbers)"],
  "a canvas": ["document.createElement('canvas')", "canvas.toBlob()"],
  "a canvas with fields that a framework left": ["Object.assign(document.createElement('canvas'), { $vue: 1 })", "canvas.toBlob()"],
  "an element with such fields": ["Object.assign(document.createElement('input'), { $react: { a: 1 } })", "HTMLInputElement"],
  "an OffscreenCanvas": ["new OffscreenCanvas(1, 1)", "canvas.convertToBlob()"],
  "an ImageData": ["new ImageData(1, 1)", "an ImageData"],
  "a stream": ["new ReadableStream()", "await new Response(stream).blob()"],
  "a Response": ["new Response('x')", "await response.blob()"],
  "a promise that nobody awaited": ["Promise.resolve('x')", "by await"],
  "a RegExp": ["/x/", "RegExp"],
  "an Error": ["new TypeError('x')", "a TypeError"],
  "an instance of a class that shows nothing": ["new (class Hidden { #a = 1 })()", "a Hidden, which JSON would empty"],
  "a file in an instance of a class": ["Object.assign(new (class Form {})(), { title: 'x', photo: new File(['x'], 'x') })", "is a file in an instance of Form"],
  "a file deep in an instance of a class": ["Object.assign(new (class Form {})(), { all: [{ photo: new File(['x'], 'x') }] })", "is a file in an instance of Form"],
  "a FileList in an instance of a class": ["Object.assign(new (class Form {})(), { photos: fileList(new File(['x'], 'x')) })", "instance of Form"],
  "a BigInt": ["10n", "give Number(n) or String(n)"],
};

describe("refused by the field's name, before anything is sent:", () => {
  for (const [name, [source, words]] of Object.entries(LOST)) {
    test(name, async () => {
      const seen = await client.run(`async () => refusal(() => ${source})`);
      assert.equal(seen.code, "invalid_argument");
      assert.ok(seen.message.startsWith("input.deep[0].value"), seen.message);
      assert.ok(seen.message.includes(words), seen.message);
      assert.equal(seen.calls, 0);
    });
  }

  test("a file where the caller wants no uploads", async () => {
    const { thrown } = await client.run(() => fal.stream("acme/app", { input: { image: new File(["x"], "x") }, autoUpload: false }));
    assert.match(thrown.message, /^input\.image: is a file where none is uploaded/);
    assert.deepEqual(await client.sent(), []);
  });

  test("such a value as the whole input, and deeper than any model looks", async () => {
    for (const [source, path] of [
      ["new FormData()", "input: is a FormData"],
      ["Array.from({ length: 200 }).reduce((inner) => ({ inner }), { map: new Map() })", "input.inner.inner"],
      ["Array.from({ length: 5000 }).reduce((inner) => ({ inner }), 1)", "input: has more than 1000 levels"],
    ]) {
      const { thrown } = await client.run(`async () => fal.queue.submit("acme/app", { input: ${source} })`);
      assert.ok(thrown?.message.startsWith(path), thrown?.message);
    }
    assert.deepEqual(await client.sent(), []);
  });
});

test("files are found however deep they are", async () => {
  const body = await client.run(async () => JSON.stringify(await submitted(Array.from({ length: 200 }).reduce((inner) => ({ inner }), new File(["x"], "deep.txt")))));
  assert.ok(body.includes("https://v3b.fal.media/deep.txt"), body);
});

test("what JSON writes in a way of its own is sent as the official client sends it", async () => {
  const body = await client.run(() => {
    class Point {
      x = 1;
      inner = { y: [2] };
      // oxlint-disable-next-line eslint/no-unused-private-class-members -- JSON leaves it out
      #hidden = 3;
    }
    class Own {
      toJSON() {
        return "own";
      }
    }
    const map = Object.assign(new Map([["a", 1]]), { toJSON: () => ({ a: 1 }) });
    return submitted({
      point: new Point(),
      own: new Own(),
      map,
      date: new Date(0),
      url: new URL("https://a.b/c"),
      // oxlint-disable-next-line eslint/no-new-wrappers -- JSON writes it as a text
      text: new String("t"),
      // oxlint-disable-next-line eslint/no-new-wrappers -- JSON writes it as a number
      number: new Number(1),
      bare: Object.assign(Object.create(null), { a: 1 }),
      frame: other.JSON.parse('{"a":[1]}'),
      left: undefined,
      call: () => 1,
      empty: {},
      none: [],
    });
  });
  assert.deepEqual(body, {
    point: { x: 1, inner: { y: [2] } },
    own: "own",
    map: { a: 1 },
    date: "1970-01-01T00:00:00.000Z",
    url: "https://a.b/c",
    text: "t",
    number: 1,
    bare: { a: 1 },
    frame: { a: [1] },
    empty: {},
    none: [],
  });
});

describe("the picture of a known endpoint", () => {
  for (const [source, words] of /** @type {[string, RegExp][]} */ ([
    ["URL.createObjectURL(new Blob(['x']))", /^image_url: "blob:http.* is a URL that only this page or this machine can read: give the File or Blob/],
    ["'file:///home/me/a.png'", /only this page or this machine/],
    ["'/uploads/a.png'", /^image_url: "\/uploads\/a\.png" is no absolute URL: give one, such as new URL/],
    ["'a.png'", /is no absolute URL/],
    ["'//cdn.example/a.png'", /is no absolute URL/],
    ["''", /is no absolute URL/],
    ["new Blob([], { type: 'image/png' })", /^image_url: It is a file without a single byte/],
    ["fileList(new File(['x'], 'x.png'))", /^image_url: Input should be a string, got an object/],
  ])) {
    test(`${source} is refused before the submit, with advice`, async () => {
      const { thrown } = await client.run(`async () => fal.subscribe(IMAGE_TO_VIDEO, { input: { prompt: "x", image_url: ${source} } })`);
      assert.equal(thrown?.code, "invalid_input");
      assert.match(thrown.message, words);
      assert.deepEqual(thrown.fieldErrors.map(({ loc }) => loc), [["body", "image_url"]]);
      assert.deepEqual(await client.sent(), []);
    });
  }

  test("may be a URL of any scheme that a service may know, a URL object, and a data URI", async () => {
    for (const source of ["'https://a.b/c.png'", "' https://a.b/c.png'", "new URL('https://a.b/c.png')", "'DATA:image/png;base64,AA=='", "'s3://bucket/a.png'"]) {
      const { thrown } = await client.run(`async () => fal.queue.submit(IMAGE_TO_VIDEO, { input: { prompt: "x", image_url: ${source} } })`);
      assert.equal(thrown, undefined, source);
    }
  });

  test("goes to the service as it is, with validate: false", async () => {
    await client.run(() => fal.queue.submit(IMAGE_TO_VIDEO, { input: { prompt: "x", image_url: "/a.png" }, validate: false }));
    assert.equal((await client.sent("kandinsky5-pro"))[0].body.image_url, "/a.png");
  });
});

test("a middleware that changes the headers of one file's request changes those of no other", async () => {
  const seen = await client.run(async () => {
    const seen = [];
    const requestMiddleware = async (request) => {
      seen.push(request.headers["x-mark"]);
      request.headers["x-mark"] = String(seen.length);
      return { ...request, url: "/api/fal/proxy", headers: { ...request.headers, "x-fal-target-url": request.url } };
    };
    const storageSettings = /** @type {const} */ ({ expiresIn: "1d" });
    const local = createFalClient({ requestMiddleware });
    await local.queue.submit("acme/app", { input: { a: new File(["1"], "1"), b: new File(["2"], "2"), c: new File(["3"], "3") }, storageSettings }).catch(() => {});
    return seen;
  });
  assert.equal(seen.length, 4);
  assert.deepEqual(seen.filter(Boolean), []);
});
