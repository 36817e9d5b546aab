// For compilers that do not read "exports".
export * from "./dist/webhook.js";
