// A picture as people have it, made ready for the model: converted, cut, scaled down and made opaque where it must be.
// `notes` names each change, and the preview shows the changed file. So the video is no surprise.

import { formatBytes } from "./dom.js";
import { formatOf } from "./picture-format.js";

/** @import { Picture } from "./types.d.ts" */

/** Pictures up to here are sent as they are. A video has at most 1024 pixels on its short side. */
const MOST_PIXELS = 16e6;
const LONGEST_SIDE = 8192;
const MOST_BYTES = 20e6;
/** Larger ones are scaled down to this, which every phone's canvas can hold. */
const SCALED_PIXELS = 12e6;
/** The widest and the tallest shape that is filmed: width to height, and height to width. */
const WIDEST = 2.4;
/** The formats that models take. */
const TAKEN = new Set(["JPEG", "PNG", "WebP", "GIF"]);
const JPEG_QUALITY = 0.92;
const THUMBNAIL_SIDE = 64;
/** Side of the small copy in which transparent pixels are looked for. */
const PROBE_SIDE = 256;
/** The alpha from which nobody sees through. WebKit makes 254 of some 255 in the small copy. */
const OPAQUE = 250;

/** A file that no video can be made from. Its message says why, for the person who chose it. */
export class PictureError extends Error {}

/**
 * Reads a chosen file. Throws a `PictureError` if it is no picture, or one that this browser cannot read.
 * @param {File} file
 * @returns {Promise<Picture>}
 */
export async function readPicture(file) {
  if (file.size === 0) throw new PictureError(`“${file.name}” is empty: 0 bytes.`);
  const format = await formatOf(file);
  const url = URL.createObjectURL(file);
  try {
    const image = await load(url);
    if (!image) throw new PictureError(explainUnreadable(file, format));
    const { naturalWidth: width, naturalHeight: height } = image;
    const frame = cutToShape(width, height);
    const size = scaleDown(frame, file.size);
    const isTaken = TAKEN.has(`${format}`);
    const notes = [
      ...describeFormat(format, frame.isCut || size.isScaled || size.isHeavy),
      ...(frame.isCut ? [describeCut(frame)] : []),
      ...(size.isScaled ? [`Scaled down from ${width} × ${height}, ${formatBytes(file.size)}: the video is smaller still.`] : []),
      ...(size.isHeavy && !size.isScaled && isTaken ? [`Saved again as JPEG: ${formatBytes(file.size)} is much for a picture of ${width} × ${height}.`] : []),
      ...(format !== "JPEG" && isTransparent(image) ? ["Transparent parts become white."] : []),
    ];
    const isKept = isTaken && notes.length === (format === "GIF" ? 1 : 0);
    return {
      file: isKept ? file : await encode(image, frame, size, file.name),
      width: size.width,
      height: size.height,
      notes,
      thumbnail: thumbnailOf(image, frame),
    };
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * Not by `decode()`, which WebKitGTK never settles for a file that is no picture.
 * @param {string} url
 * @returns {Promise<HTMLImageElement | undefined>}
 */
function load(url) {
  const image = new Image();
  return new Promise((resolve) => {
    image.onload = () => resolve(image.naturalWidth > 0 && image.naturalHeight > 0 ? image : undefined);
    image.onerror = () => resolve(undefined);
    image.src = url;
  });
}

/**
 * @param {File} file
 * @param {string | undefined} format
 */
function explainUnreadable({ name }, format) {
  if (format === undefined) return `“${name}” is not a picture. JPEG, PNG, WebP, GIF, AVIF and HEIC are.`;
  if (TAKEN.has(format)) return `“${name}” is damaged: it begins as a ${format}, and the rest cannot be read.`;
  return `This browser cannot read ${format}. Export “${name}” as JPEG.`;
}

/** @typedef {{ x: number, y: number, width: number, height: number, isCut: boolean, from: number }} Frame the part of a picture that is used */

/**
 * The middle of a picture that is too wide or too tall.
 * @param {number} width
 * @param {number} height
 * @returns {Frame}
 */
function cutToShape(width, height) {
  const wide = Math.max(1, Math.min(width, Math.round(height * WIDEST)));
  const tall = Math.max(1, Math.min(height, Math.round(width * WIDEST)));
  const isCut = wide < width || tall < height;
  return { x: (width - wide) / 2, y: (height - tall) / 2, width: wide, height: tall, isCut, from: wide < width ? width : height };
}

/** @param {Frame} frame */
function describeCut({ x, width, height, from }) {
  const [what, left, shape] = x > 0 ? ["width", width, "2.4:1"] : ["height", height, "1:2.4"];
  return `Cut to ${shape}: ${Math.round((1 - left / from) * 100)} % of its ${what} is left out, half at each end.`;
}

/**
 * @param {Frame} frame
 * @param {number} bytes
 */
function scaleDown({ width, height }, bytes) {
  const pixels = width * height;
  const isHeavy = bytes > MOST_BYTES;
  const isLarge = pixels > MOST_PIXELS || Math.max(width, height) > LONGEST_SIDE;
  const by = isLarge || isHeavy ? Math.min(1, Math.sqrt(SCALED_PIXELS / pixels), LONGEST_SIDE / Math.max(width, height)) : 1;
  return { ...resize({ width, height }, by), isHeavy, isScaled: by < 1 };
}

/**
 * @param {string | undefined} format
 * @param {boolean} isChanged
 */
function describeFormat(format, isChanged) {
  if (format === "GIF") return ["Of a moving GIF, the first picture is used."];
  if (TAKEN.has(`${format}`)) return [];
  return [`Converted ${format ? `from ${format} ` : ""}to JPEG${isChanged ? "." : ", which models take."}`];
}

/**
 * A canvas with the frame of a picture on it.
 * @param {HTMLImageElement} image
 * @param {Frame} frame
 * @param {{ width: number, height: number }} size
 * @param {string} [ground] the colour behind transparent parts
 */
function paint(image, { x, y, width, height }, size, ground) {
  const canvas = Object.assign(document.createElement("canvas"), size);
  const context = canvas.getContext("2d");
  if (!context) throw new PictureError("This browser gave no memory for the picture. Choose a smaller one.");
  if (ground) {
    context.fillStyle = ground;
    context.fillRect(0, 0, size.width, size.height);
  }
  context.imageSmoothingQuality = "high";
  context.drawImage(image, x, y, width, height, 0, 0, size.width, size.height);
  return { canvas, context };
}

/**
 * @param {HTMLImageElement} image
 * @param {Frame} frame
 * @param {{ width: number, height: number }} size
 * @param {string} name
 * @returns {Promise<File>}
 */
async function encode(image, frame, { width, height }, name) {
  const { canvas } = paint(image, frame, { width, height }, "#fff");
  /** @type {Blob | null} */
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY));
  if (!blob) throw new PictureError(`“${name}” could not be converted here. Export it as JPEG.`);
  return new File([blob], `${name.replace(/\.[^.]*$/, "")}.jpg`, { type: "image/jpeg" });
}

/**
 * The largest size of this shape whose sides are at most `side`.
 * @param {{ width: number, height: number }} shape
 * @param {number} side
 */
const fitIn = (shape, side) => resize(shape, Math.min(1, side / Math.max(shape.width, shape.height)));

/**
 * A shape scaled by a factor, in whole pixels.
 * @param {{ width: number, height: number }} shape
 * @param {number} by
 */
function resize({ width, height }, by) {
  return { width: Math.max(1, Math.round(width * by)), height: Math.max(1, Math.round(height * by)) };
}

/** @param {HTMLImageElement} image */
function isTransparent(image) {
  const { naturalWidth: width, naturalHeight: height } = image;
  const size = fitIn({ width, height }, PROBE_SIDE);
  const { context } = paint(image, { x: 0, y: 0, width, height, isCut: false, from: width }, size);
  const { data } = context.getImageData(0, 0, size.width, size.height);
  for (let at = 3; at < data.length; at += 4) if (Number(data[at]) < OPAQUE) return true;
  return false;
}

/**
 * A data URI of 1 or 2 kB, by which a person knows the picture again.
 * @param {HTMLImageElement} image
 * @param {Frame} frame
 */
const thumbnailOf = (image, frame) => paint(image, frame, fitIn(frame, THUMBNAIL_SIDE), "#fff").canvas.toDataURL("image/jpeg", 0.6);
