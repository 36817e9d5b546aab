// The choice between proxy and key, the notice of what each costs, and the key itself.
import { $ } from "./dom.js";

/** @import { FieldError } from "./types.d.ts" */

const PAID = "Runs go to fal.ai and cost money.";

/** @typedef {{ mode?: string, name?: string, version?: string }} Server the emulator's description of itself */

/**
 * `onChange()` when the route changes, or more is known of it. The key lives in its password field and nowhere else.
 * @param {() => void} onChange
 */
export function createConnection(onChange) {
  const ways = $("form").elements.connection;
  const viaKey = () => ways.value === "key";
  /** @type {Server | undefined} */
  let server;

  function show() {
    $("own-key").hidden = !viaKey();
    const [title, text] = notice(viaKey(), server);
    $("notice-title").textContent = title;
    $("notice-text").textContent = text;
    $("notice-title").classList.toggle("costs", title === PAID);
  }

  for (const way of ways) {
    way.addEventListener("change", () => {
      show();
      onChange();
    });
  }
  // Clear the key when the page is left: the back/forward cache would keep it.
  addEventListener("pagehide", () => ($("key").value = ""));

  fetch("/api/emulator")
    .then((reply) => (reply.ok ? reply.json() : undefined))
    .then((reply) => {
      server = reply;
      show();
      onChange();
    })
    .catch(() => {}); // some other server: what it does with a run is not known
  show();

  return {
    /** Whether runs go directly to fal.ai. */
    get viaKey() {
      return viaKey();
    },
    /** Whether videos are made by the stand-in, which runs no model. */
    get isStandIn() {
      return !viaKey() && server?.mode === "emulator";
    },
    /** The key to use, or undefined with the proxy. */
    get key() {
      return viaKey() ? $("key").value.trim() : undefined;
    },
    /** Chooses the key and shows its field. */
    chooseKey() {
      ways.value = "key";
      show();
      onChange();
    },
    /**
     * An error if the key is missing.
     * @returns {FieldError[]}
     */
    check() {
      const missing = viaKey() && !$("key").value.trim();
      return missing ? [{ field: "key", text: "Enter a fal.ai key, or let requests go through the proxy." }] : [];
    },
  };
}

/**
 * The notice that says which service makes the video and who pays: its title and its text.
 * @param {boolean} viaKey
 * @param {Server | undefined} server
 * @returns {[string, string]}
 */
function notice(viaKey, server) {
  if (viaKey) return [PAID, "They are charged to the account of your key."];
  if (server?.mode === "forward") return [PAID, "They are charged to the account whose key this server holds."];
  if (server?.mode !== "emulator") return ["Requests go to this page’s server.", "It adds its key; the page holds none."];
  return [
    "No model is run.",
    `The video is made on this machine by a stand-in (${server.name} ${server.version}) that moves a camera over your picture, or over the words of your prompt.`,
  ];
}
