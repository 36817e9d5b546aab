// The lines that a program adds to use the official client's types with this package: the documented one for its endpoints,
// and one that accepts this package's streams for the official client's.

import type { FalStream as OfficialFalStream } from "@fal-ai/client";
import type { EndpointTypeMap as OfficialEndpoints } from "@fal-ai/client/endpoints";

declare module "fal-wasm" {
  interface EndpointTypeMap extends OfficialEndpoints {}
  interface FalStream<Input, Output> extends OfficialFalStream<Input, Output> {}
}
