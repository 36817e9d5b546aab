// Begins this life of the page; what it is to do was put into `window.chaos` before.
import { live, notes } from "./reloads.js";

Object.assign(window, { notes }, live(window.chaos));
