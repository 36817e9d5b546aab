// Preloaded into the server of an example: its requests to fal.ai go to the emulator at EMULATOR_URL.

import { fetchFrom } from "../../foreign/support/redirect.mjs";

const { EMULATOR_URL } = process.env;
if (EMULATOR_URL) globalThis.fetch = fetchFrom(EMULATOR_URL);
