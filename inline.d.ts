// For compilers that do not read "exports".
export * from "./dist/inline.js";
