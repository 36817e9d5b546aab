// Uploads a file in one PUT, or in parts of the official client's size, as many at once as a browser has connections.
import { call } from "./floor-call.mjs";

const STORAGE = "https://rest.fal.ai/storage/upload";
const PARTS_ABOVE = 90 * 1024 * 1024;
const PART_SIZE = 10 * 1024 * 1024;
const AT_ONCE = 6;

export async function upload(file) {
  const isInParts = file.size > PARTS_ABOVE;
  const step = isInParts ? "initiate-multipart" : "initiate";
  const body = { content_type: file.type, file_name: file.name };
  const answer = await call("POST", `${STORAGE}/${step}?storage_type=fal-cdn-v3`, { body });
  const { upload_url: url, file_url } = await answer.json();
  if (isInParts) await inParts(new URL(url), file);
  else await put(url, file, { "content-type": file.type });
  return file_url;
}

async function inParts({ origin, pathname, search }, file) {
  const at = (name) => `${origin}${pathname}/${name}${search}`;
  const parts = [];
  let next = 0;
  async function worker() {
    while (next * PART_SIZE < file.size) {
      const index = next++;
      const answer = await put(at(index + 1), file.slice(index * PART_SIZE, (index + 1) * PART_SIZE));
      const { partNumber, etag } = await answer.json();
      parts[index] = { partNumber, etag };
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const headers = { "content-type": "application/json" };
  const answer = await fetch(at("complete"), { method: "POST", headers, body: JSON.stringify({ parts }) });
  if (!answer.ok) throw new Error(`complete: ${answer.status}`);
}

/**
 * Sends the body. Retries once if that fails.
 * @param {string} url
 * @param {Blob} body
 * @param {Record<string, string>} [headers]
 * @returns {Promise<Response>}
 */
async function put(url, body, headers = {}) {
  const send = () => fetch(url, { method: "PUT", body, headers }).catch(() => undefined);
  let answer = await send();
  if (!answer?.ok) answer = await send();
  if (!answer?.ok) throw new Error(`PUT: ${answer?.status}`);
  return answer;
}
