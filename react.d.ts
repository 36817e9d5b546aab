// For compilers that do not read "exports".
export * from "./dist/react.js";
