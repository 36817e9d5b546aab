// The webhooks that the rows of fal-wasm/webhook verify: one signed by the emulator, and a forged one.

import { serveHttp } from "../support/webhooks.mjs";

const IMPORTS = `import { fal } from "fal-wasm";
import { WebhookError, verifyWebhook } from "fal-wasm/webhook";
import { DELIVERY, JWKS_URL } from "./delivery.mjs";
import { runScenario, subscribe } from "./scenario.mjs";
const verify = (body) => verifyWebhook(new Request("https://app.test/hook", { method: "POST", headers: DELIVERY.headers, body }), { jwksUrl: JWKS_URL });
const run = () =>
  runScenario(fal, async (fal) => {
    await subscribe(fal);
    const { status } = await verify(DELIVERY.body);
    if (status !== "OK") throw new Error(\`the webhook says \${status}\`);
    const error = await verify(DELIVERY.body + " ").then(() => undefined, (error) => error);
    if (!(error instanceof WebhookError) || error.reason !== "bad_signature") throw new Error(\`a forged webhook gives \${error}\`);
  });
`;

/** A program that verifies the webhook and then runs the scenario. */
export const WEBHOOK_MAIN = `${IMPORTS}await run();\n`;

/** The same as a worker. */
export const WEBHOOK_WORKER = `${IMPORTS}export default { test: run };\n`;

/** Files for an app that verifies a webhook: one delivery of the emulator, and the URL of the emulator's keys. */
export async function webhookFiles(lab) {
  let deliver;
  const delivered = new Promise((resolve) => (deliver = resolve));
  const hook = await serveHttp(async ({ headers }, body) => {
    deliver({ headers, body: body.toString() });
    return [204];
  });
  try {
    const submit = `${lab.emulator.url}/queue.fal.run/emulator/echo?fal_webhook=${encodeURIComponent(hook.url)}`;
    const reply = await fetch(submit, { method: "POST", headers: { "content-type": "application/json" }, body: '{"text":"Grüße"}' });
    if (!reply.ok) throw new Error(`The submit was answered ${reply.status}: ${await reply.text()}`);
    const { headers, body } = await delivered;
    const signed = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("x-fal-")));
    const values = { DELIVERY: { headers: signed, body }, JWKS_URL: `${lab.emulator.url}/rest.fal.ai/.well-known/jwks.json` };
    return { "delivery.mjs": Object.entries(values).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`).join("") };
  } finally {
    await hook.stop();
  }
}
