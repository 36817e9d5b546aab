/**
 * The port that a server listens at.
 * @param {import("node:net").Server} server
 */
export function portOf(server) {
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return port;
}
