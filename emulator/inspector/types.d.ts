// The shapes that the emulator sends (emulator/src/inspector/shown.rs), and those that the page's parts share.

/** How an exchange ended; `null` if it has not. */
export type Ending = "whole" | "cut" | "dropped" | "left" | null;

/** A request and its answer, as a row of the list. Times of day are Unix times in ms. */
export interface Exchange {
  id: number;
  at_ms: number;
  method: string;
  path: string;
  /** The URL behind the proxy. */
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

/** All that is known of an exchange. */
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
  /** How many jobs are before it. */
  ahead?: number;
  started_ms?: number;
  worked_ms?: number;
  result_status?: number;
  error?: string | null;
  error_type?: string | null;
}

/** A job with its log and its result. */
export interface FullJob extends Job {
  logs: { message: string; timestamp?: string }[];
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

/** What became of a webhook. */
export interface Delivery {
  id: number;
  request_id: string;
  url: string;
  body_bytes: number;
  stage: "sending" | "waiting" | "delivered" | "given up";
  next_ms: number | null;
  attempts: { at_ms: number; took_ms: number; problem: string | null; is_by_hand: boolean }[];
}

/** A fault, as plans have it: of these, the bench makes some. */
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

/** The bench, and the plan that is followed besides, which may have any form. */
export interface Faults {
  switches: Switch[];
  plan: { plan: unknown; seed?: number; struck?: number; calls?: number };
}

/** The units of an endpoint. */
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

/** How the feed is. */
export type Connection = "live" | "paused" | "lost";

/** The feed. */
export interface Feed {
  pause(): void;
  resume(): void;
  readonly isPaused: boolean;
}

/** What every panel is given. */
export interface Page {
  state: State;
  feed: () => Feed;
  /** Says that something went wrong. */
  say: (text: string) => void;
}

/** A part of the page. */
export interface Panel {
  render(): void;
  /** Shows that time went by. */
  tick?(): void;
}

/** How something went: for the colour of a word that says it. */
export type Tone = "good" | "bad" | "open" | "calm";

/** Media that a text names. */
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
  /** The one number that it takes. */
  number?: { label: string; value: number; min: number; max: number };
  /** The only calls that it can strike. */
  scope?: string;
  fault: (number: number) => Fault;
}

/** Calls that can be struck. */
export interface Scope {
  id: string;
  name: string;
  route: string | string[];
  /** Whether they belong to no endpoint. */
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
