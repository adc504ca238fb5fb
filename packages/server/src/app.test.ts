import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import pino from "pino";
import { afterAll, describe, expect, it } from "vitest";
import { createApp, type AppDeps } from "./app.ts";
import { ByteBudget } from "./receive/byte-budget.ts";
import { QueryTimeoutError } from "./store/db/database.ts";

const dir = mkdtempSync(join(tmpdir(), "nightowl-app-"));
const apps: FastifyInstance[] = [];
afterAll(async () => {
  for (const app of apps) await app.close();
  rmSync(dir, { recursive: true });
});

const logged: string[] = [];
const log = pino({ level: "info" }, { write: (line: string) => void logged.push(line) });

/** An app whose store fails as it is told to. */
const IDLE = {
  state: "idle" as const,
  project: null,
  startedAtNs: null,
  finishedAtNs: null,
  readSpans: 0,
  changedSpans: 0,
  totalSpans: 0,
  error: null,
};

async function open(deps: Partial<AppDeps> & { failure?: Error } = {}): Promise<FastifyInstance> {
  const fail = (): Promise<never> => Promise.reject(deps.failure ?? new Error("not asked for"));
  const app = await createApp({
    db: {
      query: fail,
      queryArrays: fail,
      queryText: fail,
      command: fail,
      insert: fail,
      close: fail,
      stream: () => ({ [Symbol.asyncIterator]: () => ({ next: fail }) }),
    },
    freshen: async () => undefined,
    prices: { book: { findPrice: () => undefined }, entries: () => [], set: fail, remove: fail },
    reprice: {
      start: () => undefined,
      status: () => {
        throw new Error("not asked for");
      },
      stop: fail,
      close: fail,
    },
    keepBudget: fail,
    settlePrompts: async () => undefined,
    checkStore: async () => undefined,
    annotations: { write: fail, findMissing: fail, delete: fail },
    otlp: {
      exports: {
        traces: async () => ({ rejectedCount: 0, errorMessage: "" }),
        logs: async () => ({ rejectedCount: 0, errorMessage: "" }),
      },
      maxBodyBytes: 1024,
      maxDecompressedBytes: 2048,
      budget: new ByteBudget(4096),
      corsOrigins: [],
    },
    renormaliser: {
      status: () => IDLE,
      start: () => IDLE,
      stop: async () => IDLE,
    },
    meta: () => ({
      version: "1.2.3",
      dataDir: "/d",
      retentionDays: null,
      receivers: { http: [], grpc: null },
    }),
    host: "127.0.0.1",
    webDir: join(dir, "missing"),
    log,
    ...deps,
  });
  apps.push(app);
  return app;
}

describe("when the store fails", () => {
  it("/readyz is 503 with the reason, /healthz is not", async () => {
    const app = await open({ checkStore: () => Promise.reject(new Error("the disk is gone")) });
    const ready = await app.inject("/readyz");
    expect([ready.statusCode, ready.json()]).toEqual([
      503,
      { error: { code: "unavailable", message: "The store does not answer: the disk is gone" } },
    ]);
    expect((await app.inject("/healthz")).statusCode).toBe(200);
  });

  it("a question that took too long is 503 and says what to do", async () => {
    const app = await open({ failure: new QueryTimeoutError("Timeout exceeded: elapsed 30 seconds") });
    const answer = await app.inject("/api/projects");
    expect([answer.statusCode, answer.json().error.code]).toEqual([503, "unavailable"]);
    expect(answer.json().error.hint).toContain("shorter time range");
  });

  it("what nobody foresaw is 500, says nothing of the inside, and is logged without headers", async () => {
    const app = await open({ failure: new Error("secret inside") });
    logged.length = 0;
    const answer = await app.inject({ url: "/api/projects", headers: { authorization: "Bearer token-17" } });
    expect([answer.statusCode, answer.json().error.code]).toEqual([500, "internal"]);
    expect(answer.body).not.toContain("secret");
    expect(logged.join("")).toContain("secret inside");
    expect(logged.join("")).not.toContain("token-17");
  });
});

describe("the page's files", () => {
  it("a page that is not built says so, and the API goes on", async () => {
    const app = await open();
    const page = await app.inject("/projects/default/traces");
    expect([page.statusCode, page.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(page.body).toContain("npm run build");
    expect((await app.inject("/api/meta")).json().version).toBe("1.2.3");
  });

  it("hashed files are kept for ever, the page itself is asked for each time, and both are compressed", async () => {
    const webDir = join(dir, "web");
    mkdirSync(join(webDir, "assets"), { recursive: true });
    const script = `export const x = "${"y".repeat(10_000)}";\n`;
    writeFileSync(join(webDir, "index.html"), "<!doctype html><title>the page</title>");
    writeFileSync(join(webDir, "assets", "index-abc123.js"), script);
    const app = await open({ webDir });

    const asset = await app.inject({
      url: "/assets/index-abc123.js",
      headers: { "accept-encoding": "gzip" },
    });
    expect(asset.statusCode).toBe(200);
    expect(asset.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(asset.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(asset.rawPayload).toString()).toBe(script);
    for (const url of ["/", "/projects/a%2Fb/traces/0123?span=4"]) {
      const page = await app.inject(url);
      expect([page.statusCode, page.headers["cache-control"]]).toEqual([200, "no-cache"]);
      expect(page.body).toContain("the page");
    }
    expect((await app.inject("/assets/index-old.js")).json().error.code).toBe("not_found");
    const head = await app.inject({
      method: "HEAD",
      url: "/assets/index-abc123.js",
      headers: { "accept-encoding": "gzip" },
    });
    expect([head.statusCode, head.headers["content-length"], head.body]).toEqual([
      200,
      String(script.length),
      "",
    ]);
  });
});

describe("the Host header", () => {
  it("is looked at on loopback only", async () => {
    const headers = { host: "traces.example" };
    expect((await (await open()).inject({ url: "/api/meta", headers })).statusCode).toBe(403);
    expect((await (await open({ host: "0.0.0.0" })).inject({ url: "/api/meta", headers })).statusCode).toBe(
      200,
    );
  });

  it("lets the names and addresses of this machine in, and no name that only looks like one", async () => {
    const app = await open();
    const statusFor = async (host: string) =>
      (await app.inject({ url: "/api/meta", headers: { host } })).statusCode;
    for (const host of ["localhost", "LOCALHOST:6006", "127.0.0.1:6006", "127.8.9.1", "[::1]:6006"]) {
      expect([host, await statusFor(host)]).toEqual([host, 200]);
    }
    for (const host of [
      "127.0.0.1.evil.example",
      "127.evil.example:6006",
      "localhost.evil.example",
      "127.",
    ]) {
      expect([host, await statusFor(host)]).toEqual([host, 403]);
    }
  });

  it("nothing in an address opens what is closed", async () => {
    const app = await open();
    const headers = { host: "evil.example" };
    for (const url of [
      "/v1/traces/../projects",
      "/v1/projects?x=/v1/traces",
      "//v1/traces/x",
      "/v1/tracesx",
      "/healthz/../api/meta",
    ]) {
      expect([url, (await app.inject({ url, headers })).statusCode]).toEqual([url, 403]);
    }
  });
});
