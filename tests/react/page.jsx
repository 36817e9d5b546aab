// In the page: mounts and unmounts panels for the tests. The package is `window.library`.

import { version } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { Panels } from "./panel.jsx";

let root;
const host = () => document.body.appendChild(document.createElement("div"));

/** The jobs of the panels as they were last rendered, by name. */
window.jobs = {};
/** What React complains about. */
window.complaints = [];
window.reactVersion = version;

const { error } = console;
console.error = (...args) => {
  complaints.push(args.map(String).join(" "));
  error(...args);
};

/** Shows these panels in place of those before. */
window.show = (panels, { isStrict = false } = {}) => {
  root ??= createRoot(host());
  root.render(<Panels panels={panels} isStrict={isStrict} />);
};

/** Takes over what the server has rendered. */
window.hydrate = (html, panels, { isStrict = false } = {}) => {
  const place = host();
  place.innerHTML = html;
  root = hydrateRoot(place, <Panels panels={panels} isStrict={isStrict} />, { onRecoverableError: (reason) => complaints.push(String(reason)) });
};

const panel = (name) => document.getElementById(name);
window.buttonOf = (name) => panel(name).querySelector("button");
window.textOf = (name) => panel(name)?.querySelector("p").textContent.replaceAll(/\s+/g, " ").trim();
