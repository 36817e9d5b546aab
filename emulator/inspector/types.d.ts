// The types of the data that the emulator sends (emulator/src/inspector/shown.rs), and of the data that the page's parts share.

/** How an exchange ended; `null` if it has not. */
export type Ending = "whole" | "cut" | "dropped" | "left" | null;

/** A request and its answer, as a row of the list. Times of day are Unix times in ms. */
export interface Exchange {
  id: number;
  at_ms: number;
  method: string;
  path: string;
  /** The target URL of a proxied request. */
  target: string | null;
  service: string | null;
  /** The call of the protocol, by its name in fault plans. */
  route: string | null;
  endpoint: string | null;
  request_id: string | null;
  /** The path of the stored file that it sends or fetches. */
  file: string | null;
  status: number | null;
  answered_after_ms: number | null;
  ended_after_ms: number | null;
  ending: Ending;
  is_struck: boolean;
  request_bytes: number;
  answer_bytes: number;
  content_type: string | null;
}

/** A body: its text, redacted, or its first bytes. */
export interface Body {
  bytes: number;
  content_type: string | null;
  text?: string;
  is_cut?: boolean;
  first_bytes?: string;
}

export type Header = [name: string, value: string];

/** An exchange with its headers and bodies. */
export interface FullExchange extends Exchange {
  request: { headers: Header[]; body: Body };
  answer: { reason: string | null; headers: Header[]; body: Body } | null;
}

/** A job of the queue. */
export interface Job {
  request_id: string;
  endpoint: string;
  submitted_ms: number;
  status: "IN_QUEUE" | "IN_PROGRESS" | "COMPLETED";
  log_lines: number;
  last_line: string | null;
  /** The number of jobs before it in line. */
  ahead?: number;
  started_ms?: number;
  worked_ms?: number;
  result_status?: number;
  error?: string | null;
  error_type?: string | null;
}

/** A job with its log and its result. */
export interface FullJob extends Job {
  /** The last lines of the log. */
  logs: { message: string; timestamp?: string }[];
  /** How many lines come before these. */
  logs_before: number;
  result?: Body;
}

/** A stored file. */
export interface StoredFile {
  path: string;
  bytes: number;
  content_type: string;
  stored_ms: number;
  expires_at_ms: number | null;
  access: "allow" | "forbid" | "hide";
}

/** The delivery of one webhook: its stage and its attempts. */
export interface Delivery {
  id: number;
  request_id: string;
  url: string;
  body_bytes: number;
  stage: "sending" | "waiting" | "delivered" | "given up";
  next_ms: number | null;
  attempts: { at_ms: number; took_ms: number; problem: string | null; is_by_hand: boolean }[];
}

/** A fault in the format of fault plans: the fields that the bench uses. */
export interface Fault {
  delay_ms?: number;
  kind?: string;
  retry_after?: number;
  cut_after?: number;
  reset?: string;
  html?: boolean;
}

/** The plan of one fault of the bench. */
export interface Plan {
  seed: number;
  rules: [Rule];
}

export interface Rule {
  route: string | string[];
  endpoint?: string;
  times?: number;
  together: boolean;
  probability?: number;
  fault: Fault;
}

/** A fault of the bench, with its counts. */
export interface Switch {
  id: number;
  is_on: boolean;
  plan: Plan;
  seed: number;
  struck: number;
  calls: number;
}

/** The faults of the bench, and the fault plan that the emulator follows besides, whose form is not known here. */
export interface Faults {
  switches: Switch[];
  plan: { plan: unknown; seed?: number; struck?: number; calls?: number };
}

/** The requests to an endpoint and their billable units. */
export interface Spent {
  endpoint: string;
  requests: number;
  units: number;
}

/** The events of the feed, by name. */
export interface FeedEvents {
  hello: { run: string; mode: "emulator" | "forward"; version: string };
  exchanges: { oldest: number; changed: Exchange[] };
  jobs: { is_first: boolean; changed: Job[]; gone: string[] };
  files: StoredFile[];
  webhooks: Delivery[];
  faults: Faults;
  spent: Spent[];
}

/** The page's copy of the emulator's state. */
export interface State {
  run: string | undefined;
  mode: "emulator" | "forward" | undefined;
  version: string | undefined;
  /** By id, the oldest first. */
  exchanges: Map<number, Exchange>;
  /** By request id. */
  jobs: Map<string, Job>;
  files: StoredFile[];
  webhooks: Delivery[];
  faults: Faults;
  spent: Spent[];
}

/** The state of the feed's connection. */
export type Connection = "live" | "paused" | "lost";

/** The feed. */
export interface Feed {
  pause(): void;
  resume(): void;
  readonly isPaused: boolean;
}

/** The objects that every panel gets. */
export interface Page {
  state: State;
  feed: () => Feed;
  /** Shows a person that something went wrong. */
  say: (text: string) => void;
}

/** The content of one tab. */
export interface Panel {
  render(): void;
  /** Updates the times that are shown. Called regularly. */
  tick?(): void;
}

/** The kind of an outcome, which decides the colour of its word. */
export type Tone = "good" | "bad" | "open" | "calm";

/** A picture, film or sound whose URL is in a text. */
export interface Media {
  kind: "image" | "video" | "audio";
  url: string;
  name: string;
}

/** The form of the bench. */
export interface FaultForm {
  fault: string;
  number?: number | undefined;
  scope: string;
  endpoint?: string;
  times?: number | undefined;
  chance?: number | undefined;
  seed?: number | undefined;
}

/** A kind of fault that the bench offers. */
export interface FaultKind {
  id: string;
  name: string;
  hint: string;
  /** The number that the fault takes, if it takes one. */
  number?: { label: string; value: number; min: number; max: number };
  /** The id of the only scope that the fault can have. */
  scope?: string;
  fault: (number: number) => Fault;
}

/** A choice of calls that a fault can strike. */
export interface Scope {
  id: string;
  name: string;
  route: string | string[];
  /** Whether these calls belong to no endpoint. */
  hasNoEndpoint?: boolean;
}

/** The elements of the page that are more than an HTMLElement, by their ids. */
export interface Elements {
  filter: HTMLInputElement;
  "only-errors": HTMLInputElement;
  "hide-polls": HTMLInputElement;
  pause: HTMLButtonElement;
  clear: HTMLButtonElement;
  export: HTMLButtonElement;
  "request-tools": HTMLFormElement;
  "fault-form": HTMLFormElement;
  "fault-number": HTMLInputElement;
  "fault-scope": HTMLSelectElement;
  "fault-endpoint": HTMLInputElement;
  "fault-endpoints": HTMLDataListElement;
  "fault-times": HTMLInputElement;
  "fault-chance": HTMLInputElement;
  "fault-seed": HTMLInputElement;
}
