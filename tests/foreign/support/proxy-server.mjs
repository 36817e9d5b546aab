// A web app as fal.ai's documentation shows it: Express with fal's own proxy, and a page.
import path from "node:path";
import { fileURLToPath } from "node:url";
import express from "express";
import { KEY } from "./endpoints.mjs";
import { fetchFrom } from "./redirect.mjs";
import { portOf } from "../../support/port.mjs";

const dist = fileURLToPath(new URL("../../../dist", import.meta.url));

/**
 * Starts the app. Its proxy calls fal.ai with the `fetch` of this process, which leads to the emulator until `stop`.
 * `upstream` records the proxy's requests. `config` is the proxy's configuration.
 *
 * @returns {Promise<{url: string, upstream: {method: string, url: string, headers: Headers}[], stop: () => Promise<void>}>}
 * @param {import("../../support/emulator.mjs").Emulator} emulator
 * @param {{ allowedEndpoints?: string[], resolveFalAuth?: () => Promise<string> }} [config]
 */
export async function startProxyServer(emulator, config = {}) {
  /** @type {{ method: string, url: string, headers: Headers }[]} */
  const upstream = [];
  const plainFetch = globalThis.fetch;
  globalThis.fetch = fetchFrom(emulator.url, { fetch: plainFetch, note: (request) => upstream.push(request) });
  // Set the key before the import: the package reads it at its first import.
  process.env.FAL_KEY = KEY;
  const { createHandler, route } = await import("@fal-ai/server-proxy/express");
  const app = express();
  app.all(route, express.json(), createHandler(config));
  app.use("/fal-wasm", express.static(path.join(dist)));
  app.get("/", (_, response) => response.type("html").send("<!doctype html><title>An app</title><link rel=icon href=data:,>"));
  const server = await new Promise((resolve) => {
    const listening = app.listen(0, "127.0.0.1", () => resolve(listening));
  });
  const stop = async () => {
    globalThis.fetch = plainFetch;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${portOf(server)}`, upstream, stop };
}
