// The WebSocket of the package `ws`, redirected to the emulator.
import { WebSocket } from "ws";
import { isFal } from "./redirect.mjs";

/**
 * A `WebSocket` class whose connections to fal.ai's hosts go to the emulator's direct routes.
 * @param {string} emulatorUrl
 * @returns {any} the package's own type
 */
export function webSocketTo(emulatorUrl) {
  return class extends WebSocket {
    constructor(address, protocols) {
      const { hostname, pathname, search } = new URL(address);
      const door = `${emulatorUrl.replace(/^http/, "ws")}/${hostname}${pathname}${search}`;
      super(isFal(hostname) ? door : address, protocols);
      // A browser's default is a Blob, which `ws` does not have here. An ArrayBuffer is the nearest.
      this.binaryType = "arraybuffer";
    }
  };
}
