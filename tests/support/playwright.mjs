// Loads playwright. `import` would first search its seven megabytes for names of exports, which takes longer than to run them.
import { createRequire } from "node:module";

/** @type {typeof import("playwright-core")} */
export const { chromium, firefox } = createRequire(import.meta.url)("playwright-core");
