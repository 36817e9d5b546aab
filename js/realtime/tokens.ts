import type { Clock, Timer } from "./clock.ts";

// The longest delay of a timer. A longer one would fire at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The delay until the next token is fetched, in milliseconds: 90 % of a token's lifetime, or 5 % of it after a failed
 * fetch (protocol §3.3). Undefined if the lifetime is unknown.
 */
export function refreshDelay_ms(lifetime_s: number | undefined, hasFailed: boolean): number | undefined {
  if (!lifetime_s || !(lifetime_s > 0)) return undefined;
  return Math.min(lifetime_s * 1000 * (hasFailed ? 0.05 : 0.9), LONGEST_TIMER_MS);
}

/** The source of tokens. */
export interface TokenSource {
  fetch(): Promise<string>;
  /** The lifetime of a token, in seconds; undefined if it is unknown. */
  readonly lifetime_s: number | undefined;
}

/**
 * The token of one connection, which is refreshed while it is held. A socket keeps its first token. If the service
 * refuses that, a fresh token is ready without a fetch.
 */
export class Tokens {
  readonly #source: TokenSource;
  readonly #clock: Clock;
  #held: string | undefined;
  #isUsed = false;
  #timer: Timer | undefined;
  // Changes when the token is dropped, so that a running fetch can detect that.
  #holding = 0;

  constructor(source: TokenSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  /** The token for opening a socket. If the source rejects, rejects with the same reason. */
  async take(): Promise<string> {
    const holding = this.#holding;
    const token = this.#held ?? (await this.#source.fetch());
    // The token was dropped meanwhile, and so was the attempt to connect. Do not keep the token.
    if (holding !== this.#holding) return token;
    if (this.#held === undefined) this.#hold(token);
    this.#isUsed = true;
    return token;
  }

  /** The service refused the token. Drops it, unless a newer one has replaced it. */
  refuse(): void {
    if (this.#isUsed) this.drop();
  }

  /** Drops the token, and stops refreshing it. */
  drop(): void {
    this.#holding += 1;
    this.#held = undefined;
    this.#timer?.cancel();
  }

  #hold(token: string): void {
    this.#held = token;
    this.#isUsed = false;
    this.#refreshLater(false);
  }

  #refreshLater(hasFailed: boolean): void {
    const delay_ms = refreshDelay_ms(this.#source.lifetime_s, hasFailed);
    if (delay_ms === undefined) return;
    this.#timer = this.#clock.later(() => void this.#refresh(), delay_ms);
  }

  // A failed refresh is not reported: the socket still works, and a retry follows.
  async #refresh(): Promise<void> {
    const holding = this.#holding;
    const token = await this.#source.fetch().catch(() => undefined);
    if (holding !== this.#holding) return;
    if (token === undefined) this.#refreshLater(true);
    else this.#hold(token);
  }
}
