// This package in place of the official one. Its check of inputs is off, a documented difference: the tests send what
// the service has to refuse.

import { createFalClient as create } from "../../../dist/index.js";

export * from "../../../dist/index.js";

/** A client that sends inputs unchecked. */
export const createFalClient = (config) => create({ validate: false, ...config });
