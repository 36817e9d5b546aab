import { FalError } from "./errors.ts";
import type { EndpointId } from "./types/request.ts";

/** What is in front of the owner in some ids (protocol §2.1). */
const NAMESPACES = ["workflows", "comfy"] as const;

/** An id of the old kind, without a slash: a number and a name. */
const LEGACY = /^([0-9]+)-([a-zA-Z0-9-]+)$/;

/**
 * Takes an endpoint id apart (protocol §2.1).
 * @throws FalError with code `invalid_argument` where it is none
 */
export function parseEndpointId(id: string): EndpointId {
  const parts = (id.includes("/") ? id : id.replace(LEGACY, "$1/$2")).split("/");
  const namespace = NAMESPACES.find((name) => name === parts[0]);
  const [owner, alias, ...rest] = namespace ? parts.slice(1) : parts;
  if (!owner || !alias) {
    const problem = `endpointId: must be in the format <owner>/<alias>, got ${JSON.stringify(id)}`;
    throw new FalError({ message: problem, code: "invalid_argument" });
  }
  // The official type says `string`, and the official client gives `undefined` where there is none.
  const path = (rest.join("/") || undefined)!;
  return { owner, alias, path, ...(namespace && { namespace }) };
}
