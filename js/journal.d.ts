// The module that persists requests (see scripts/entries.mjs).

export { makeJournal } from "./journal/open.ts";
