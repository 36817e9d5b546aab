// Defects 13 and 14 of @fal-ai/client 1.10.1: uploads, and the hosts that get the key.
// Each scenario shows that the official client has the defect, and that this package does not.

const thrown = ({ outcome }) => outcome.thrown?.["«error»"] ?? outcome.value?.thrown?.["«error»"];

export const scenarios = [
  {
    id: "defect-13-upload-not-retried",
    what: "the bytes of an upload are sent again after 503",
    pace: 0.01,
    differs: ["uploads-retried"],
    answers: [
      { to: "/initiate", times: 2, body: { upload_url: "https://v3b.fal.media/put/x", file_url: "https://v3b.fal.media/files/b/x.txt" } },
      { method: "PUT", to: "/put/x", status: 503, body: { detail: "busy" } },
      { method: "PUT", to: "/put/x", body: {} },
    ],
    run: ({ client }) => client().storage.upload(new File(["abc"], "x.txt", { type: "text/plain" })),
    check({ theirs, ours, assert }) {
      assert.equal(thrown(theirs).status, 503);
      assert.equal(ours.outcome.value, "https://v3b.fal.media/files/b/x.txt");
    },
  },
  {
    id: "defect-13-parts-one-by-one",
    what: "the parts of a large file go several at a time",
    differs: ["parallel-parts"],
    run: async ({ client, note, sleep }) => {
      let underWay = 0;
      let most = 0;
      const fetch = async (url) => {
        const [, part] = /\/put\/x\/(\d+)/.exec(url) ?? [];
        if (!part) return Response.json({ upload_url: "https://v3b.fal.media/put/x", file_url: "https://v3b.fal.media/files/b/x.bin" });
        most = Math.max(most, (underWay += 1));
        await sleep(30);
        underWay -= 1;
        return Response.json({ partNumber: Number(part), etag: `e${part}` });
      };
      await client({ fetch }).storage.upload(new File([new Uint8Array(91 * 2 ** 20)], "x.bin"));
      note("at a time", most > 1 ? "several" : "one");
    },
    check({ theirs, ours, assert }) {
      assert.deepEqual([theirs.notes[0][1], ours.notes[0]?.[1]], ["one", "several"]);
    },
  },
  {
    id: "defect-13-part-refused",
    what: "a part that is refused is not sent to the same place again, and the error says why",
    pace: 0.01,
    differs: ["parallel-parts", "part-errors"],
    answers: [
      { to: "/initiate-multipart", times: 3, body: { upload_url: "https://v3b.fal.media/put/x", file_url: "https://v3b.fal.media/files/b/x.bin" } },
      { method: "PUT", to: "/put/x/", times: 30, status: 403, body: { detail: "Signature expired" } },
    ],
    run: ({ client }) => client().storage.upload(new File([new Uint8Array(91 * 2 ** 20)], "x.bin")),
    check({ theirs, ours, assert }) {
      assert.equal(thrown(theirs).message, "Part upload failed, retries exhausted");
      assert.equal(theirs.requests.filter(({ url }) => url.endsWith("/put/x/1")).length, 3);
      assert.match(thrown(ours).message, /Signature expired/);
      assert.equal(ours.requests.filter(({ url }) => url.endsWith("/put/x/1")).length, 3, "once for each place");
      assert.equal(ours.requests.filter(({ url }) => url.includes("/initiate-multipart")).length, 3);
    },
  },
  ...[["look-alike", "https://notfal.run/x"], ["http", "http://fal.run/x"]].map(([id, url]) => ({
    id: `defect-14-key-to-${id}`,
    what: `the key is not sent to ${url}`,
    differs: ["key-to-fal-only"],
    run: async ({ client, note, settled }) => {
      const fetch = async (to, { headers }) => (note("sent", String(to), new Headers(headers).get("authorization")), Response.json({}));
      return settled(client({ credentials: "a:b", fetch }).run(url, { input: {} }));
    },
    check({ theirs, ours, assert }) {
      assert.equal(theirs.notes[0][2], "Key a:b");
      assert.ok(ours.notes.every(([, , key]) => key === null), "no key leaves ours");
    },
  })),
];
