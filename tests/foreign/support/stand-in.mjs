// This package in place of the official client. It does not check inputs, which is a documented difference: the tests send
// inputs that the service must refuse.

import { createFalClient as create } from "../../../dist/index.js";

export * from "../../../dist/index.js";

/** Makes a client that sends inputs unchecked. */
export const createFalClient = (config) => create({ validate: false, ...config });
