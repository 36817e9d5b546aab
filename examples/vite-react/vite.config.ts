import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // While you develop, fal-emulator is the proxy. In production, your own server answers this path.
  server: { proxy: { "/api/fal/proxy": "http://127.0.0.1:8787" } },
});
