// The demo page with the pictures that people have: what is changed and what is refused is said when they are chosen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { avif, heic, hugePng, png, pngFile, transparentPng } from "./support/images.mjs";
import { partsOf, untilPlaying, withPages } from "./support/page.mjs";

const file = (name, mimeType, buffer) => ({ name, mimeType, buffer });

let emulator;
let show;
withPages([], (started) => ({ emulator, show } = started));

async function open() {
  const view = await show(emulator.url);
  const parts = partsOf(view.page);
  return {
    ...view,
    ...parts,
    notes: (words) => view.page.locator("#image-notes li").filter({ hasText: words }),
    refused: (words) => view.page.locator("#image_url-error").filter({ hasText: words }),
    /** Makes a video of the chosen picture. Resolves with the picture of its input, as fal would fetch it. */
    sent: async () => {
      await parts.prompt.fill("Leaves in the wind");
      await parts.generate.click();
      await untilPlaying(view.page);
      const submit = (await emulator.requests()).find(({ method, body }) => method === "POST" && body?.image_url);
      return Buffer.from(await (await fetch(submit.body.image_url)).arrayBuffer());
    },
  };
}

/** What the browser draws of the chosen picture at a place, from 0 to 1 on both axes: red, green, blue and alpha. */
function pixelAt(page, x, y) {
  return page.evaluate(async ([x, y]) => {
    const image = /** @type {HTMLImageElement} */ (document.querySelector("#image-preview"));
    const canvas = Object.assign(document.createElement("canvas"), { width: image.naturalWidth, height: image.naturalHeight });
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.drawImage(image, 0, 0);
    return [...context.getImageData(Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1).data];
  }, [x, y]);
}

const isJpeg = (bytes) => bytes.readUInt16BE(0) === 0xffd8;

test("a picture that models take is sent as it is, byte for byte", async () => {
  const { image, chosen, page, sent } = await open();
  const original = png({ width: 600, height: 400 });
  await image.setInputFiles(file("photo.png", "image/png", original));
  await chosen(/photo\.png, 600 × 400/).waitFor();
  assert.equal(await page.locator("#image-notes").isVisible(), false);
  assert.ok((await sent()).equals(original));
});

test("an AVIF is converted to JPEG, and this is said", async () => {
  const { image, chosen, notes, sent, snippet } = await open();
  await image.setInputFiles(file("shore.avif", "image/avif", avif()));
  await notes("Converted from AVIF to JPEG").waitFor();
  await chosen(/shore\.jpg, 2 × 2/).waitFor();
  assert.ok((await snippet.textContent()).includes("// shore.jpg"));
  assert.ok(isJpeg(await sent()));
});

test("a HEIC that this browser cannot read has to be exported as JPEG; the picture before it stays", async () => {
  const { image, chosen, refused } = await open();
  await image.setInputFiles(pngFile({ name: "before.png" }));
  await chosen(/^before\.png[^,]*, /).waitFor();
  await image.setInputFiles(file("IMG_0042.HEIC", "", heic()));
  await refused("This browser cannot read HEIC. Export “IMG_0042.HEIC” as JPEG.").waitFor();
  assert.ok(await image.evaluate((input) => input === document.activeElement));
  await chosen(/^before\.png[^,]*, /).waitFor();
  assert.equal(await image.evaluate((input) => input.files[0].name), "before.png");
});

test("empty files, fakes and damaged pictures are refused when they are chosen", async () => {
  const { image, refused } = await open();
  for (const [name, bytes, words] of [
    ["empty.jpg", Buffer.alloc(0), "“empty.jpg” is empty: 0 bytes."],
    ["fake.png", Buffer.from("this is not a picture"), "“fake.png” is not a picture. JPEG, PNG, WebP, GIF, AVIF and HEIC are."],
    ["half.png", png().subarray(0, 20), "“half.png” is damaged: it begins as a PNG, and the rest cannot be read."],
  ]) {
    await image.setInputFiles(file(name, "image/png", bytes));
    await refused(words).waitFor();
    assert.equal(await image.getAttribute("aria-invalid"), "true");
  }
  assert.deepEqual((await emulator.requests()).filter(({ path }) => path.includes("proxy")), [], "nothing was sent");
});

test("a picture with the wrong ending is taken for what it is", async () => {
  const { image, chosen, page } = await open();
  await image.setInputFiles(file("photo.jpg", "image/jpeg", png({ width: 320, height: 240 })));
  await chosen(/photo\.jpg, 320 × 240/).waitFor();
  assert.equal(await page.locator("#image_url-error").isVisible(), false);
});

test("a photo of 48 megapixels is scaled down before the upload, and this is said", async () => {
  const { image, chosen, notes, sent } = await open();
  await image.setInputFiles(file("large.png", "image/png", hugePng(8000, 6000)));
  await notes(/Scaled down from 8000 × 6000, [\d.]+ kB/).waitFor();
  await chosen(/large\.jpg, 4000 × 3000/).waitFor();
  assert.ok(isJpeg(await sent()));
});

test("a file that is heavy for its pixels is saved again in its own size, and this is said", async () => {
  const { image, chosen, notes, sent } = await open();
  const heavy = Buffer.concat([png({ width: 480, height: 320 }), Buffer.alloc(21e6)]);
  await image.setInputFiles(file("heavy.png", "image/png", heavy));
  await notes("Saved again as JPEG: 21 MB is much for a picture of 480 × 320.").waitFor();
  await chosen(/heavy\.jpg, 480 × 320/).waitFor();
  assert.ok(isJpeg(await sent()));
});

test("what will be cut off is said, and the preview is without it", async () => {
  const { page, image, chosen, notes } = await open();
  await image.setInputFiles(file("panorama.png", "image/png", png({ width: 1200, height: 300 })));
  await notes("Cut to 2.4:1: 40 % of its width is left out, half at each end.").waitFor();
  await chosen(/panorama\.jpg, 720 × 300/).waitFor();
  assert.deepEqual(await page.locator("#stage-still").evaluate((still) => [still.naturalWidth, still.naturalHeight]), [720, 300]);
  await image.setInputFiles(file("tower.png", "image/png", png({ width: 200, height: 600 })));
  await notes("Cut to 1:2.4: 20 % of its height is left out, half at each end.").waitFor();
  await chosen(/tower\.jpg, 200 × 480/).waitFor();
  await image.setInputFiles(file("photo.png", "image/png", png({ width: 480, height: 200 })));
  await chosen(/photo\.png, 480 × 200/).waitFor();
  assert.equal(await page.locator("#image-notes").isVisible(), false, "2.4:1 itself is not cut");
});

test("transparent parts are shown as they will be: white", async () => {
  const { page, image, chosen, notes, sent } = await open();
  await image.setInputFiles(file("leaf.png", "image/png", transparentPng()));
  await notes("Transparent parts become white.").waitFor();
  await chosen(/leaf\.jpg, 300 × 200/).waitFor();
  await page.waitForFunction(() => /** @type {HTMLImageElement} */ (document.querySelector("#image-preview")).naturalWidth === 300);
  const [red, green, blue, alpha] = await pixelAt(page, 0.75, 0.5);
  assert.ok(Math.min(red, green, blue) > 250 && alpha === 255, `white, not ${[red, green, blue, alpha]}`);
  const [, leaf, , solid] = await pixelAt(page, 0.25, 0.5);
  assert.ok(leaf > 120 && leaf < 200 && solid === 255);
  assert.ok(isJpeg(await sent()));
});

test("of two pictures chosen in succession the last one counts, though the first takes longer", async () => {
  const { page, image, chosen } = await open();
  await image.setInputFiles(file("large.png", "image/png", hugePng(8000, 6000)));
  await image.setInputFiles(pngFile({ name: "last.png" }));
  await chosen(/last\.png, 768 × 512/).waitFor();
  await page.evaluate(async () => {
    // As long as the first one takes: it is decoded again.
    const image = new Image();
    image.src = /** @type {HTMLImageElement} */ (document.querySelector("#image-preview")).src;
    await new Promise((resolve) => (image.onload = resolve));
  });
  assert.match(await page.locator("#image-chosen").textContent(), /last\.png/);
});
