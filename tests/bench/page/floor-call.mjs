// One request through the proxy. Throws unless the status is a success.
const PROXY = "/api/fal/proxy";

/**
 * @param {string} method
 * @param {string} target
 * @param {{ body?: unknown, accept?: string }} [options]
 */
export async function call(method, target, { body, accept = "application/json" } = {}) {
  const headers = { "x-fal-target-url": target, accept, "content-type": "application/json" };
  const answer = await fetch(PROXY, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status}`);
  return answer;
}
