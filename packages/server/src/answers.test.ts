import { readdirSync, readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { listProjects } from "@nightowl/model/api/projects";
import type { SpanDetail } from "@nightowl/model/api/spans";
import * as traceContract from "@nightowl/model/api/traces";
import { decodeTraceJson } from "@nightowl/otlp/decode/json";
import { encodeTraceProtobuf } from "@nightowl/otlp/encode/protobuf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONTRACT } from "./testing/contract.ts";
import {
  GENAI_SPAN,
  jsonRequest,
  jsonSpan,
  textAttribute,
  TestServer,
  type JsonAnswer,
} from "./testing/test-server.ts";

const FIXTURES = new URL("../../otlp/fixtures/", import.meta.url);

const server = new TestServer();
beforeAll(() => server.start());
afterAll(() => server.remove());

describe("a trace comes in and is answered", () => {
  it("has failed where only its dialect says so; the span keeps the status that was sent", async () => {
    const said = jsonSpan({
      traceId: "00000000000000000000000000000b01",
      attributes: [
        textAttribute("langfuse.observation.type", "tool"),
        textAttribute("langfuse.observation.level", "ERROR"),
        textAttribute("langfuse.observation.status_message", "No such city."),
      ],
    });
    const caught = jsonSpan({
      traceId: "00000000000000000000000000000b02",
      events: [{ name: "exception", attributes: [textAttribute("exception.message", "Caught.")] }],
    });
    await server.send("levels", jsonRequest(said, caught));
    const path = "/api/projects/levels/traces";
    const { body } = await server.get(`${path}?filter=status:error`);
    expect(body["data"]).toMatchObject([{ traceId: said["traceId"], status: "ERROR", errorCount: 1 }]);
    expect((await server.get(`${path}/${said["traceId"] as string}`)).body["spans"]).toMatchObject([
      { statusCode: "ERROR", statusMessage: "No such city." },
    ]);
    const detail = await server.get(`${path}/${said["traceId"] as string}/spans/${said["spanId"] as string}`);
    expect(detail.body).toMatchObject({ statusCode: "UNSET", hasFailed: true });
    const { body: listed } = await server.get("/v1/projects/levels/spans?status_code=ERROR");
    expect(listed["data"]).toMatchObject([{ status_code: "ERROR" }]);
  });

  it("is in the list, the totals, the trace and the span at once", async () => {
    await server.send("genai", jsonRequest(GENAI_SPAN));
    const traces = traceContract.listTraces.response.parse(
      (await server.get("/api/projects/genai/traces")).body,
    );
    expect(traces.data).toMatchObject([
      { name: "chat gpt-4o-mini", kind: "LLM", inputTokens: 17, errorCount: 1 },
    ]);
    const stats = traceContract.traceStats.response.parse(
      (await server.get("/api/projects/genai/traces/stats")).body,
    );
    expect(stats).toMatchObject({ traceCount: 1, inputTokens: 17, outputTokens: 5 });
    const trace = traceContract.getTrace.response.parse(
      (await server.get("/api/projects/genai/traces/00000000000000000000000000000A01")).body,
    );
    expect(trace.spans).toMatchObject([{ spanId: "0000000000000a01", kind: "LLM", service: "checkout" }]);
    const detail = (
      await server.get("/api/projects/genai/traces/00000000000000000000000000000a01/spans/0000000000000a01")
    ).body as unknown as SpanDetail;
    expect(detail).toMatchObject({
      kind: "LLM",
      project: "genai",
      inputMessages: [{ role: "user", parts: [{ type: "text", text: "hello?" }] }],
      usage: { inputTokens: 17, outputTokens: 5 },
      truncated: [],
    });
    expect(detail.receivedAtNs).toMatch(/^\d{19}$/);
    expect((await server.get("/api/traces/00000000000000000000000000000a01")).body).toEqual({
      projects: ["genai"],
    });
    expect(
      (await server.get("/api/projects/genai/traces/00000000000000000000000000000a01/search?text=HELLO"))
        .body,
    ).toEqual({
      spanIds: ["0000000000000a01"],
    });
    expect((await server.get("/api/projects/genai/suggest?field=model")).body).toEqual({
      values: [{ value: "gpt-4o-mini", count: 1 }],
    });
    expect(
      (await server.get("/api/projects/genai/traces/00000000000000000000000000000a01/neighbours")).body,
    ).toEqual({
      newer: null,
      older: null,
    });
    const projects = listProjects.response.parse((await server.get("/api/projects")).body);
    expect(projects.data.find((p) => p.name === "genai")).toMatchObject({ traceCount: 1 });
  });

  it("a project's name may hold anything", async () => {
    const name = "a/b ü?#%";
    await server.send(name, jsonRequest(jsonSpan({ name: "odd" })));
    const { body } = await server.get(`/api/projects/${encodeURIComponent(name)}/traces`);
    expect(body["data"]).toMatchObject([{ project: name }]);
    const long = "x".repeat(200);
    await server.send(long, jsonRequest(jsonSpan()));
    expect((await server.get(`/api/projects/${long}/traces`)).status).toBe(200);
  });

  it("every capture, as JSON and as protobuf, is kept whole", async () => {
    for (const folder of ["openinference", "otel-genai-js", "handmade"]) {
      const at = new URL(`${folder}/`, FIXTURES);
      for (const file of readdirSync(at, { recursive: true, encoding: "utf8" })) {
        if (!file.endsWith(".json") || file.includes("logs") || file.includes("expected")) continue;
        const json = readFileSync(new URL(file, at), "utf8");
        const { spans } = decodeTraceJson(json);
        if (spans.length === 0) continue;
        const response = await fetch(`${server.url}/v1/traces`, {
          method: "POST",
          headers: { "content-type": "application/x-protobuf", "x-project-name": `${folder}-protobuf` },
          body: Buffer.from(encodeTraceProtobuf(spans)),
        });
        expect([file, response.status]).toEqual([file, 200]);
        const answer = await fetch(`${server.url}/v1/traces`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-project-name": `${folder}-json` },
          body: json,
        });
        expect([file, answer.status]).toEqual([file, 200]);
        for (const project of [`${folder}-protobuf`, `${folder}-json`]) {
          const { traceId, spanId } = spans[0]!;
          const detail = await server.get(
            `/api/projects/${project}/traces/${traceId}/spans/${spanId}?full=true`,
          );
          expect(detail.status, file).toBe(200);
          expect(detail.body["attributes"], file).toEqual(spans[0]!.attributes);
        }
      }
    }
  }, 300_000);
});

describe("a span with long values", () => {
  const traceId = "00000000000000000000000000000b01";
  const path = `/api/projects/long/traces/${traceId}/spans/0000000000000b01`;
  const long = "é".repeat(100_000);

  it("is cut, and named, unless all of it is asked for", async () => {
    await server.send(
      "long",
      jsonRequest(
        jsonSpan({
          traceId,
          spanId: "0000000000000b01",
          attributes: [
            textAttribute("openinference.span.kind", "LLM"),
            textAttribute("input.value", long),
            textAttribute("llm.input_messages.0.message.role", "user"),
            textAttribute("llm.input_messages.0.message.content", long),
            textAttribute("short", "whole"),
          ],
        }),
      ),
    );
    const cut = (await server.get(path)).body as unknown as SpanDetail;
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
    const full = (await server.get(`${path}?full=true`)).body as unknown as SpanDetail;
    expect(full.truncated).toEqual([]);
    expect(full.attributes["input.value"]).toBe(long);
  });

  it("an attribute of 20 MB is kept whole", async () => {
    const huge = "x".repeat(20_000_000);
    await server.send(
      "long",
      jsonRequest(
        jsonSpan({ traceId, spanId: "0000000000000b02", attributes: [textAttribute("huge", huge)] }),
      ),
    );
    const full = await server.get(`/api/projects/long/traces/${traceId}/spans/0000000000000b02?full=true`);
    expect((full.body["attributes"] as Record<string, string>)["huge"]).toHaveLength(20_000_000);
  });
});

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
    path
      .replace(":project", "nobody")
      .replace(":traceId", "dead".repeat(8))
      .replace(":spanId", "dead".repeat(4));

  const asked = CONTRACT.filter(({ method, path }) => method === "GET" && path.includes(":"));
  // Budgets may be set before the first trace comes.
  it.each(asked.map(({ path }) => path).filter((path) => !path.endsWith("/budgets")))(
    "%s of what is not there is 404",
    async (path) => {
      const query = path.endsWith("/search") ? "?text=x" : path.endsWith("/suggest") ? "?field=nonsense" : "";
      const answer = await server.get(fill(path) + query);
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
    const answer = await server.get(path);
    expectShape(answer, 400, "bad_request");
    expect((answer.body["error"] as { message: string }).message).toContain(message);
  });

  it.each(["/api/nothing", "/v1/nothing", "/api", "/assets/gone.js", "/gone.png"])(
    "%s is an unknown route in JSON",
    async (path) => {
      expectShape(await server.get(path), 404, "not_found");
    },
  );

  it("an address that cannot be read is 400 in the same shape", async () => {
    expectShape(await server.get("/api/projects/%ZZ/traces"), 400, "bad_request");
  });

  it("another method is unknown too", async () => {
    expectShape(await server.get("/api/projects", { method: "DELETE" }), 404, "not_found");
    expectShape(await server.get("/traces/x", { method: "POST" }), 404, "not_found");
  });

  it("the standard port says where the rest is", async () => {
    const response = await fetch(`${server.running.addresses.otlpHttp}/api/projects`);
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining("main port")]);
  });

  it("a name that is not this machine's is not answered, but may send", async () => {
    const ask = (path: string, host: string, method = "GET"): Promise<number> =>
      new Promise((resolve, reject) => {
        httpRequest(
          server.url + path,
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
