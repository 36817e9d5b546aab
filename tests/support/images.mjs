// Makes real pictures for tests: PNGs with a gradient, a disc and a bar.
import { deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const RGB_8_BIT = [8, 2, 0, 0, 0];

/** The PNGs that were made, by their options. Making one computes each pixel, and many tests choose the same picture. */
const made = new Map();

/** A valid PNG of this size. `grain` (0 to 255) adds noise, which makes the file larger. */
export function png({ width = 768, height = 512, grain = 0 } = {}) {
  const options = [width, height, grain].join();
  if (!made.has(options)) made.set(options, pngOf({ width, height, format: RGB_8_BIT, rows: scanlines(width, height, grain) }));
  return made.get(options);
}

/**
 * Such a PNG as a file for playwright's `setInputFiles`.
 * @param {{ name?: string, width?: number, height?: number, grain?: number }} [options]
 */
export function pngFile({ name = "photo.png", ...options } = {}) {
  return { name, mimeType: "image/png", buffer: png(options) };
}

/**
 * A grey PNG of many pixels and few bytes: one bit a pixel.
 * @param {number} width a multiple of 8
 * @param {number} height
 */
export function hugePng(width, height) {
  const rows = Buffer.alloc((1 + width / 8) * height, 0b1010_1010);
  for (let y = 0; y < height; y += 1) rows[y * (1 + width / 8)] = 0;
  return pngOf({ width, height, format: [1, 0, 0, 0, 0], rows });
}

/** A PNG whose left half is green and whose right half is transparent black. */
export function transparentPng({ width = 300, height = 200 } = {}) {
  const rows = Buffer.alloc((1 + width * 4) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width / 2; x += 1) rows.set([20, 160, 60, 255], y * (1 + width * 4) + 1 + x * 4);
  }
  return pngOf({ width, height, format: [8, 6, 0, 0, 0], rows });
}

/** An AVIF of 2 × 2 pixels. */
export const avif = () =>
  Buffer.from(
    "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADybWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAGxpYmF2aWYAAAAADnBp" +
      "dG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAABGgAAAB0AAAAoaWluZgAAAAAAAQAAABppbmZlAgAAAAABAABhdjAxQ29sb3IAAAAAamlwcnAAAABL" +
      "aXBjbwAAABRpc3BlAAAAAAAAAAIAAAACAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgQ0MAAAAABNjb2xybmNseAACAAIAAYAAAAAXaXBtYQAAAAAAAAABAAEE" +
      "AQKDBAAAACVtZGF0EgAKCBgANogQEAwgMg8f8D///8WfhwB8+ErK42A=",
    "base64",
  );

/** The head of a HEIC: no browser of the tests reads one. */
export const heic = () => Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\0", "latin1");

/** @param {{ width: number, height: number, format: number[], rows: Buffer }} parts */
function pngOf({ width, height, format, rows }) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set(format, 8);
  return Buffer.concat([SIGNATURE, chunk("IHDR", header), chunk("IDAT", deflateSync(rows, { level: 6 })), chunk("IEND", Buffer.alloc(0))]);
}

/**
 * @param {number} width
 * @param {number} height
 * @param {number} grain
 */
function scanlines(width, height, grain) {
  const stride = 1 + width * 3;
  const rows = Buffer.alloc(stride * height);
  const random = generator(7);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const noise = grain && Math.floor((random() - 0.5) * grain);
      const at = y * stride + 1 + x * 3;
      colour(x / width, y / height, width / height).forEach((value, i) => {
        rows[at + i] = Math.max(0, Math.min(255, value + noise));
      });
    }
  }
  return rows;
}

/**
 * The colour of a pixel. The picture shows dusk over water: sky, a low sun, a dark shore.
 * @param {number} x
 * @param {number} y
 * @param {number} aspect
 */
function colour(x, y, aspect) {
  const onSun = Math.hypot((x - 0.66) * aspect, y - 0.4) < 0.13;
  if (onSun) return [250, 196, 112];
  if (y > 0.68) return [24 + 30 * x, 44 + 40 * (1 - y), 66 + 20 * x];
  return [60 + 150 * y, 92 + 70 * y, 150 - 30 * y];
}

/**
 * Returns noise that is the same in every run.
 * @param {number} seed
 */
function generator(seed) {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

/**
 * @param {string} type
 * @param {Buffer} data
 */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

/**
 * The CRC of a PNG chunk. Written here because node:zlib has crc32 only from Node 22.2 on.
 * @param {Buffer} bytes
 */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** A file that says it is a picture, and is none. */
export const NOT_A_PICTURE = { name: "photo.png", mimeType: "image/png", buffer: Buffer.from("this is not a picture") };
