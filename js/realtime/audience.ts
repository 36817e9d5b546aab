import type { ApiError } from "../errors.ts";
import { type ErrorListener, report, runCallback } from "../report.ts";
import type { RealtimeConnectionHandler } from "../types.ts";
import { type Problem, thrownByCallback } from "./problems.ts";

const SHORTEST_TOKEN = 16;

/** The caller's handler. Its results are the model's JSON. */
export type Handler = RealtimeConnectionHandler<any>; // oxlint-disable-line typescript/no-explicit-any -- the model's JSON

/** The listener of a connection: the newest of its handlers. */
export class Audience {
  handler: Handler;
  readonly #endpoint: string;
  readonly #ApiError: typeof ApiError;
  #secret = "";

  /** @param Kind the error class, which is passed in as it belongs to another bundle */
  constructor(endpoint: string, Kind: typeof ApiError, handler: Handler) {
    this.#endpoint = endpoint;
    this.#ApiError = Kind;
    this.handler = handler;
  }

  /** Hides a token in messages, as the service may quote it. */
  conceal(token: string): void {
    // A text shorter than a token may occur within ordinary words, so it is not hidden.
    this.#secret = token.length < SHORTEST_TOKEN ? "" : token;
  }

  /** Reports a result to the caller's `onResult`, which may throw. */
  result(message: unknown): void {
    const { handler } = this;
    runCallback(
      () => handler.onResult(message),
      (reason) => this.error(thrownByCallback(this.#endpoint, reason)),
    );
  }

  /** Reports a problem to the caller. */
  error(problem: Problem): void {
    const message = this.#secret ? problem.message.replaceAll(this.#secret, "<token>") : problem.message;
    report(this.handler as ErrorListener, new this.#ApiError({ ...problem, message }));
  }
}
