// Next, on its development server and as a build: the package in a client component, in a server component and in an edge
// route, and the hook in a client component.

import { createServer } from "node:net";
import path from "node:path";
import { portOf } from "../../support/port.mjs";
import { makeApp, seenAt, tool, tools } from "../lab.mjs";
import { run, start } from "../processes.mjs";
import { versionOf } from "../versions.mjs";

const STARTS_WITHIN_MS = 60_000;
const version = versionOf("next", 1);

// Each place has its own app, because each report is about one place.
const LAYOUT = `export default ({ children }) => <html><body>{children}</body></html>;\n`;
const USE = `import { fal } from "fal-wasm";
import { runScenario } from "../scenario.mjs";
`;
const PLACES = {
  "client component": {
    "app/client.jsx": `"use client";
import { useEffect } from "react";
${USE}export default function Client() {
  useEffect(() => void runScenario(fal), []);
  return "client";
}
`,
    "app/page.jsx": `import Client from "./client.jsx";\nexport default () => <Client />;\n`,
  },
  // This component is first rendered on the server. In development, StrictMode runs the effect twice.
  "fal-wasm/react": {
    "app/client.jsx": `"use client";
import { fal } from "fal-wasm";
import { useFal } from "fal-wasm/react";
import { useEffect } from "react";
import { assertVideo, runScenario } from "../scenario.mjs";
let isBegun = false;
export default function Client() {
  const { run, status } = useFal("fal-ai/kandinsky5-pro/text-to-video");
  useEffect(() => {
    if (isBegun) return;
    isBegun = true;
    void runScenario(fal, async () => {
      const result = await run({ prompt: "a quiet sea" });
      if (!result) throw new Error("there is no result");
      await assertVideo(result.data.video.url);
    });
  }, [run]);
  return status;
}
`,
    "app/page.jsx": `import Client from "./client.jsx";\nexport default () => <Client />;\n`,
  },
  "server component": {
    "app/page.jsx": `${USE}export const dynamic = "force-dynamic";
export default async function Page() {
  await runScenario(fal);
  return "server";
}
`,
  },
  "edge route": {
    "app/page.jsx": `export default () => "page";\n`,
    "app/edge/route.js": `${USE.replace("../", "../../")}export const runtime = "edge";
export async function GET() {
  await runScenario(fal);
  return new Response("edge");
}
`,
  },
};

// Name the root: otherwise Next takes a folder above that has a lock file, and looks for its own package there.
const CONFIG = `export default { turbopack: { root: ${JSON.stringify(path.dirname(tools))} } };\n`;
const ENV = { NEXT_TELEMETRY_DISABLED: "1" };

const row = (place, mode, prepare) => ({
  name: `Next ${version} ${mode}, ${place}`,
  needs: ["tools", "chromium"],
  async run(lab) {
    const cwd = makeApp(lab, this.name, { ...PLACES[place], "app/layout.jsx": LAYOUT, "next.config.mjs": CONFIG });
    const port = String(await freePort());
    await prepare(cwd);
    const command = mode === "dev" ? "dev" : "start";
    const server = start(tool("next"), [command, "--port", port, "--hostname", "127.0.0.1"], { cwd, env: ENV });
    try {
      await Promise.race([answers(`http://127.0.0.1:${port}/`), server.broken]);
      const page = place === "edge route" ? "edge" : "";
      return await seenAt(lab, this.name, `http://127.0.0.1:${port}/${page}`);
    } catch (cause) {
      throw new Error(`${/** @type {Error} */ (cause).message}\n${server.said().slice(-2_000)}`, { cause });
    } finally {
      await server.stop();
    }
  },
});

const build = (cwd) => run(tool("next"), ["build"], { cwd, env: ENV });

export const rows = Object.keys(PLACES).flatMap((place) => [row(place, "dev", () => {}), row(place, "build", build)]);

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(url) {
  const end = Date.now() + STARTS_WITHIN_MS;
  while (Date.now() < end) {
    const isUp = await fetch(`${url}favicon.ico`, { signal: AbortSignal.timeout(STARTS_WITHIN_MS) }).then(() => true, () => false);
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer`);
}
