// The module that sends large files in parts (see scripts/entries.mjs).

export { uploadParts } from "./core/upload/multipart.ts";
