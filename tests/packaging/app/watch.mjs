// Reports uncaught errors, such as a module that could not be loaded.

import { report } from "./scenario.mjs";

const tell = (what) => report({ subscribe: `uncaught: ${what}`, upload: "not reached" });
addEventListener("unhandledrejection", (event) => void tell(event.reason));
addEventListener("error", (event) => void tell(event.message ?? `${/** @type {HTMLScriptElement} */ (event.target)?.src} did not load`), true);
