// Checks the input of a known model before anything is sent. The service would refuse a wrong input only after the
// uploads and the queue. The errors have the service's format.

import type { Finding, InputFacts } from "../facts.ts";
import { badEndpointId } from "./bad-argument.ts";
import type { Engine, FieldKind, InputReader } from "./engine.ts";
import { isFile } from "./file.ts";

/** Longer than every allowed value of a text field. Comparing this many characters is enough. */
const START_LENGTH = 64;

/** Problems with the file of a field, and the value to give instead. */
const FILE_PROBLEMS: Record<string, string> = {
  local_url: "is a URL that only this page or this machine can read: give the File or Blob that is behind it",
  relative_url: "is no absolute URL: give one, such as new URL(…, location.href).href, a data URI, or the File or Blob itself",
  empty_file: "is a file without a single byte: was it read before it was written?",
};

/** The reason to refuse an input: facts, or an exception of the input's own code. */
export interface Refusal {
  reason: unknown;
}

/** Checks an endpoint id and, if asked to, the input of a known model. */
export function checkInput(engine: Engine, endpointId: unknown, input: unknown, validate: boolean): Refusal | undefined {
  const id = typeof endpointId === "string" ? endpointId : "";
  const reader = validate ? new Reader(input) : undefined;
  if (!engine.check(id, reader)) {
    return { reason: badEndpointId(endpointId) };
  }
  return reader?.refusal();
}

class Reader implements InputReader {
  readonly #findings: Finding[] = [];
  /** An exception of the input's own `toJSON`. */
  #thrown: Refusal | undefined;
  readonly #input: unknown;
  #endpointId = "";
  #field = "";
  #value: unknown;

  constructor(input: unknown) {
    this.#input = input;
  }

  begin(endpointId: string): void {
    this.#endpointId = endpointId;
  }

  read(field: string): FieldKind {
    this.#field = field;
    this.#value = this.#read(field);
    const value = this.#value;
    if (value === undefined || value === null) return "nothing";
    if (typeof value === "string") return "text";
    if (typeof value === "number") return Number.isNaN(value) ? "other" : "number";
    if (!isFile(value)) return "other";
    return value.size === 0 ? "empty_file" : "file";
  }

  text(): string {
    return (this.#value as string).slice(0, START_LENGTH);
  }

  number(): number {
    return this.#value as number;
  }

  report(type: string, expected: string, bound: number): void {
    const ctx: Record<string, Finding["ctx"]> = { one_of: { expected: expected.split(",") }, greater_than_equal: { ge: bound }, less_than_equal: { le: bound } };
    const input = this.#value;
    const problem = FILE_PROBLEMS[type];
    const given = typeof input === "string" ? `${JSON.stringify(input.slice(0, START_LENGTH))} ` : "It ";
    const loc = ["body", this.#field];
    this.#findings.push({ loc, type, ctx: ctx[type] ?? {}, input, ...(problem && { msg: given + problem }) });
  }

  /** The reason to refuse the input, if any. */
  refusal(): Refusal | undefined {
    if (this.#thrown || this.#findings.length === 0) return this.#thrown;
    return { reason: { falCode: "invalid_input", endpointId: this.#endpointId, body: { detail: this.#findings } } satisfies InputFacts };
  }

  /** A field as JSON writes it; for a URL object, its text. `undefined` if it cannot be read. */
  #read(field: string): unknown {
    const value = readField(this.#input, field);
    if (typeof readField(value, "toJSON") !== "function") return value;
    try {
      return (value as { toJSON(name: string): unknown }).toJSON(field) ?? undefined;
    } catch (reason) {
      this.#thrown ??= { reason };
      return undefined;
    }
  }
}

function readField(object: unknown, name: string): unknown {
  try {
    return (object as Record<string, unknown> | null | undefined)?.[name] ?? undefined;
  } catch {
    return undefined;
  }
}
