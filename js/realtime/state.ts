// The state machine of a realtime connection, as one pure function. connection.ts has the sockets, timers and
// callbacks.

/** A frame of the socket: text or bytes. */
export type Frame = string | Uint8Array;

/**
 * - `idle`: no socket; the next send opens one
 * - `authenticating`: waiting for a token
 * - `opening`: waiting for the socket
 * - `active`: the socket is open
 */
export type Phase = "idle" | "authenticating" | "opening" | "active";

/** The state of a connection. */
export interface State {
  readonly phase: Phase;
  /** Counts the tries to connect. Events of an earlier try are ignored. */
  readonly attempt: number;
  /** The frame to send when the socket is open: the latest one. */
  readonly pending?: Frame | undefined;
  /** The frame that was sent last, while a result for it may be missing. */
  readonly last?: Frame | undefined;
  /** The number of frames sent over this socket, minus the number of results. */
  readonly unanswered: number;
  /** Whether the service refused a token since the last result. */
  readonly refused: boolean;
}

/** An event. Events of a socket or a token carry the attempt that they belong to. */
export type Event =
  | { type: "send"; frame: Frame; isOpen: boolean }
  | { type: "close" }
  | { type: "token"; attempt: number; token: string }
  | { type: "opened" | "result" | "unauthorized" | "closed" | "tokenFailed"; attempt: number };

/** The steps to perform after an event, in this order. */
export type Effect =
  | { do: "authenticate"; attempt: number }
  | { do: "open"; attempt: number; token: string }
  | { do: "transmit"; frame: Frame }
  | { do: "hangUp" | "dropToken" | "refuseToken" | "giveUp" };

type Step = readonly [State, readonly Effect[]];

/** The state before the first send. */
export const START: State = { phase: "idle", attempt: 0, unanswered: 0, refused: false };

/** The next state, and the steps to perform. An event of an earlier attempt changes nothing. */
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
      return afterOpen(state);
    case "result":
      return [afterResult(state), []];
    case "unauthorized":
      return afterRefusal(state);
    case "closed":
      return afterClose(state);
  }
}

function send(state: State, frame: Frame, isOpen: boolean): Step {
  if (state.phase === "idle") return connect({ ...state, refused: false }, frame);
  if (state.phase === "active" && isOpen) return transmit(state, frame);
  return [{ ...state, pending: frame }, []];
}

function afterOpen(state: State): Step {
  const active: State = { ...state, phase: "active", pending: undefined };
  return state.pending === undefined ? [active, []] : transmit(active, state.pending);
}

function transmit(state: State, frame: Frame): Step {
  return [{ ...state, last: frame, unanswered: state.unanswered + 1 }, [{ do: "transmit", frame }]];
}

function afterResult(state: State): State {
  const unanswered = Math.max(0, state.unanswered - 1);
  return { ...state, unanswered, last: unanswered ? state.last : undefined, refused: false };
}

// If the service refuses the token, it does not process the frame, so sending it again is not billed twice. Only one
// new token is tried, as a second refusal is not caused by the token's age.
function afterRefusal(state: State): Step {
  if (state.refused) return [idle(state), [{ do: "hangUp" }, { do: "dropToken" }, { do: "giveUp" }]];
  const over: Effect[] = [{ do: "hangUp" }, { do: "refuseToken" }];
  const frame = state.pending ?? state.last;
  if (frame === undefined) return [idle(state), over];
  const [connecting, effects] = connect({ ...state, refused: true }, frame);
  return [connecting, [...over, ...effects]];
}

// A frame that came while the service was closing the socket goes to a new socket. If the socket never opened, its
// frame is dropped, so that an unavailable endpoint is not retried for ever.
function afterClose(state: State): Step {
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
