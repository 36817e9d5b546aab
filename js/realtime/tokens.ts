import type { Clock, Timer } from "./clock.ts";

// A longer timer would fire at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * When to fetch the next token, in milliseconds from now: at 90 % of a token's life, and 5 %
 * of it after a fetch that failed (protocol §3.3). Undefined where its life is not known.
 */
export function refreshDelay_ms(lifetime_s: number | undefined, hasFailed: boolean): number | undefined {
  if (!lifetime_s || !(lifetime_s > 0)) return undefined;
  return Math.min(lifetime_s * 1000 * (hasFailed ? 0.05 : 0.9), LONGEST_TIMER_MS);
}

/** Where tokens come from. */
export interface TokenSource {
  fetch(): Promise<string>;
  /** How long a token is good for, in seconds; undefined where that is not known. */
  readonly lifetime_s: number | undefined;
}

/**
 * The token of one connection, kept fresh while it is held. A socket keeps the token that it
 * was opened with; a fresher one saves the wait where the service refuses that.
 */
export class Tokens {
  readonly #source: TokenSource;
  readonly #clock: Clock;
  #held: string | undefined;
  #isUsed = false;
  #timer: Timer | undefined;
  // Tells a fetch whether the token was dropped while it was under way.
  #holding = 0;

  constructor(source: TokenSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  /** The token to open a socket with. Rejects with what the source rejects with. */
  async take(): Promise<string> {
    const holding = this.#holding;
    const token = this.#held ?? (await this.#source.fetch());
    // Whoever waited for it is gone, too.
    if (holding !== this.#holding) return token;
    if (this.#held === undefined) this.#hold(token);
    this.#isUsed = true;
    return token;
  }

  /** The service refused the token that was taken. */
  refuse(): void {
    if (this.#isUsed) this.drop();
  }

  /** Forgets the token, and stops refreshing it. */
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

  // A failure is nobody's concern yet: the socket lives on, and the next try is under way.
  async #refresh(): Promise<void> {
    const holding = this.#holding;
    const token = await this.#source.fetch().catch(() => undefined);
    if (holding !== this.#holding) return;
    if (token === undefined) this.#refreshLater(true);
    else this.#hold(token);
  }
}
