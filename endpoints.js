// For tools that do not read "exports".
// oxlint-disable-next-line unicorn/require-module-specifiers -- it has types only
export {};
