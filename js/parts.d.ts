// The module that sends large files part by part (see scripts/entries.mjs).

export { uploadParts } from "./core/upload/multipart.ts";
