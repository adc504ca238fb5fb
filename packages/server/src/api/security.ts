import { isIPv4 } from "node:net";
import type { FastifyInstance } from "fastify";
import { HttpError } from "./errors.ts";

/**
 * Text of traces is data. Nothing in it can run as script, and nothing in it makes the browser
 * fetch from elsewhere: an image of another host is shown as a link, for loading it would tell
 * that host who reads which trace.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'none'",
].join("; ");

export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook("onRequest", async (_request, reply) => {
    reply
      .header("content-security-policy", CONTENT_SECURITY_POLICY)
      .header("x-content-type-options", "nosniff")
      .header("referrer-policy", "no-referrer");
  });
}

/** A name or address, without port, that stays on this machine. A name such as `127.0.0.1.example.com` is anybody's. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

/**
 * A server that listens on loopback only answers readers who know it by a loopback name: a page
 * whose own host name was turned to 127.0.0.1 (DNS rebinding) must not read the traces.
 */
export function checkHostHeader(app: FastifyInstance): void {
  app.addHook("onRequest", async (request) => {
    const host = (request.headers.host ?? "")
      .toLowerCase()
      .replace(/:\d+$/, "")
      .replace(/^\[(.*)\]$/, "$1");
    if (!isReading(request.url) || isLoopback(host)) return;
    throw new HttpError(
      "forbidden",
      `The Host header "${host.slice(0, 100)}" is not a name of this machine.`,
      "Use http://localhost, or start the server with --host to open it to the network.",
    );
  });
}

/** Everything but what exporters send to and what orchestrators probe. */
function isReading(url: string): boolean {
  return !/^\/(v1\/(traces|logs|metrics)|healthz|readyz)(\?|$)/.test(url);
}
