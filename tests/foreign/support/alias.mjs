// With `node --import` of this file, `@fal-ai/client` is this package, as with an alias of a bundler.

import { register } from "node:module";

const standIn = new URL("./stand-in.mjs", import.meta.url).href;
const hook = `export const resolve = (specifier, context, next) =>
  specifier === "@fal-ai/client" ? { url: ${JSON.stringify(standIn)}, shortCircuit: true } : next(specifier, context);`;

register(`data:text/javascript,${encodeURIComponent(hook)}`);
