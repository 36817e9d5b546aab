// What a program writes to use the official client's types with this package: the documented
// line for its endpoints, and the one that lets streams pass for its streams.

import type { FalStream as OfficialFalStream } from "@fal-ai/client";
import type { EndpointTypeMap as OfficialEndpoints } from "@fal-ai/client/endpoints";

declare module "fal-wasm" {
  interface EndpointTypeMap extends OfficialEndpoints {}
  interface FalStream<Input, Output> extends OfficialFalStream<Input, Output> {}
}
