// The calls that the page makes. A failed call throws an error whose message can be shown to a person.

/** @import { Body, Delivery, FullExchange, FullJob, Plan } from "./types.d.ts" */

const API = "/inspector/api";

/** @type {(id: number) => Promise<FullExchange>} */
export const loadExchange = (id) => call("GET", `/exchanges/${id}`);
/** @type {() => Promise<FullExchange[]>} */
export const loadExchanges = () => call("GET", "/exchanges");
/** @type {() => Promise<unknown>} */
export const clearExchanges = () => call("POST", "/clear");
/** @type {(id: string) => Promise<FullJob>} */
export const loadJob = (id) => call("GET", `/jobs/${encodeURIComponent(id)}`);
/** @type {(id: string) => Promise<unknown>} */
export const cancelJob = (id) => call("POST", `/jobs/${encodeURIComponent(id)}/cancel`);
/** @type {(id: number) => Promise<Delivery & { body: Body }>} */
export const loadDelivery = (id) => call("GET", `/deliveries/${id}`);
/** @type {(id: number) => Promise<unknown>} */
export const resendDelivery = (id) => call("POST", `/deliveries/${id}/resend`);
/** @type {(plan: Plan) => Promise<unknown>} */
export const addFault = (plan) => call("POST", "/faults", plan);
/** @type {(id: number, isOn: boolean) => Promise<unknown>} */
export const setFault = (id, isOn) => call("PUT", `/faults/${id}`, { is_on: isOn });
/** @type {(id: number) => Promise<unknown>} */
export const removeFault = (id) => call("DELETE", `/faults/${id}`);

/** The text to show a person for a value that was thrown. */
export const reasonOf = (/** @type {unknown} */ error) => (error instanceof Error ? error.message : String(error));

/**
 * @template Answer the shape of the emulator's answer
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<Answer>}
 */
async function call(method, path, body) {
  const sent = body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const reply = await fetch(API + path, { method, ...sent }).catch((cause) => {
    throw new Error("The emulator does not answer: is it still running?", { cause });
  });
  const answer = await reply.json().catch(() => ({}));
  if (!reply.ok) throw new Error(answer.detail ?? answer.status ?? `The emulator answered ${reply.status}.`);
  return answer;
}
