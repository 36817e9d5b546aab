// Reads the properties of an MP4 from its boxes (ISO 14496-12, -14 and -15).
import assert from "node:assert/strict";

/**
 * The codec (four letters), the width and height in pixels, the seconds, and the frames of the first video track. Throws
 * unless the bytes are one complete MP4 with media data.
 */
export function mp4(bytes) {
  const file = Buffer.from(bytes);
  const boxes = children(file);
  assert.equal(boxes[0]?.type, "ftyp", "an MP4 begins with its file type");
  assert.ok(boxes.some(({ type, body }) => type === "mdat" && body.length > 0), "there is media data");
  const moov = only(boxes, "moov");
  const table = inside(moov, "trak", "mdia", "minf", "stbl");
  const entry = only(children(table), "stsd").subarray(8);
  return {
    codec: entry.toString("latin1", 4, 8),
    width: entry.readUInt16BE(32),
    height: entry.readUInt16BE(34),
    seconds: seconds(only(children(moov), "mvhd")),
    frames: only(children(table), "stsz").readUInt32BE(8),
  };
}

/** Fails unless this is H.264 of about `wanted.seconds`, and of `wanted.width` × `wanted.height` if given. */
export function assertVideo(bytes, wanted = {}) {
  const video = mp4(bytes);
  assert.equal(video.codec, "avc1");
  assert.ok(Math.abs(video.seconds - (wanted.seconds ?? 5)) < 0.2, `${video.seconds} s`);
  assert.ok(video.frames >= video.seconds * 20, `${video.frames} frames`);
  if (wanted.width) assert.deepEqual([video.width, video.height], [wanted.width, wanted.height]);
  return video;
}

/** Downloads a video without a key, as a page does to play it. */
export async function download(url) {
  const reply = await fetch(url);
  assert.equal(reply.status, 200, url);
  return new Uint8Array(await reply.arrayBuffer());
}

function inside(box, ...path) {
  return path.reduce((body, type) => only(children(body), type), box);
}

function only(boxes, type) {
  const found = boxes.find((box) => box.type === type);
  assert.ok(found, `there is a ${type} box`);
  return found.body;
}

function children(buffer) {
  const boxes = [];
  for (let at = 0; at < buffer.length; ) {
    const short = buffer.readUInt32BE(at);
    const size = short === 1 ? Number(buffer.readBigUInt64BE(at + 8)) : short || buffer.length - at;
    const header = short === 1 ? 16 : 8;
    assert.ok(size >= header && at + size <= buffer.length, `the box at ${at} ends within the file`);
    boxes.push({ type: buffer.toString("latin1", at + 4, at + 8), body: buffer.subarray(at + header, at + size) });
    at += size;
  }
  return boxes;
}

function seconds(header) {
  const long = header[0] === 1;
  const at = long ? 20 : 12;
  const length = long ? Number(header.readBigUInt64BE(at + 4)) : header.readUInt32BE(at + 4);
  return length / header.readUInt32BE(at);
}
