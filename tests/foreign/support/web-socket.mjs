// The WebSocket of the package `ws`, led to the emulator.
import { WebSocket } from "ws";
import { isFal } from "./redirect.mjs";

/**
 * A `WebSocket` class whose connections to fal.ai's hosts go to the emulator's own doors.
 * @param {string} emulatorUrl
 * @returns {any} of the package's own type
 */
export function webSocketTo(emulatorUrl) {
  return class extends WebSocket {
    constructor(address, protocols) {
      const { hostname, pathname, search } = new URL(address);
      const door = `${emulatorUrl.replace(/^http/, "ws")}/${hostname}${pathname}${search}`;
      super(isFal(hostname) ? door : address, protocols);
      // As in a browser with its default, but without a Blob: `ws` has none there.
      this.binaryType = "arraybuffer";
    }
  };
}
