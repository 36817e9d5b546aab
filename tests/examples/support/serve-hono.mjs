// A Hono server with the proxy of proxies/hono.ts and the page of the Express example:
// `node serve-hono.mjs PROXY PAGE PACKAGE`, where each is a path.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { serve } from "@hono/node-server";
import { Hono } from "hono";

const [proxy, page, dist] = process.argv.slice(2);
const { default: app } = await import(pathToFileURL(proxy).href);

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };

const site = new Hono();
site.route("/", app);
site.get("/", async (context) => context.html(await readFile(page, "utf8")));
site.get("/fal-wasm/:file", async (context) => {
  const file = context.req.param("file");
  return context.body(await readFile(path.join(dist, file)), 200, { "content-type": TYPES[path.extname(file)] });
});

serve({ fetch: site.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => console.log(`http://127.0.0.1:${port}`));
