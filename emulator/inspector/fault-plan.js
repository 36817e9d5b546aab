// Turns the form of the fault bench into a fault plan, and a plan into words. Pure.

/** @import { Fault, FaultForm, FaultKind, Plan, Scope, Switch } from "./types.d.ts" */

const STREAMS = ["status_stream", "stream"];
const UPLOADS = ["initiate", "initiate_multipart", "put", "part", "complete"];

/**
 * The faults that the bench offers.
 * @type {[FaultKind, ...FaultKind[]]}
 */
export const FAULTS = [
  {
    id: "slow",
    name: "Slow",
    hint: "The call waits before it is processed.",
    number: { label: "Wait in ms", value: 3000, min: 1, max: 600_000 },
    fault: (number) => ({ delay_ms: number }),
  },
  {
    id: "limited",
    name: "429 with Retry-After",
    hint: "Too many requests; the answer says how long to wait.",
    number: { label: "Retry-After in s", value: 2, min: 0, max: 3600 },
    fault: (number) => ({ kind: "rate_limited", retry_after: number }),
  },
  {
    id: "unavailable",
    name: "503",
    hint: "The gateway’s page: Service Temporarily Unavailable.",
    fault: () => ({ kind: "service_unavailable" }),
  },
  {
    id: "cut",
    name: "Cut stream",
    hint: "The connection of an event stream breaks.",
    number: { label: "After events", value: 1, min: 0, max: 10_000 },
    scope: "streams",
    fault: (number) => ({ cut_after: number }),
  },
  {
    id: "lost",
    name: "Lost answer",
    hint: "The call is processed, and its answer breaks off after one byte.",
    fault: () => ({ reset: "after" }),
  },
  {
    id: "html",
    name: "HTML instead of JSON",
    hint: "200 with a login page, as of a hotel’s network.",
    fault: () => ({ html: true }),
  },
];

/**
 * The choices of calls that a fault can strike.
 * @type {[Scope, ...Scope[]]}
 */
export const SCOPES = [
  { id: "any", name: "All calls", route: "any" },
  { id: "submit", name: "Submit", route: "submit" },
  { id: "status", name: "Status", route: "status" },
  { id: "streams", name: "Event streams", route: STREAMS },
  { id: "result", name: "Result", route: "result" },
  { id: "cancel", name: "Cancel", route: "cancel" },
  { id: "run", name: "Run (no queue)", route: "run" },
  { id: "uploads", name: "Uploads", route: UPLOADS, hasNoEndpoint: true },
  { id: "file", name: "Files that are fetched", route: "file", hasNoEndpoint: true },
  { id: "token", name: "Tokens", route: "token", hasNoEndpoint: true },
  { id: "webhook", name: "Webhook deliveries", route: "webhook", hasNoEndpoint: true },
];

/** The upper bound of a random seed. It is small, so that a person can type the seed again. */
const SEEDS = 1_000_000;

/** A random seed for a new fault. */
export const drawSeed = () => 1 + Math.floor(Math.random() * (SEEDS - 1));

/**
 * The plan of one fault. A plan with the same seed strikes the same calls.
 * @param {FaultForm} form without mistakes
 * @returns {Plan}
 */
export function buildPlan({ fault, number = 0, scope, endpoint, times, chance = 100, seed = 0 }) {
  const kind = find(FAULTS, fault);
  const { route, hasNoEndpoint } = find(SCOPES, kind.scope ?? scope);
  const rule = {
    route,
    ...(endpoint && !hasNoEndpoint && { endpoint }),
    ...(times && { times }),
    together: true,
    ...(chance < 100 && { probability: chance / 100 }),
    fault: kind.fault(number),
  };
  return { seed, rules: [rule] };
}

/**
 * The mistakes in the form, each with the name of its field.
 * @param {FaultForm} form
 */
export function checkForm({ fault, number, times, chance, seed }) {
  const { min, max } = find(FAULTS, fault).number ?? { min: 0, max: 0 };
  const takesNumber = max > 0;
  /** @type {[string, boolean, string][]} */
  const rules = [
    ["number", takesNumber && !isWhole(number, min, max), `A whole number from ${min} to ${max}.`],
    ["times", times !== undefined && !isWhole(times, 1, 100_000), "A whole number from 1 on; empty for all calls until it is switched off."],
    ["chance", !isWhole(chance, 1, 100), "A whole number from 1 to 100."],
    ["seed", !isWhole(seed, 0, Number.MAX_SAFE_INTEGER), "A whole number from 0 on."],
  ];
  return rules.filter(([, isWrong]) => isWrong).map(([field, , text]) => ({ field, text }));
}

/**
 * A fault of the bench in words: what happens, and to which calls.
 * @param {Pick<Switch, "plan">} fault
 */
export function describeSwitch({ plan }) {
  const [rule] = plan.rules;
  const { route, endpoint, times, probability, fault } = rule;
  const scope = SCOPES.find((each) => String(each.route) === String(route));
  const which = !scope || scope.id === "any" ? "" : ` (${scope.name.toLowerCase()})`;
  const often = probability === undefined ? "" : ` with a chance of ${Math.round(probability * 100)} %`;
  const many = times === undefined ? "every call" : times === 1 ? "the next call" : `the next ${times} calls`;
  return { name: nameOf(fault), calls: `${many}${which}${endpoint ? ` of ${endpoint}` : ""}${often}` };
}

/** @param {Fault} fault */
function nameOf(fault) {
  if (fault.delay_ms !== undefined) return `Slow: ${fault.delay_ms} ms`;
  if (fault.kind === "rate_limited") return `429, Retry-After ${fault.retry_after} s`;
  if (fault.cut_after !== undefined) return `Stream cut after ${fault.cut_after} ${fault.cut_after === 1 ? "event" : "events"}`;
  const known = FAULTS.find((each) => !each.number && JSON.stringify(each.fault(0)) === JSON.stringify(fault));
  return known?.name ?? JSON.stringify(fault);
}

/**
 * The item with this id, or the first item if no item has it.
 * @template {{ id: string }} Item
 * @param {[Item, ...Item[]]} list
 * @param {string} id
 */
export const find = (list, id) => list.find((each) => each.id === id) ?? list[0];

/**
 * @param {number | undefined} value
 * @param {number} least
 * @param {number} most
 */
const isWhole = (value, least, most) => value !== undefined && Number.isInteger(value) && value >= least && value <= most;
