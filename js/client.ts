import { resolveConfig } from "./config.ts";
import type { Core } from "./core.js";
import { toError } from "./errors.ts";
import { load } from "./loader.ts";
import { createRealtimeClient } from "./realtime.ts";
import type { Config, FalClient, StreamingClient } from "./types.ts";

/**
 * Makes a client of its own configuration.
 * @param userConfig overrides of the defaults
 */
export function createFalClient(userConfig: Config = {}): FalClient {
  const config = resolveConfig(userConfig);
  const operation =
    (name: keyof Core) =>
    async (subject: unknown, options: object = {}): Promise<any> => {
      const core = await load();
      try {
        // The copy runs the caller's getters here, where what they throw is caught.
        return await core[name](config, subject, { ...options });
      } catch (reason) {
        throw toError(reason);
      }
    };
  const stream: StreamingClient["stream"] = operation("stream");
  return {
    run: operation("run"),
    subscribe: operation("subscribe"),
    stream,
    streaming: { stream },
    realtime: createRealtimeClient(operation("token")),
    queue: {
      submit: operation("submit"),
      status: operation("status"),
      streamStatus: operation("streamStatus"),
      subscribeToStatus: operation("subscribeToStatus"),
      result: operation("result"),
      cancel: operation("cancel"),
    },
    storage: {
      upload: operation("upload"),
      transformInput: operation("transformInput"),
    },
  };
}
