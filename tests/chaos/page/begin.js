// Begins the work of the page after each load. The test has put the options into `window.chaos` before.
import { withWorker } from "./page.js";
import { live, notes } from "./reloads.js";

await withWorker(window.chaos.seed);
if (window.chaos.library) window.library = await import(window.chaos.library);
window.notes = notes;
window.run = live(window.chaos);
