// Where a realtime connection stands and what happens next, as one pure function: the
// sockets, timers and callbacks are those of connection.ts.

/** What goes over the socket: text or bytes. */
export type Frame = string | Uint8Array;

/**
 * - `idle`: no socket; the next send opens one
 * - `authenticating`: waiting for a token
 * - `opening`: waiting for the socket
 * - `active`: the socket is open
 */
export type Phase = "idle" | "authenticating" | "opening" | "active";

/** All that the next step depends on. */
export interface State {
  readonly phase: Phase;
  /** Counts the tries to connect. What belongs to an earlier one comes too late. */
  readonly attempt: number;
  /** What is to be sent when the socket is open: one frame, the latest. */
  readonly pending?: Frame | undefined;
  /** What was sent last, as long as a result for it may be missing. */
  readonly last?: Frame | undefined;
  /** Frames sent over this socket, less the results that came. */
  readonly unanswered: number;
  /** Whether the service refused a token since the last result. */
  readonly refused: boolean;
}

/** What happened. Events of a socket or a token carry the attempt that they belong to. */
export type Event =
  | { type: "send"; frame: Frame; isOpen: boolean }
  | { type: "close" }
  | { type: "token"; attempt: number; token: string }
  | { type: "opened" | "result" | "unauthorized" | "closed" | "tokenFailed"; attempt: number };

/** What is to be done about it, in this order. */
export type Effect =
  | { do: "authenticate"; attempt: number }
  | { do: "open"; attempt: number; token: string }
  | { do: "transmit"; frame: Frame }
  | { do: "hangUp" | "dropToken" | "refuseToken" | "giveUp" };

type Step = readonly [State, readonly Effect[]];

/** Before the first send. */
export const START: State = { phase: "idle", attempt: 0, unanswered: 0, refused: false };

/** The state after an event, and what to do. An event of an earlier attempt changes nothing. */
export function next(state: State, event: Event): Step {
  if (event.type === "send") return send(state, event.frame, event.isOpen);
  if (event.type === "close") return [idle(state), [{ do: "hangUp" }, { do: "dropToken" }]];
  if (event.attempt !== state.attempt) return [state, []];
  switch (event.type) {
    case "token":
      return [{ ...state, phase: "opening" }, [{ do: "open", attempt: state.attempt, token: event.token }]];
    case "tokenFailed":
      return [idle(state), []];
    case "opened":
      return opened(state);
    case "result":
      return [answered(state), []];
    case "unauthorized":
      return unauthorized(state);
    case "closed":
      return closed(state);
  }
}

function send(state: State, frame: Frame, isOpen: boolean): Step {
  if (state.phase === "idle") return connect({ ...state, refused: false }, frame);
  if (state.phase === "active" && isOpen) return transmit(state, frame);
  return [{ ...state, pending: frame }, []];
}

function opened(state: State): Step {
  const active: State = { ...state, phase: "active", pending: undefined };
  return state.pending === undefined ? [active, []] : transmit(active, state.pending);
}

function transmit(state: State, frame: Frame): Step {
  return [{ ...state, last: frame, unanswered: state.unanswered + 1 }, [{ do: "transmit", frame }]];
}

function answered(state: State): State {
  const unanswered = Math.max(0, state.unanswered - 1);
  return { ...state, unanswered, last: unanswered ? state.last : undefined, refused: false };
}

// A frame that a token was refused for was not worked on, so sending it again is not paid
// twice. One new token is tried: a second refusal is no matter of age.
function unauthorized(state: State): Step {
  if (state.refused) return [idle(state), [{ do: "hangUp" }, { do: "dropToken" }, { do: "giveUp" }]];
  const over: Effect[] = [{ do: "hangUp" }, { do: "refuseToken" }];
  const frame = state.pending ?? state.last;
  if (frame === undefined) return [idle(state), over];
  const [connecting, effects] = connect({ ...state, refused: true }, frame);
  return [connecting, [...over, ...effects]];
}

// What was sent while the service was hanging up is meant for the next socket. What a socket
// that never opened was meant for is given up: else an endpoint that is away is tried for ever.
function closed(state: State): Step {
  const over: Effect[] = [{ do: "dropToken" }];
  if (state.phase !== "active" || state.pending === undefined) return [idle(state), over];
  const [connecting, effects] = connect(state, state.pending);
  return [connecting, [...over, ...effects]];
}

function connect({ attempt, refused }: State, pending: Frame): Step {
  const state: State = { phase: "authenticating", attempt: attempt + 1, pending, unanswered: 0, refused };
  return [state, [{ do: "authenticate", attempt: state.attempt }]];
}

function idle({ attempt, refused }: State): State {
  return { phase: "idle", attempt: attempt + 1, unanswered: 0, refused };
}
