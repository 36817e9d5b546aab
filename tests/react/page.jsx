// Runs in the page: mounts and unmounts panels for the tests. The package is `window.library`.

import { version } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { Panels } from "./panel.jsx";

let root;
const host = () => document.body.appendChild(document.createElement("div"));

/** The jobs of the panels at their last rendering, by the panels' names. */
window.jobs = {};
/** React's warnings and errors. */
window.complaints = [];
window.reactVersion = version;

const { error } = console;
console.error = (...args) => {
  complaints.push(args.map(String).join(" "));
  error(...args);
};

/** Replaces the shown panels with these. */
window.show = (panels, { isStrict = false } = {}) => {
  root ??= createRoot(host());
  root.render(<Panels panels={panels} isStrict={isStrict} />);
};

/** Hydrates the HTML that the server has rendered. */
window.hydrate = (html, panels, { isStrict = false } = {}) => {
  const place = host();
  place.innerHTML = html;
  root = hydrateRoot(place, <Panels panels={panels} isStrict={isStrict} />, { onRecoverableError: (reason) => complaints.push(String(reason)) });
};

const panel = (name) => document.getElementById(name);
window.buttonOf = (name) => panel(name).querySelector("button");
window.textOf = (name) => panel(name)?.querySelector("p").textContent.replaceAll(/\s+/g, " ").trim();
