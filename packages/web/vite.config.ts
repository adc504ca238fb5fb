import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The server that the development page talks to; `NIGHTOWL_PORT` moves it. */
const server = `http://127.0.0.1:${process.env["NIGHTOWL_PORT"] ?? "6006"}`;

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    // The content security policy allows no data: scripts or styles; fonts stay files, too.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
    modulePreload: { polyfill: false },
  },
  server: { host: "127.0.0.1", port: 5173, proxy: { "/api": server, "/v1": server, "/healthz": server } },
  css: { modules: { generateScopedName: "[name]_[local]_[hash:base64:4]" } },
});
