// What all pages of the chaos runs share: the package, and a list of unhandled errors and rejections.
// oxlint-disable-next-line import/no-absolute-path -- a path of the server, as any page imports the package
import * as library from "/fal-wasm/index.js";

window.unhandled = [];
addEventListener("unhandledrejection", ({ reason }) => window.unhandled.push(`rejection: ${reason?.stack ?? reason}`));
addEventListener("error", ({ error, message }) => window.unhandled.push(`error: ${error?.stack ?? message}`));

/** Registers the service worker. Resolves when it controls this page. */
export async function withWorker(seed) {
  const { serviceWorker } = navigator;
  const isInCharge = new Promise((resolve) => {
    if (serviceWorker.controller) resolve(undefined);
    serviceWorker.addEventListener("controllerchange", resolve, { once: true });
  });
  await serviceWorker.register(`/worker.js?seed=${seed}`, { type: "module" });
  await isInCharge;
}

window.withWorker = withWorker;
// Set `library` last: the tests wait for it, and may then use everything else.
window.library = library;
