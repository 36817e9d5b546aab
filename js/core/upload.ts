import type { Progress } from "./progress.ts";
import { linked } from "./signal.ts";
import { type Wasm, badArgument } from "./wasm.ts";

/**
 * Parts on their way at one time. Browsers open six connections to one host over HTTP/1.1;
 * two are left to the page.
 */
const PARALLEL_PARTS = 4;

/** Stores one file, in parts where it is large, telling `progress` of it: its URL. */
export async function upload(wasm: Wasm, config: object, file: Blob, options: any, progress: Progress): Promise<string> {
  if (!(file instanceof Blob)) throw badArgument("file", "must be a Blob or a File");
  const put = progress.sender(file, config);
  const sending = put ? { ...config, put } : config;
  const { abortSignal } = options;
  const place = await wasm.initiate(config, file, options);
  const step = { uploadUrl: place.upload_url, abortSignal };
  const count = wasm.parts(file.size);
  if (count === 0) {
    await wasm.put(sending, file, step);
  } else {
    const parts = await putParts(wasm, sending, file, step, count);
    await wasm.complete(config, file, { ...step, parts });
  }
  progress.finish(file);
  return place.file_url;
}

/** Puts all parts, some at a time. When one fails, the others end. */
async function putParts(wasm: Wasm, config: object, file: Blob, step: any, count: number): Promise<object[]> {
  const parts: object[] = [];
  const { signal, end } = linked(step.abortSignal);
  let next = 1;
  const work = async (): Promise<void> => {
    for (let part = next++; part <= count; part = next++) {
      const etag = await wasm.put(config, file, { ...step, part, abortSignal: signal });
      if (!etag) throw { falCode: "bad_response", operation: "upload", problem: "the answer to a part names no etag" };
      parts[part - 1] = { partNumber: part, etag };
    }
  };
  try {
    await Promise.all(Array.from({ length: PARALLEL_PARTS }, work));
  } finally {
    next = count + 1;
    end();
  }
  return parts;
}
