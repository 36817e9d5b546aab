// `fal-wasm/endpoints`, in place of `@fal-ai/client/endpoints`: the types of all endpoints if the official package is
// installed, otherwise of those that this package knows. If both have a name, the first one counts.

// oxlint-disable-next-line typescript/ban-ts-comment -- an error is there in some programs only
/** @ts-ignore The official package need not be installed. */
export type * from "@fal-ai/client/endpoints";
// oxlint-disable-next-line typescript/ban-ts-comment -- an error is there in some programs only
/** @ts-ignore Both have `EndpointTypeMap`. */
export type * from "./endpoints.ts";
