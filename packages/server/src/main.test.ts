import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getMeta, listProjects } from "@nightowl/model/api/projects";
import { listPublicProjects, listPublicSpans } from "@nightowl/model/api/public";
import type { Route } from "@nightowl/model/api/route";
import { getSpan, type SpanDetail } from "@nightowl/model/api/spans";
import * as traceContract from "@nightowl/model/api/traces";
import { decodeTraceJson } from "@nightowl/otlp/decode/json";
import { encodeTraceProtobuf } from "@nightowl/otlp/encode/protobuf";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";
import { PortError } from "./listen.ts";
import { startServer, type RunningServer } from "./main.ts";

const dir = mkdtempSync(join(tmpdir(), "nightowl-main-"));
const log = pino({ level: "silent" });
const FREE_PORTS = ["--port=0", "--otlp-http-port=0", "--grpc-port=0"];
const FIXTURES = new URL("../../otlp/fixtures/", import.meta.url);

let server: RunningServer;
let url = "";
beforeAll(async () => {
  server = await startServer(readConfig({ argv: [...FREE_PORTS, `--data-dir=${dir}`] }), { log });
  url = server.addresses.http;
});
afterAll(async () => {
  await server.close();
  rmSync(dir, { recursive: true });
});

interface JsonAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

async function get(path: string, init?: RequestInit): Promise<JsonAnswer> {
  const response = await fetch(url + path, init);
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

async function send(
  request: object | string,
  headers: Record<string, string> = {},
  base = url,
): Promise<void> {
  const response = await fetch(`${base}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof request === "string" ? request : JSON.stringify(request),
  });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe("{}");
}

let nextId = 1;
const text = (key: string, value: string) => ({ key, value: { stringValue: value } });

function span(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    traceId: "5b8efff798038103d269b633813fc60c",
    spanId: (nextId++).toString(16).padStart(16, "0"),
    name: "answer",
    startTimeUnixNano: "1763690000000000000",
    endTimeUnixNano: "1763690001000000000",
    ...fields,
  };
}

function request(...spans: object[]): object {
  return {
    resourceSpans: [
      { resource: { attributes: [text("service.name", "checkout")] }, scopeSpans: [{ spans }] },
    ],
  };
}

const GENAI_SPAN = span({
  name: "chat gpt-4o-mini",
  traceId: "00000000000000000000000000000a01",
  spanId: "0000000000000a01",
  startTimeUnixNano: "1763690000123456789",
  attributes: [
    text("gen_ai.operation.name", "chat"),
    text("gen_ai.provider.name", "openai"),
    text("gen_ai.request.model", "gpt-4o-mini"),
    { key: "gen_ai.usage.input_tokens", value: { intValue: "17" } },
    { key: "gen_ai.usage.output_tokens", value: { intValue: "5" } },
    text(
      "gen_ai.input.messages",
      JSON.stringify([{ role: "user", parts: [{ type: "text", content: "hello?" }] }]),
    ),
    text(
      "gen_ai.output.messages",
      JSON.stringify([
        {
          role: "assistant",
          parts: [{ type: "tool_call", id: "c1", name: "look", arguments: { at: "sky" } }],
          finish_reason: "stop",
        },
      ]),
    ),
    { key: "nested", value: { kvlistValue: { values: [text("deep", "yes")] } } },
  ],
  events: [
    {
      name: "exception",
      timeUnixNano: "1763690000500000000",
      attributes: [text("exception.message", "boom")],
    },
  ],
  status: { code: 2, message: "boom" },
});

describe("a trace comes in and is answered", () => {
  it("over HTTP on both ports and over gRPC", async () => {
    await send(request(span({ name: "main" })), { "x-project-name": "ports" });
    await send(
      request(span({ name: "standard" })),
      { "x-project-name": "ports" },
      server.addresses.otlpHttp!,
    );
    const provider = new TracerProvider({
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: new OTLPTraceExporter({ url: `http://${server.addresses.grpc}` }),
        }),
      ],
    });
    provider.getTracer("t").startSpan("rpc").end();
    await provider.forceFlush();
    await provider.shutdown();
    const { body } = await get("/v1/projects/ports/spans");
    expect((body["data"] as { name: string }[]).map((s) => s.name).sort()).toEqual(["main", "standard"]);
    const rpc = await get("/v1/projects/default/spans?name=rpc");
    expect(rpc.body["data"]).toHaveLength(1);
  });

  it("is in the list, the totals, the trace and the span at once", async () => {
    await send(request(GENAI_SPAN), { "x-project-name": "genai" });
    const traces = traceContract.listTraces.response.parse((await get("/api/projects/genai/traces")).body);
    expect(traces.data).toMatchObject([
      { name: "chat gpt-4o-mini", kind: "LLM", inputTokens: 17, errorCount: 1 },
    ]);
    const stats = traceContract.traceStats.response.parse(
      (await get("/api/projects/genai/traces/stats")).body,
    );
    expect(stats).toMatchObject({ traceCount: 1, inputTokens: 17, outputTokens: 5 });
    const trace = traceContract.getTrace.response.parse(
      (await get("/api/projects/genai/traces/00000000000000000000000000000A01")).body,
    );
    expect(trace.spans).toMatchObject([{ spanId: "0000000000000a01", kind: "LLM", service: "checkout" }]);
    const detail = (
      await get("/api/projects/genai/traces/00000000000000000000000000000a01/spans/0000000000000a01")
    ).body as unknown as SpanDetail;
    expect(detail).toMatchObject({
      kind: "LLM",
      project: "genai",
      inputMessages: [{ role: "user", parts: [{ type: "text", text: "hello?" }] }],
      usage: { inputTokens: 17, outputTokens: 5 },
      truncated: [],
    });
    expect(detail.receivedAtNs).toMatch(/^\d{19}$/);
    expect((await get("/api/traces/00000000000000000000000000000a01")).body).toEqual({ projects: ["genai"] });
    expect(
      (await get("/api/projects/genai/traces/00000000000000000000000000000a01/search?text=HELLO")).body,
    ).toEqual({
      spanIds: ["0000000000000a01"],
    });
    expect((await get("/api/projects/genai/suggest?field=model")).body).toEqual({
      values: [{ value: "gpt-4o-mini", count: 1 }],
    });
    expect(
      (await get("/api/projects/genai/traces/00000000000000000000000000000a01/neighbours")).body,
    ).toEqual({
      newer: null,
      older: null,
    });
    const projects = listProjects.response.parse((await get("/api/projects")).body);
    expect(projects.data.find((p) => p.name === "genai")).toMatchObject({ traceCount: 1 });
  });

  it("a project's name may hold anything", async () => {
    const name = "a/b ü?#%";
    await send(request(span({ name: "odd" })), { "x-project-name": Buffer.from(name).toString("latin1") });
    const { body } = await get(`/api/projects/${encodeURIComponent(name)}/traces`);
    expect(body["data"]).toMatchObject([{ project: name }]);
    const long = "x".repeat(200);
    await send(request(span()), { "x-project-name": long });
    expect((await get(`/api/projects/${long}/traces`)).status).toBe(200);
  });

  it("every capture, as JSON and as protobuf, is kept whole", async () => {
    for (const folder of ["openinference", "otel-genai-js", "handmade"]) {
      const at = new URL(`${folder}/`, FIXTURES);
      for (const file of readdirSync(at, { recursive: true, encoding: "utf8" })) {
        if (!file.endsWith(".json") || file.includes("logs") || file.includes("expected")) continue;
        const json = readFileSync(new URL(file, at), "utf8");
        const { spans } = decodeTraceJson(json);
        if (spans.length === 0) continue;
        const response = await fetch(`${url}/v1/traces`, {
          method: "POST",
          headers: { "content-type": "application/x-protobuf", "x-project-name": `${folder}-protobuf` },
          body: Buffer.from(encodeTraceProtobuf(spans)),
        });
        expect([file, response.status]).toEqual([file, 200]);
        const answer = await fetch(`${url}/v1/traces`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-project-name": `${folder}-json` },
          body: json,
        });
        expect([file, answer.status]).toEqual([file, 200]);
        for (const project of [`${folder}-protobuf`, `${folder}-json`]) {
          const { traceId, spanId } = spans[0]!;
          const detail = await get(`/api/projects/${project}/traces/${traceId}/spans/${spanId}?full=true`);
          expect(detail.status, file).toBe(200);
          expect(detail.body["attributes"], file).toEqual(spans[0]!.attributes);
        }
      }
    }
  });
});

describe("a span with long values", () => {
  const traceId = "00000000000000000000000000000b01";
  const path = `/api/projects/long/traces/${traceId}/spans/0000000000000b01`;
  const long = "é".repeat(100_000);

  it("is cut, and named, unless all of it is asked for", async () => {
    await send(
      request(
        span({
          traceId,
          spanId: "0000000000000b01",
          attributes: [
            text("openinference.span.kind", "LLM"),
            text("input.value", long),
            text("llm.input_messages.0.message.role", "user"),
            text("llm.input_messages.0.message.content", long),
            text("short", "whole"),
          ],
        }),
      ),
      { "x-project-name": "long" },
    );
    const cut = (await get(path)).body as unknown as SpanDetail;
    expect(cut.truncated.toSorted()).toEqual([
      "input",
      "input.value",
      "inputMessages",
      "llm.input_messages.0.message.content",
    ]);
    expect(cut.attributes["input.value"]).toBe("é".repeat(65_536));
    expect(cut.input?.value).toHaveLength(65_536);
    expect(cut.inputMessages).toEqual([
      { role: "user", parts: [{ type: "text", text: "é".repeat(65_536) }] },
    ]);
    expect(cut.attributes["short"]).toBe("whole");
    const full = (await get(`${path}?full=true`)).body as unknown as SpanDetail;
    expect(full.truncated).toEqual([]);
    expect(full.attributes["input.value"]).toBe(long);
  });

  it("an attribute of 20 MB is kept whole", async () => {
    const huge = "x".repeat(20_000_000);
    await send(request(span({ traceId, spanId: "0000000000000b02", attributes: [text("huge", huge)] })), {
      "x-project-name": "long",
    });
    const full = await get(`/api/projects/long/traces/${traceId}/spans/0000000000000b02?full=true`);
    expect((full.body["attributes"] as Record<string, string>)["huge"]).toHaveLength(20_000_000);
  });
});

describe("the public routes", () => {
  it("list projects in Phoenix's shape, page by page", async () => {
    const all = (await get("/v1/projects")).body as {
      data: { id: string; name: string }[];
      next_cursor: null;
    };
    expect(listPublicProjects.response.parse(all)).toEqual(all);
    expect(Object.keys(all.data[0]!)).toEqual(["id", "name", "description"]);
    const names: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const { body } = await get(
        `/v1/projects?limit=2${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      names.push(...(body["data"] as { name: string }[]).map((p) => p.name));
      cursor = body["next_cursor"] as string | null;
    }
    expect(names).toEqual(all.data.map((p) => p.name));
  });

  it("list spans in Phoenix's shape, with OpenInference's names beside what was sent", async () => {
    const { status, body, headers } = await get("/v1/projects/genai/spans");
    expect(status).toBe(200);
    expect(listPublicSpans.response.parse(body)).toEqual(body);
    expect(headers.get("x-phoenix-server-version")).toBe("13.15.0");
    const [only] = body["data"] as Record<string, unknown>[];
    expect(Object.keys(only!)).toEqual([
      "id",
      "name",
      "context",
      "span_kind",
      "parent_id",
      "start_time",
      "end_time",
      "status_code",
      "status_message",
      "attributes",
      "events",
    ]);
    expect(only).toMatchObject({
      name: "chat gpt-4o-mini",
      context: { trace_id: "00000000000000000000000000000a01", span_id: "0000000000000a01" },
      span_kind: "LLM",
      parent_id: null,
      start_time: "2025-11-21T01:53:20.123456+00:00",
      end_time: "2025-11-21T01:53:21.000000+00:00",
      status_code: "ERROR",
      status_message: "boom",
      attributes: {
        "openinference.span.kind": "LLM",
        "llm.model_name": "gpt-4o-mini",
        "llm.provider": "openai",
        "llm.token_count.prompt": 17,
        "llm.token_count.completion": 5,
        "llm.token_count.total": 22,
        "llm.input_messages.0.message.role": "user",
        "llm.input_messages.0.message.content": "hello?",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c1",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "look",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": '{"at":"sky"}',
        "gen_ai.request.model": "gpt-4o-mini",
        "nested.deep": "yes",
      },
      events: [
        {
          name: "exception",
          timestamp: "2025-11-21T01:53:20.500000+00:00",
          attributes: { "exception.message": "boom" },
        },
      ],
    });
  });

  it("take every parameter, repeated where it may be, and the project's id for its name", async () => {
    const roots = [span({ name: "one" }), span({ name: "two", status: { code: 1 } })];
    const child = span({
      name: "three",
      parentSpanId: roots[0]!["spanId"],
      traceId: "00000000000000000000000000000c01",
    });
    await send(request(...roots, child), { "x-project-name": "many" });
    const names = async (query: string): Promise<string[]> => {
      const { body } = await get(`/v1/projects/many/spans?${query}`);
      return (body["data"] as { name: string }[]).map((s) => s.name).sort();
    };
    expect(await names("")).toEqual(["one", "three", "two"]);
    expect(await names("name=one&name=two")).toEqual(["one", "two"]);
    expect(await names("trace_id=00000000000000000000000000000C01")).toEqual(["three"]);
    expect(
      await names("trace_id=00000000000000000000000000000c01&trace_id=5b8efff798038103d269b633813fc60c"),
    ).toHaveLength(3);
    expect(await names("parent_id=null")).toEqual(["one", "two"]);
    expect(await names(`parent_id=${String(roots[0]!["spanId"])}`)).toEqual(["three"]);
    expect(await names("status_code=OK")).toEqual(["two"]);
    expect(await names("span_kind=LLM")).toEqual([]);
    expect(await names("span_kind=LLM&span_kind=UNKNOWN")).toHaveLength(3);
    expect(await names("start_time=2025-11-21T01:53:20Z&end_time=2025-11-21T01:53:21%2B00:00")).toHaveLength(
      3,
    );
    expect(await names("start_time=2025-11-21T01:53:20.000001Z")).toEqual([]);
    expect(await names("limit=2")).toHaveLength(2);
    const first = await get("/v1/projects/many/spans?limit=2");
    const second = await get(`/v1/projects/many/spans?limit=2&cursor=${String(first.body["next_cursor"])}`);
    expect(second.body["data"]).toHaveLength(1);
    expect(second.body["next_cursor"]).toBeNull();
    const projects = (await get("/v1/projects")).body["data"] as { id: string; name: string }[];
    const { id } = projects.find((p) => p.name === "many")!;
    expect((await get(`/v1/projects/${id}/spans`)).body["data"]).toHaveLength(3);
  });

  it("a span sent twice is there once", async () => {
    const same = span({ name: "again" });
    await send(request(same), { "x-project-name": "twice" });
    await send(request(same), { "x-project-name": "twice" });
    expect((await get("/v1/projects/twice/spans")).body["data"]).toHaveLength(1);
    expect((await get("/api/projects/twice/traces")).body["data"]).toMatchObject([{ spanCount: 1 }]);
  });
});

/** Every entry of the contract, with a path that fits. */
const ROUTES: Route[] = [
  listProjects,
  getMeta,
  getSpan,
  listPublicProjects,
  listPublicSpans,
  ...(Object.values(traceContract).filter(
    (entry) => typeof entry === "object" && "path" in entry,
  ) as Route[]),
];

describe("errors", () => {
  const expectShape = ({ status, headers, body }: JsonAnswer, expected: number, code: string): void => {
    expect(status).toBe(expected);
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
    const error = body["error"] as Record<string, unknown>;
    expect(Object.keys(body)).toEqual(["error"]);
    expect(error["code"]).toBe(code);
    expect(typeof error["message"]).toBe("string");
    expect(Object.keys(error).every((key) => ["code", "message", "hint"].includes(key))).toBe(true);
  };
  const fill = (path: string): string =>
    path.replace(":project", "nobody").replace(":traceId", "f".repeat(32)).replace(":spanId", "f".repeat(16));

  it.each(ROUTES.filter((r) => r.path.includes(":")).map((r) => [r.path, r] as const))(
    "%s of what is not there is 404",
    async (path) => {
      const query = path.endsWith("/search") ? "?text=x" : path.endsWith("/suggest") ? "?field=nonsense" : "";
      const answer = await get(fill(path) + query);
      if (path.endsWith("/suggest")) expectShape(answer, 400, "bad_request");
      else expectShape(answer, 404, "not_found");
    },
  );

  it.each([
    ["/api/projects/default/traces/xyz", "traceId: a trace id is 32 hex digits"],
    ["/api/projects/default/traces?limit=0", "limit: "],
    ["/api/projects/default/traces?limit=many", "limit: "],
    ["/api/projects/default/traces?from=yesterday", "from: "],
    ["/api/projects/default/traces?sort=colour", "sort: "],
    ["/api/projects/default/traces?cursor=nonsense", "cursor"],
    ["/api/projects/default/traces?filter=latency:%3Efast", "latency needs a time"],
    ["/v1/projects/default/spans?span_kind=COLOUR", "span_kind"],
    ["/v1/projects/default/spans?trace_id=1", "trace_id"],
    ["/v1/projects?cursor=nonsense", "cursor"],
  ])("%s says which parameter and why", async (path, message) => {
    const answer = await get(path);
    expectShape(answer, 400, "bad_request");
    expect((answer.body["error"] as { message: string }).message).toContain(message);
  });

  it.each(["/api/nothing", "/v1/nothing", "/api", "/assets/gone.js", "/gone.png"])(
    "%s is an unknown route in JSON",
    async (path) => {
      expectShape(await get(path), 404, "not_found");
    },
  );

  it("an address that cannot be read is 400 in the same shape", async () => {
    expectShape(await get("/api/projects/%ZZ/traces"), 400, "bad_request");
  });

  it("another method is unknown too", async () => {
    expectShape(await get("/api/projects", { method: "DELETE" }), 404, "not_found");
    expectShape(await get("/traces/x", { method: "POST" }), 404, "not_found");
  });

  it("the standard port says where the rest is", async () => {
    const response = await fetch(`${server.addresses.otlpHttp}/api/projects`);
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining("main port")]);
  });

  it("a name that is not this machine's is not answered, but may send", async () => {
    const http = await import("node:http");
    const ask = (path: string, host: string, method = "GET"): Promise<number> =>
      new Promise((resolve, reject) => {
        http
          .request(
            url + path,
            { method, headers: { host, "content-type": "application/json" } },
            (response) => {
              response.resume();
              resolve(response.statusCode ?? 0);
            },
          )
          .on("error", reject)
          .end(method === "POST" ? "{}" : undefined);
      });
    for (const path of ["/api/projects", "/v1/projects", "/openapi.json", "/"]) {
      expect([path, await ask(path, "evil.example:6006")]).toEqual([path, 403]);
      for (const host of ["localhost", "localhost:6006", "127.0.0.1:1", "[::1]:6006", "LOCALHOST"]) {
        expect([path, host, await ask(path, host)]).toEqual([path, host, 200]);
      }
    }
    expect(await ask("/v1/traces", "nightowl.example", "POST")).toBe(200);
    expect(await ask("/healthz", "nightowl.example")).toBe(200);
  });
});

describe("the page and its headers", () => {
  it.each(["/", "/projects/default/traces", "/projects/my.app", "/traces/abc"])(
    "%s is the page",
    async (path) => {
      const response = await fetch(url + path);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toContain("text/html");
      expect(response.headers.get("cache-control")).toMatch(/no-cache|no-store/);
      const policy = response.headers.get("content-security-policy")!;
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toMatch(/script-src[^;]*unsafe/);
      expect(policy).toContain("img-src 'self' data: blob:;");
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    },
  );

  it("no path leaves the page's folder", async () => {
    for (const path of ["/../package.json", "/..%2fpackage.json", "/%2e%2e/package.json"]) {
      const response = await fetch(url + path);
      expect(await response.text()).not.toContain('"name": "@nightowl');
    }
  });

  it("large answers are compressed for those who take it", async () => {
    const spans = Array.from({ length: 200 }, (_, i) =>
      span({ traceId: "00000000000000000000000000000d01", name: `step ${i}` }),
    );
    await send(request(...spans), { "x-project-name": "large" });
    const path = "/api/projects/large/traces/00000000000000000000000000000d01";
    const packed = await get(path, { headers: { "accept-encoding": "gzip" } });
    expect(packed.headers.get("content-encoding")).toBe("gzip");
    const plain = await get(path, { headers: { "accept-encoding": "br, gzip;q=0" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(packed.body).toEqual(plain.body);
    expect(packed.body["spans"]).toHaveLength(200);
  });
});

describe("the server about itself", () => {
  it("is up and ready", async () => {
    expect((await get("/healthz")).body).toEqual({ status: "ok" });
    expect((await get("/readyz")).body).toEqual({ status: "ok" });
    expect(await (await fetch(`${url}/arize_phoenix_version`)).text()).toBe("13.15.0");
  });

  it("says where it listens", async () => {
    const meta = getMeta.response.parse((await get("/api/meta")).body);
    expect(meta).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      dataDir: dir,
      retentionDays: null,
      receivers: { http: [url, server.addresses.otlpHttp], grpc: server.addresses.grpc },
    });
  });

  it("/openapi.json has every route, with its parameters and answers", async () => {
    const { body } = await get("/openapi.json");
    expect(body["openapi"]).toBe("3.1.0");
    const paths = body["paths"] as Record<
      string,
      Record<string, { summary?: string; responses: Record<string, unknown> }>
    >;
    for (const { path, method, summary } of ROUTES) {
      const operation = paths[path.replaceAll(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
      expect(operation?.summary, path).toBe(summary);
      expect(Object.keys(operation!.responses), path).toContain("200");
    }
    for (const path of ["/v1/traces", "/healthz", "/readyz", "/openapi.json"])
      expect(paths).toHaveProperty([path]);
    // No text in it is what a schema library writes for what it cannot say.
    expect(JSON.stringify(body)).not.toMatch(/"~standard"|\[object/);
    const traces = paths["/api/projects/{project}/traces"]!["get"] as unknown as {
      parameters: { name: string; in: string; required?: boolean; schema: { type?: string } }[];
    };
    expect(traces.parameters.map((p) => `${p.in} ${p.name}`).toSorted()).toEqual([
      "path project",
      "query cursor",
      "query filter",
      "query from",
      "query limit",
      "query order",
      "query sort",
      "query to",
    ]);
  });
});

describe("starting and stopping", () => {
  const start = (args: string[]) => startServer(readConfig({ argv: args }), { log });
  const withTakenPort = async <T>(run: (port: number) => Promise<T>): Promise<T> => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    try {
      return await run((other.address() as AddressInfo).port);
    } finally {
      other.close();
    }
  };

  it("a second server on the same folder is refused, and names it", async () => {
    await expect(start([...FREE_PORTS, `--data-dir=${dir}`])).rejects.toThrow(dir);
    expect((await get("/readyz")).status).toBe(200);
  });

  it("is refused when nothing is right with its settings", () => {
    expect(() => readConfig({ argv: ["--port", "x"] })).toThrow("--port must be a port");
  });

  // The engine opens one folder in a process at a time, so this server has to make room.
  it("taken ports, what is kept over a restart, and a clean end", async () => {
    await server.close();
    await server.close();
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();

    await withTakenPort(async (port) => {
      const failure = await start([
        `--port=${port}`,
        "--otlp-http-port=0",
        "--grpc-port=0",
        `--data-dir=${dir}`,
      ]).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(PortError);
      expect((failure as Error).message).toBe(
        `Port ${port} on 127.0.0.1 is in use. Choose another with --port (or NIGHTOWL_PORT), or stop the program that has it.`,
      );
    });

    await withTakenPort(async (port) => {
      server = await start([
        "--port=0",
        `--otlp-http-port=${port}`,
        `--grpc-port=${port}`,
        `--data-dir=${dir}`,
      ]);
      url = server.addresses.http;
      expect(server.addresses).toMatchObject({ otlpHttp: null, grpc: null });
      expect(server.warnings).toEqual([
        `Port ${port} on 127.0.0.1 is in use. The server goes on without OTLP/HTTP there; --otlp-http-port chooses another port.`,
        `Port ${port} on 127.0.0.1 is in use. The server goes on without OTLP/gRPC; --grpc-port chooses another port.`,
      ]);
    });
    expect((await get("/v1/projects/genai/spans")).body["data"]).toHaveLength(1);
    expect((await get("/api/meta")).body["receivers"]).toEqual({ http: [url], grpc: null });
    expect((await get("/readyz")).status).toBe(200);
  });
});
