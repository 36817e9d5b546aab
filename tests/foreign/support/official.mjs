// Sets up the official JavaScript client and an emulator for a test file.

import { after, before, beforeEach } from "node:test";
import { createFalClient } from "@fal-ai/client";
import { startEmulator } from "../../support/emulator.mjs";
import { KEY } from "./endpoints.mjs";
import { fetchFrom } from "./redirect.mjs";

/**
 * Starts both before the tests of the calling file, and stops them after. Removes the emulator's faults and requests before
 * each test.
 * @param {string[]} args the emulator's
 * @param {(started: { emulator: import("../../support/emulator.mjs").Emulator, fal: import("@fal-ai/client").FalClient }) => void} take is given both
 */
export function withOfficialClient(args, take) {
  /** @type {import("../../support/emulator.mjs").Emulator} */
  let emulator;
  before(async () => {
    emulator = await startEmulator({ args });
    take({ emulator, fal: createFalClient({ credentials: KEY, fetch: fetchFrom(emulator.url) }) });
  });
  after(() => emulator?.stop());
  beforeEach(async () => {
    await emulator.clearFaults();
    await emulator.clearRequests();
  });
}
