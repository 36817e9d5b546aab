// Saves uploads in parts beside the pending requests, so that incomplete uploads can continue.

import type { Store } from "../core/upload/record.ts";
import { routeOf } from "./route.ts";
import type { SavedItems } from "./store.ts";

/** How long an upload stays saved, in milliseconds. By then its upload URL has expired. */
const KEPT_MS = 7 * 24 * 3_600_000;

/** The store for the records of a client's uploads. */
export function uploadsIn(saved: SavedItems, config: object): Store {
  const route = routeOf(config).catch(() => undefined);
  return {
    async get(key) {
      const all = (await saved.list()).filter((item: any) => item.upload) as any[];
      for (const { requestId, upload } of all) if (Date.now() - upload.at > KEPT_MS) await saved.drop(requestId);
      const of = await route;
      return all.find((item) => item.requestId === key && item.route === of)?.upload;
    },
    // An upload has no endpoint id, so it is not listed as a pending request.
    set: async (requestId, upload) => saved.save({ requestId, upload, route: await route } as any),
    delete: async (key) => saved.drop(key),
  };
}
