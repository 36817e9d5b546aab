// A client of this package can be given to code that is typed for the official client. This does not work in programs that add
// endpoints of their own: TypeScript relates two types that depend on an id only if both accept the same set of ids.

import { createFalClient, fal } from "fal-wasm";
import type { FalClient, FalStream, Result } from "@fal-ai/client";

export const shared: FalClient = fal;
export const own: FalClient = createFalClient();
export const configurable: FalClient & { config(config: { credentials?: string }): void } = fal;

const generate = async (client: FalClient): Promise<Result<{ images: unknown[] }>> =>
  client.subscribe("fal-ai/flux/dev", { input: { prompt: "a cat" } });
await generate(fal);
export const stream: FalStream<Record<string, any>, any> = await fal.stream("acme/app", { input: { prompt: "" } });

// @ts-expect-error a part of a client is no client
export const part: FalClient = { ...fal, queue: {} };
