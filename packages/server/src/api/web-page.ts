import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";
import { HttpError, sendError } from "./errors.ts";

const MISSING_PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Nightowl</title>
<style>body{font:16px/1.5 system-ui;max-width:40em;margin:15vh auto;padding:0 1em;color-scheme:light dark}</style>
<h1>The server is up, its page is not built</h1>
<p>Run <code>npm run build</code> in the repository and load this again.
Meanwhile traces are received, and the API answers: <a href="/api/projects">/api/projects</a>, <a href="/openapi.json">/openapi.json</a>.</p></html>`;

/**
 * The web page: its files, and `index.html` for every address that is the page's own. Unknown
 * addresses of the API, and files that are not there, are JSON 404s.
 */
export async function serveWebPage(app: FastifyInstance, webDir: string): Promise<void> {
  const isBuilt = existsSync(join(webDir, "index.html"));
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: webDir,
      index: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const isHashed = path.slice(webDir.length).replaceAll("\\", "/").startsWith("/assets/");
        reply.setHeader("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1)[0]!;
    const isFile = /^\/(assets\/.*|[^/]+\.\w+)$/.test(path);
    const isPage = ["GET", "HEAD"].includes(request.method) && !isFile && !/^\/(api|v1)(\/|$)/.test(path);
    if (!isPage) {
      return sendError(
        reply,
        new HttpError(
          "not_found",
          `There is no ${request.method} ${path.slice(0, 200)}.`,
          "docs/api.md and /openapi.json list every route.",
        ),
      );
    }
    return sendIndex(reply);
  });
  // The folder itself is no file, so this one address needs a route.
  app.get("/", { schema: { hide: true } }, (_request, reply) => sendIndex(reply));

  function sendIndex(reply: FastifyReply): FastifyReply {
    if (isBuilt) return reply.code(200).sendFile("index.html");
    return reply
      .code(200)
      .header("cache-control", "no-store")
      .type("text/html; charset=utf-8")
      .send(MISSING_PAGE);
  }
}
