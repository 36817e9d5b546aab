import { FalError } from "./errors.ts";
import type { EndpointId } from "./types/request.ts";

/** The namespaces that may precede the owner in an id (protocol §2.1). */
const NAMESPACES = ["workflows", "comfy"] as const;

/** An id of the old kind, without a slash: a number and a name. */
const LEGACY = /^([0-9]+)-([a-zA-Z0-9-]+)$/;

/**
 * Splits an endpoint id into its parts.
 * @throws FalError with code `invalid_argument` if this is no endpoint id
 *
 * @example
 * ```ts
 * parseEndpointId("acme/app/fast"); // { owner: "acme", alias: "app", path: "fast" }
 * ```
 */
export function parseEndpointId(id: string): EndpointId {
  const parts = (id.includes("/") ? id : id.replace(LEGACY, "$1/$2")).split("/");
  const namespace = NAMESPACES.find((name) => name === parts[0]);
  const [owner, alias, ...rest] = namespace ? parts.slice(1) : parts;
  if (!owner || !alias) {
    const problem = `endpointId: must be in the format <owner>/<alias>, got ${JSON.stringify(id)}`;
    throw new FalError({ message: problem, code: "invalid_argument" });
  }
  // Without a path this is `undefined`, as in the official client, although its type says `string`.
  const path = (rest.join("/") || undefined)!;
  return { owner, alias, path, ...(namespace && { namespace }) };
}
