import path from "node:path";
import { fileURLToPath } from "node:url";
import { createHandler, route } from "@fal-ai/server-proxy/express";
import express from "express";

const app = express();

const proxy = createHandler({
  allowedEndpoints: ["fal-ai/kandinsky5-pro/**"],
  // Whoever passes this check spends your key. Before you deploy, check the session of your user here.
  isAuthenticated: async () => process.env.NODE_ENV !== "production",
  // By default, the proxy lets everybody through, whatever isAuthenticated says.
  allowUnauthorizedRequests: false,
});
// Files are uploaded past the proxy. Only `files: "inline"` sends them in the body, and needs a higher limit here.
// Express 4 does not catch the errors of async handlers: one lost connection to fal would end the server.
app.all(route, express.json({ limit: "100kb" }), (request, response, next) => proxy(request, response, next).catch(next));

// Other machines cannot reach this address.
const server = app.listen(process.env.PORT ?? 3000, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});

app.use("/fal-wasm", express.static(path.dirname(fileURLToPath(import.meta.resolve("fal-wasm")))));
app.use(express.static(path.join(import.meta.dirname, "public")));
