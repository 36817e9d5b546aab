// The inputs of the four Kandinsky endpoints, by fal's own documentation. The client's check before a submit and the emulator
// must agree with it.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { withClient } from "./support/client.mjs";

const PRO_IMAGE = "fal-ai/kandinsky5-pro/image-to-video";
const PRO_TEXT = "fal-ai/kandinsky5-pro/text-to-video";
const TEXT = "fal-ai/kandinsky5/text-to-video";
const DISTILL = "fal-ai/kandinsky5/text-to-video/distill";
const ALL = [PRO_IMAGE, PRO_TEXT, TEXT, DISTILL];

/**
 * For each field: its name, an accepted value, a refused value, and the endpoints that have the field.
 * @type {[string, unknown, unknown, string[]][]}
 */
const FIELDS = [
  ["duration", "5s", "10s", [PRO_IMAGE, PRO_TEXT]],
  ["duration", "10s", "15s", [TEXT, DISTILL]],
  ["resolution", "1024P", "768x512", [PRO_IMAGE, PRO_TEXT]],
  ["resolution", "768x512", "512x512", [TEXT, DISTILL]],
  ["num_inference_steps", 40, 41, [PRO_IMAGE]],
  ["num_inference_steps", 50, 51, [PRO_TEXT, TEXT]],
  ["num_inference_steps", 1, 0, [PRO_IMAGE, PRO_TEXT, TEXT]],
  ["num_inference_steps", "28", "many", [PRO_IMAGE, PRO_TEXT, TEXT]],
  ["aspect_ratio", "2:3", "16:9", [PRO_TEXT, TEXT, DISTILL]],
  ["acceleration", "none", "high", [PRO_IMAGE, PRO_TEXT]],
  ["seed", 7, "seven", [PRO_IMAGE, PRO_TEXT]],
];

const client = withClient();
beforeEach(() => client.reset());

const inputOf = (id, field, value) => ({ prompt: "x", ...(id === PRO_IMAGE && { image_url: "data:image/png;base64,AA==" }), [field]: value });
/** Submits and cancels a job. Resolves with its request id, or with the error. */
const submit = (id, input, options) =>
  client.run(async ([id, input, options]) => {
    const { request_id: requestId } = await fal.queue.submit(id, { input, ...options });
    // The job may already have ended.
    await fal.queue.cancel(id, { requestId }).catch(() => {});
    return requestId;
  }, [id, input, options]);
/** Sends an input unchecked. Resolves with the fields that the service refuses. */
const refusedByService = (id, input) =>
  client.run(async ([id, input]) => {
    const refusal = await fal.subscribe(id, { input, validate: false }).catch((error) => error);
    return refusal.fieldErrors?.map(({ loc }) => loc.at(-1));
  }, [id, input]);

describe("the input of an endpoint that is known", () => {
  for (const [field, taken, refused, ids] of FIELDS) {
    for (const id of ids) {
      test(`${id}: ${field} may be ${JSON.stringify(taken)}, and is refused as ${JSON.stringify(refused)} before anything is sent`, async () => {
        const { thrown } = await submit(id, inputOf(id, field, refused));
        assert.deepEqual([thrown?.code, thrown?.fieldErrors[0].loc], ["invalid_input", ["body", field]]);
        assert.deepEqual(await client.sent(), []);
        assert.match(await submit(id, inputOf(id, field, taken)), /^[\w-]{10,}$/);
      });
    }
  }

  test("is refused by the emulator for the same values, where it is sent unchecked", async () => {
    for (const [field, , refused, ids] of FIELDS) {
      for (const id of ids) assert.deepEqual(await refusedByService(id, inputOf(id, field, refused)), [field], `${id} ${field}`);
    }
  });

  test("may hold a value that is newer than the tables, with validate: false", async () => {
    assert.match(await submit(PRO_TEXT, inputOf(PRO_TEXT, "duration", "10s"), { validate: false }), /^[\w-]{10,}$/);
    const [{ body }] = await client.sent("kandinsky5-pro");
    assert.equal(body.duration, "10s");
  });

  test("may hold fields that nobody knows", async () => {
    for (const id of ALL) assert.match(await submit(id, inputOf(id, "brand_new", true)), /^[\w-]{10,}$/);
  });
});

test("a video comes as application/octet-stream, as fal's own document shows it", async () => {
  const { data } = await client.run(() => fal.subscribe(DISTILL, { input: { prompt: "x" } }));
  assert.equal(data.video.content_type, "application/octet-stream");
});
