// What every page of the chaos runs has: the package, and what nobody took.
import * as library from "/fal-wasm/index.js";

window.library = library;
window.unhandled = [];
addEventListener("unhandledrejection", ({ reason }) => window.unhandled.push(`rejection: ${reason?.stack ?? reason}`));
addEventListener("error", ({ error, message }) => window.unhandled.push(`error: ${error?.stack ?? message}`));
