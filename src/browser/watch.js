// One call: what it waits for, what ends it early, and what it settles with.

/** The longest delay that timers take; a longer one would fire at once. */
const MAX_MS = 2_147_483_647;

const FULFILLED = 0;
const REJECTED = 1;
const STOP = 2;

/** The calls that run. */
const live = new Set();

/** How many instances have trapped. */
export let crashes = 0;

/** The instance that they run on has trapped, and must not be entered again. */
export function crash(cause) {
  crashes += 1;
  for (const watch of live) watch.crash(cause);
}

/**
 * The facts of an abort for this reason. A reason of the caller's own is what the call rejects
 * with; the one that a signal has by default becomes an exception that names the request.
 */
export function abortFacts(reason) {
  const isOwn = reason !== undefined && !isDefault(reason);
  return isOwn ? reason : { falCode: "aborted", reason };
}

/** Whether a reason is what `abort()` without one, or `AbortSignal.timeout`, gives. */
function isDefault(reason) {
  const isException = Object.prototype.toString.call(reason) === "[object DOMException]";
  return isException && (reason.name === "AbortError" || reason.name === "TimeoutError");
}

/** The facts of a call that its caller left, and whose request goes on. */
export function detached(requestId) {
  return { falCode: "detached", requestId };
}

/** Begins a call, which its caller's signals or its time may end early: what it settles with. */
export function begin(task, options, ms) {
  return new Promise((...settled) => new Watch(settled, task, options, ms));
}

/** How controllers are made, found out once for each class of this name. */
let controllers;

/**
 * A controller whose signal the platform's `fetch` takes. Where tests run in Node with the classes of
 * a simulated page, such as jsdom's, these are not `fetch`'s own, and it refuses them.
 */
export function newController() {
  const { AbortController: Own } = globalThis;
  if (controllers?.Own !== Own) controllers = { Own, ...makerOf(Own) };
  return controllers.make();
}

/** The part of what `fetch` is given that has this signal of a `newController`: none if it would be refused. */
export function signalPart(signal) {
  return controllers.isTaken ? { signal } : {};
}

function makerOf(Own) {
  const own = () => new Own();
  if (isTaken(own().signal)) return { make: own, isTaken: true };
  const make = globalThis.process?.getBuiltinModule?.("node:util")?.transferableAbortController;
  return make ? { make: () => make(), isTaken: true } : { make: own, isTaken: false };
}

function isTaken(signal) {
  if (typeof Request === "undefined") return true;
  try {
    return Boolean(new Request("http://localhost", { signal }));
  } catch {
    return false;
  }
}

/** The calls that buy something. */
const BUYS = ["submit", "run"];

class Watch {
  /** What was sent last. */
  request;
  /** Of the request that the call is about, or has submitted. */
  #requestId;
  /** The call that may have bought something and has no answer yet. */
  #uncertain;
  #controller = newController();
  #settle;
  #isSettled = false;
  /** What came of a call after it had settled: of its cancel, or of the submit that it had to wait for. */
  #afterwards;
  #task;
  #given;
  #detachSignal;
  #onOver;
  #timer;
  #waiting;
  #abort = () => this.#stop(abortFacts(this.#given.reason));
  #detach = () => this.#stop(detached(this.#requestId));

  constructor(settle, task, { abortSignal: given, detachSignal, requestId, onOver } = {}, ms) {
    this.#settle = settle;
    this.#task = task;
    this.#given = given;
    this.#detachSignal = detachSignal;
    this.#requestId = requestId;
    this.#onOver = onOver;
    if (given?.aborted) return this.settle(abortFacts(given.reason), true), this.#end();
    if (detachSignal?.aborted) return this.settle(detached(requestId), true), this.#end();
    live.add(this);
    given?.addEventListener?.("abort", this.#abort);
    detachSignal?.addEventListener?.("abort", this.#detach);
    if (ms > 0 && ms <= MAX_MS) this.#timer = setTimeout(() => this.#stop({ falCode: "timeout", timeoutMs: ms }), ms);
    this.#goOn(FULFILLED, this);
  }

  get signal() {
    return this.#controller.signal;
  }

  /** The caller's own signal, if there is one. */
  get given() {
    return this.#given;
  }

  settle(value, isError) {
    if (this.#isSettled) {
      this.#afterwards = { value, isError };
      return;
    }
    this.#isSettled = true;
    clearTimeout(this.#timer);
    // Signals may live long, and would collect a listener for every call.
    this.#given?.removeEventListener?.("abort", this.#abort);
    if (isError && value?.falCode) value.request = this.request;
    this.#detachSignal?.removeEventListener?.("abort", this.#detach);
    this.#settle[+isError](value);
  }

  /** A call is being sent. */
  sends(operation) {
    if (BUYS.includes(operation)) this.#uncertain = operation;
  }

  /** It was answered with an error by which nothing was bought. */
  refused(operation) {
    if (operation === this.#uncertain) this.#uncertain = undefined;
  }

  /** It was answered. */
  got(operation, body) {
    this.refused(operation);
    if (operation === "submit" && typeof body?.request_id === "string") this.#requestId = body.request_id;
  }

  abort() {
    this.#controller.abort();
    this.#controller = newController();
  }

  /** Later, as it may be the call itself that is running and calls a callback which aborts it. */
  #stop(reason) {
    queueMicrotask(() => {
      if (!this.#isSettled) this.#goOn(STOP, reason);
    });
  }

  #goOn(command, value) {
    let next;
    try {
      next = this.#task?.poll(command, value);
    } catch (cause) {
      return crash(cause);
    }
    if (next === null) this.#end();
    if (!next) return;
    this.#waiting = next;
    const after = (command) => (value) => {
      // A call that was stopped waits for something else.
      if (this.#waiting === next) this.#goOn(command, value);
    };
    next.then(after(FULFILLED), after(REJECTED));
  }

  #end() {
    this.#task?.free?.();
    this.#leave();
  }

  #leave() {
    this.#task = undefined;
    live.delete(this);
    if (typeof this.#onOver === "function") this.#onOver(this.#afterwards);
  }

  crash(cause) {
    this.#leave();
    this.settle({ falCode: "wasm_crashed", cause, requestId: this.#requestId, operation: this.#uncertain }, true);
    this.abort();
  }
}

/** Waits, until the call is stopped at most; with `wakes`, until it may be worth to go on sooner. */
export function pause(ms, { signal }, wakes) {
  return new Promise((resolve) => {
    const { document } = globalThis;
    const end = () => {
      clearTimeout(timer);
      // One by one: a signal that ends them all may be of another class than these take.
      signal.removeEventListener("abort", end);
      globalThis.removeEventListener?.("online", end);
      document?.removeEventListener("visibilitychange", seen);
      resolve();
    };
    const seen = () => isHidden() || end();
    const timer = setTimeout(end, Math.min(ms, MAX_MS));
    signal.addEventListener("abort", end);
    if (!wakes) return;
    globalThis.addEventListener?.("online", end);
    document?.addEventListener("visibilitychange", seen);
  });
}

/** Milliseconds by a clock that nobody sets. */
export function now() {
  return performance.now();
}

/** Whether nobody sees the page. */
export function isHidden() {
  return Boolean(globalThis.document?.hidden);
}
