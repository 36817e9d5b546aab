import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ImageToVideo } from "./ImageToVideo";

const root = document.getElementById("root");
if (!root) throw new Error("There is no element with the id root.");

createRoot(root).render(
  <StrictMode>
    <ImageToVideo />
  </StrictMode>,
);
