// The module that notes requests (see scripts/entries.mjs).

export { over } from "./journal/open.ts";
