// `fal.global.js`: a classic script that sets `fal` to the exports of this package.

import * as fal from "./index.ts";

Object.assign(globalThis, { fal });
