// Saves uploads in parts beside the pending requests, so that incomplete uploads can continue.

import type { CoreConfig } from "../core/settings.ts";
import type { Store, UploadRecord } from "../core/upload/record.ts";
import { routeOf } from "./route.ts";
import type { Item, SavedItems } from "./store.ts";

/** The record of an upload, as an item of a store. */
interface SavedUpload extends Item {
  upload: UploadRecord;
  route: string | undefined;
}

/** How long an upload stays saved, in milliseconds. By then its upload URL has expired. */
const KEPT_MS = 7 * 24 * 3_600_000;

/** The store for the records of a client's uploads. */
export function uploadsIn(saved: SavedItems, config: CoreConfig): Store {
  const route = routeOf(config).catch(() => undefined);
  return {
    async get(key) {
      const all = (await saved.list()).filter((item) => (item as SavedUpload).upload) as SavedUpload[];
      for (const { requestId, upload } of all) if (Date.now() - upload.at > KEPT_MS) await saved.drop(requestId);
      const of = await route;
      return all.find((item) => item.requestId === key && item.route === of)?.upload;
    },
    // An upload has no endpoint id, so it is not listed as a pending request.
    set: async (requestId, upload) => saved.save({ requestId, upload, route: await route } as SavedUpload),
    delete: async (key) => saved.drop(key),
  };
}
