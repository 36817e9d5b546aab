// Webhooks signed as fal signs them (protocol §11.3), with keys of the tests, and a server that publishes these keys.

import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";

/** Makes a key pair: the published `x`, and `sign(message)`. */
export function makeKey() {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return { x: publicKey.export({ format: "jwk" }).x, sign: (/** @type {string} */ message) => sign(null, Buffer.from(message), privateKey).toString("hex") };
}

/**
 * The headers and the body of a delivery. `key` signs it at the time `seconds`.
 * @param {ReturnType<typeof makeKey>} key
 * @param {unknown} payload
 */
export function deliver(key, payload, { seconds = Math.floor(Date.now() / 1000), requestId = "r1", userId = "u1" } = {}) {
  const body = typeof payload === "string" ? payload : JSON.stringify(payload);
  const digest = createHash("sha256").update(body).digest("hex");
  const headers = {
    "x-fal-webhook-request-id": requestId,
    "x-fal-webhook-user-id": userId,
    "x-fal-webhook-timestamp": String(seconds),
    "x-fal-webhook-signature": key.sign([requestId, userId, seconds, digest].join("\n")),
  };
  return { headers, body };
}

/**
 * Starts a server on a free port.
 * @param {(request: import("node:http").IncomingMessage, body: Buffer) => Promise<[number, string?, Record<string, string>?]>} answer
 * returns status, text and headers
 */
export async function serveHttp(answer) {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const [status, text = "", headers = {}] = await answer(request, Buffer.concat(chunks));
    response.writeHead(status, headers).end(text);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
