// Uploads in parts that are not complete, saved beside the pending requests, to be gone on with.

import type { Store } from "../core/upload/record.ts";
import { routeOf } from "./route.ts";
import type { SavedItems } from "./store.ts";

/** By then nobody comes back for an upload, and its upload URL has expired, in milliseconds. */
const KEPT_MS = 7 * 24 * 3_600_000;

/** Where a client keeps the records of its uploads. */
export function uploadsIn(saved: SavedItems, config: object): Store {
  const route = routeOf(config).catch(() => undefined);
  return {
    async get(key) {
      const all = (await saved.list()).filter((item: any) => item.upload) as any[];
      for (const { requestId, upload } of all) if (Date.now() - upload.at > KEPT_MS) await saved.drop(requestId);
      const of = await route;
      return all.find((item) => item.requestId === key && item.route === of)?.upload;
    },
    // Without an endpoint id it is no pending request, and not listed as one.
    set: async (requestId, upload) => saved.save({ requestId, upload, route: await route } as any),
    delete: async (key) => saved.drop(key),
  };
}
