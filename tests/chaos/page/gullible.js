// A client that believes every 2xx and every 404, and submits again if an answer has no request id. In the self-test it
// replaces the package: each counter must find an error of this client.

const SUBMITS = 2;
const POLLS = 60;
const POLL_MS = 100;
const SAVED = "gullible ";
const QUEUE = "https://queue.fal.run";

/** This client never throws this error. */
export class SubmitUncertainError extends Error {}

export function createFalClient({ proxyUrl, fetch: custom = (url, init) => fetch(url, init), credentials: key }) {
  async function ask(method, url, body) {
    const headers = { "content-type": "application/json", ...(key && { Authorization: `Key ${key}` }) };
    const [to, more] = proxyUrl ? [proxyUrl, { "x-fal-target-url": url }] : [url, {}];
    const response = await custom(to, { method, headers: { ...headers, ...more }, ...(body && { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw Object.assign(new Error(`HTTP ${response.status}`), { status: response.status });
    return parse(text);
  }

  async function submit(id, input, webhook) {
    for (let number = 0; number < SUBMITS; number += 1) {
      const { request_id } = (await ask("POST", `${QUEUE}/${id}?fal_webhook=${encodeURIComponent(webhook)}`, input)) ?? {};
      if (request_id) return request_id;
    }
    throw new Error("No request id");
  }

  async function follow(id, requestId, onQueueUpdate) {
    for (let number = 0; number < POLLS; number += 1) {
      const status = await ask("GET", `${QUEUE}/${id}/requests/${requestId}/status?logs=1`);
      onQueueUpdate?.(status);
      if (status?.status !== "IN_QUEUE" && status?.status !== "IN_PROGRESS") return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  const result = async (id, requestId) => ({ data: await ask("GET", `${QUEUE}/${id}/requests/${requestId}`), requestId });
  const isSaved = (requestId) => localStorage.getItem(SAVED + requestId) !== null;
  const forget = (requestId) => localStorage.removeItem(SAVED + requestId);

  async function finish(id, requestId, onQueueUpdate) {
    try {
      await follow(id, requestId, onQueueUpdate);
      const found = await result(id, requestId);
      forget(requestId);
      return found;
    } catch (thrown) {
      const error = /** @type {{ status?: number }} */ (thrown);
      if (error.status === 404) forget(requestId);
      throw thrown;
    }
  }

  return {
    async subscribe(id, { input, webhookUrl, label, persist, onEnqueue, onQueueUpdate }) {
      const { image_url, ...others } = input;
      const requestId = await submit(id, others, webhookUrl);
      if (persist) localStorage.setItem(SAVED + requestId, JSON.stringify({ requestId, endpointId: id, label }));
      onEnqueue(requestId);
      return finish(id, requestId, onQueueUpdate);
    },
    queue: { subscribeToStatus: (id, { requestId }) => follow(id, requestId), result: (id, { requestId }) => result(id, requestId) },
    pending: async () => Object.entries(localStorage).filter(([name]) => name.startsWith(SAVED)).map(([, entry]) => JSON.parse(entry)),
    /**
     * @param {any} entry
     * @param {{ onQueueUpdate?: (status: any) => void }} [options]
     */
    async resume({ endpointId, requestId }, { onQueueUpdate } = {}) {
      if (!isSaved(requestId)) throw new Error("Not saved");
      return finish(endpointId, requestId, onQueueUpdate);
    },
  };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
