// The realtime calls of the demo apps in the official repository, and the options that those do not use. Rewritten. They must
// compile with the official types, too.

import { createFalClient, type RealtimeClient, type TokenProvider } from "fal-wasm";

declare const bytes: Uint8Array<ArrayBuffer>;
declare const show: (value: unknown) => void;

const fal = createFalClient({ proxyUrl: "/api/fal/proxy" });

const { send } = fal.realtime.connect("fal-ai/fast-lcm-diffusion/image-to-image", {
  connectionKey: "realtime-demo",
  throttleInterval: 128,
  onResult(result) {
    if (result.images && result.images[0] && result.images[0].content) {
      const imageBytes: Uint8Array<ArrayBuffer> = result.images[0].content;
      show(new Blob([imageBytes], { type: "image/png" }));
    }
  },
});
send({ prompt: "a moon", image_bytes: bytes });

type Input = { prompt: string; image_bytes: Uint8Array; strength?: number };
type Output = { images: { content: Uint8Array<ArrayBuffer> }[] };
const camera = fal.realtime.connect<Input, Output>("fal-ai/fast-turbo-diffusion/image-to-image", {
  connectionKey: "camera",
  throttleInterval: 0,
  onResult: (result) => show([result.request_id, result.images[0]?.content]),
  onError: (error) => show([error.message, error.status, error.body, error.requestId]),
});
camera.send({ prompt: "", image_bytes: bytes, strength: 0.6, request_id: "r1" });
camera.close();

const tokenProvider: TokenProvider = async (app) => (await fetch(`/token?app=${app}`)).text();
const realtime: RealtimeClient = fal.realtime;
realtime.connect("acme/app", {
  clientOnly: true,
  maxBuffering: 2,
  path: "/socket",
  encodeMessage: (input) => JSON.stringify(input),
  decodeMessage: (data) => JSON.parse(data),
  tokenProvider,
  tokenExpirationSeconds: 60,
  onResult: () => {},
});
