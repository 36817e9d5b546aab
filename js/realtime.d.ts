// The module that opens sockets (see scripts/entries.mjs).

export { open } from "./realtime/open.ts";
