// Uploads in parts that are not complete, kept beside the pending requests, to be gone on with.

import type { Store } from "../core/upload/record.ts";
import { storeOf } from "./store.ts";

/** By then nobody comes back for an upload, and its place is gone, in milliseconds. */
const KEPT_MS = 7 * 24 * 3_600_000;

/** Where `persist` keeps the records of uploads. */
export function uploadsOf(persist: unknown): Store {
  const store = storeOf(persist);
  const kept = async (): Promise<any[]> => [...(await store.list())].filter((it: any) => it?.upload);
  return {
    async get(key) {
      const all = await kept();
      for (const { requestId, upload } of all) if (Date.now() - upload.at > KEPT_MS) await store.delete(requestId);
      return all.find(({ requestId }) => requestId === key)?.upload;
    },
    // Without an endpoint id it is no pending request, and not listed as one.
    set: async (requestId, upload) => store.put({ requestId, upload } as any),
    delete: async (key) => store.delete(key),
  };
}
