import { type ErrorListener, guarded, report } from "../report.ts";
import type { ApiError } from "../errors.ts";
import type { RealtimeConnectionHandler } from "../types.ts";
import { type Problem, thrownByCallback } from "./problems.ts";

const SHORTEST_TOKEN = 16;

export type Handler = RealtimeConnectionHandler<any>;

/** Whoever listens to a connection: the newest of its handlers. */
export class Audience {
  handler: Handler;
  readonly #endpoint: string;
  readonly #ApiError: typeof ApiError;
  #secret = "";

  /** @param Kind the error class; this module is loaded apart from the one that has it */
  constructor(endpoint: string, Kind: typeof ApiError, handler: Handler) {
    this.#endpoint = endpoint;
    this.#ApiError = Kind;
    this.handler = handler;
  }

  /** Keeps a token out of messages, should the other side quote it. */
  conceal(token: string): void {
    // What is too short for a token is likely to be a part of words.
    this.#secret = token.length < SHORTEST_TOKEN ? "" : token;
  }

  /** Gives a result to the caller, who may throw. */
  result(message: any): void {
    const { handler } = this;
    guarded(
      () => handler.onResult(message),
      (reason) => this.error(thrownByCallback(this.#endpoint, reason)),
    );
  }

  /** Tells the caller of a problem. */
  error(problem: Problem): void {
    const message = this.#secret ? problem.message.replaceAll(this.#secret, "<token>") : problem.message;
    report(this.handler as ErrorListener, new this.#ApiError({ ...problem, message }));
  }
}
