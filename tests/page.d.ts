// The global names in the pages in which tests run functions: the package, and values that tests put there.
/* oxlint-disable typescript/no-explicit-any -- a name means another thing in the pages of another test, and models give any JSON */

import type * as Package from "../js/index.ts";
import type { UseFalOptions, UseFalResult } from "../js/react.ts";

/** Panels by name, with the options of their hooks. */
type Panels = Record<string, UseFalOptions>;

/** A WebSocket that `startRealtime` records. */
interface SeenSocket extends WebSocket {
  asked: string;
  sent: any[];
}

/** The fields of an error that tests read. */
export interface Caught {
  name: string;
  message: string;
  code?: string;
  status?: number;
  requestId?: string;
  jobMayExist?: boolean;
  body?: any;
}

/** A store that keeps its entries in a map. */
interface MemoryStore extends Package.PendingStore {
  kept: Map<string, Package.PendingEntry>;
  list(): Package.PendingEntry[];
}

/** The timers of a realm, which tests replace. Node and pages have different types for timer ids, so an id is `any`. */
export interface Timers {
  setTimeout(run: (...given: any[]) => void, ms?: number, ...given: any[]): any;
  setInterval(run: (...given: any[]) => void, ms?: number, ...given: any[]): any;
  clearTimeout(id: any): void;
  clearInterval(id: any): void;
}

declare global {
  // Set by support/client.mjs and similar modules.
  var library: typeof Package;
  var fal: Package.SingletonFalClient;
  var createFalClient: typeof Package.createFalClient;
  var preload: typeof Package.preload;
  var withProxy: typeof Package.withProxy;
  // Plain strings, not the known endpoint ids: tests send wrong inputs and read outputs as JSON.
  var IMAGE_TO_VIDEO: string;
  var TEXT_TO_VIDEO: string;
  var DISTILL: string;
  var sleep: (ms: number) => Promise<void>;
  var picture: (size?: number) => Promise<File>;
  var bigFile: File;
  var complain: (text: string) => void;
  // holdTimers
  var expire: () => void;
  // holdClock
  var advance: (ms: number) => Promise<void>;
  // startRealtime
  var sockets: SeenSocket[];
  var asked: string[];
  var token: (seconds?: number) => Promise<string>;
  var official: Package.FalClient;
  var listen: any;
  // startSaving
  var caught: (error: any) => any;
  var settled: (call: Promise<any>) => Promise<any>;
  var begin: (options?: any) => any;
  var job: Promise<any>;
  var later: (ms: number) => void;
  var memoryStore: () => MemoryStore;
  // Callbacks that a call made, and its outcome.
  var seen: any[];
  var progress: any[];
  var reports: any[];
  var results: any[];
  var errors: any[];
  var logs: any[];
  var phases: string[];
  var outcome: any;
  var ended: Promise<any>;
  var done: Promise<any>;
  var resumed: Promise<any>;
  var call: Promise<any>;
  var controller: AbortController;
  var leave: AbortController;
  // tests/react/page.jsx
  var jobs: Record<string, UseFalResult>;
  var show: (panels: Panels, options?: { isStrict?: boolean }) => void;
  var hydrate: (html: string, panels: Panels, options?: { isStrict?: boolean }) => void;
  var textOf: (name: string) => string | undefined;
  var buttonOf: (name: string) => HTMLButtonElement;
  var complaints: string[];
  var reactVersion: string;
  // Functions and values of single test files.
  var PARTS: Package.UploadOptions;
  var breakOff: (file: Blob, uploading?: Package.FalClient) => Promise<void>;
  var broken: Promise<any>;
  var bytes: (size: number) => Uint8Array<ArrayBuffer>;
  var filled: (fill: number) => Uint8Array<ArrayBuffer>;
  var areSame: (left: Uint8Array, right: Uint8Array) => boolean;
  var chosen: File;
  var client: Package.FalClient;
  var data: any;
  var fileList: (...files: File[]) => FileList;
  var finished: (name?: string, options?: any) => Promise<string>;
  var follow: (options?: any, name?: string) => Promise<{ name: any; requestId: string }>;
  var ids: (client: Package.FalClient, options?: Package.PendingOptions) => Promise<string[]>;
  var instances: number;
  var isSent: boolean;
  var isWhole: (file: Blob, fill: number, uploading?: Package.FalClient) => Promise<boolean>;
  var kept: Map<string, unknown>;
  var keyed: (credentials: string | (() => string) | undefined, more?: Package.Config) => Package.FalClient;
  var land: () => void;
  var mounts: (() => () => void)[];
  var opened: IDBDatabase;
  var other: Window & typeof globalThis;
  var refusal: (make: () => unknown, options?: any) => Promise<{ calls: number; code?: string; message?: string }>;
  var resultOf: (requestId: string, options?: any) => Promise<{ name: any; requestId: string }>;
  var sent: any;
  var shownAt: any;
  var store: any;
  var submit: () => void;
  var submitted: (input: unknown, options?: any) => Promise<any>;
  var timeIsUp: () => void;
  var told: (error: any) => any;
  var trapNext: boolean;
  var unmount: () => void;
  var untilSeen: (status: string) => Promise<void>;

  // The pages of the chaos runs, the bench and the conformance tests.
  var chaos: any;
  var notes: () => Record<string, any[]>;
  var run: any;
  var unhandled: string[];
  var withWorker: (seed: number) => Promise<void>;
  var meter: any;
  var press: () => void;
  var isReady: boolean | undefined;
  var conformance: any;
  // axe-core, once it is loaded.
  var axe: typeof import("axe-core");

  // Service workers: the DOM types of pages do not include them.
  var clients: { claim(): Promise<void> };
  function skipWaiting(): Promise<void>;
  interface WindowEventMap {
    install: ExtendableEvent;
    activate: ExtendableEvent;
    fetch: FetchEvent;
  }
  interface ExtendableEvent extends Event {
    waitUntil(work: Promise<unknown>): void;
  }
  interface FetchEvent extends ExtendableEvent {
    readonly request: Request;
    respondWith(answer: Response | Promise<Response>): void;
  }

  // Too new for the compiler's library.
  interface Uint8Array {
    toBase64?(): string;
  }
}
