import { listPublicProjects, listPublicSpans } from "@nightowl/model/api/public";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GENAI_SPAN, jsonRequest, jsonSpan, TestServer } from "./testing/test-server.ts";

const server = new TestServer();
beforeAll(async () => {
  await server.start();
  await server.send("default", jsonRequest(jsonSpan()));
  await server.send("genai", jsonRequest(GENAI_SPAN));
  await server.send("third", jsonRequest(jsonSpan()));
});
afterAll(() => server.remove());

describe("the public routes", () => {
  it("list projects in Phoenix's shape, page by page", async () => {
    const all = (await server.get("/v1/projects")).body as {
      data: { id: string; name: string }[];
      next_cursor: null;
    };
    expect(listPublicProjects.response.parse(all)).toEqual(all);
    expect(Object.keys(all.data[0]!)).toEqual(["id", "name", "description"]);
    const names: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const { body } = await server.get(
        `/v1/projects?limit=2${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      names.push(...(body["data"] as { name: string }[]).map((p) => p.name));
      cursor = body["next_cursor"] as string | null;
    }
    expect(names).toEqual(all.data.map((p) => p.name));
  });

  it("list spans in Phoenix's shape, with OpenInference's names beside what was sent", async () => {
    const { status, body, headers } = await server.get("/v1/projects/genai/spans");
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
    const roots = [jsonSpan({ name: "one" }), jsonSpan({ name: "two", status: { code: 1 } })];
    const child = jsonSpan({
      name: "three",
      parentSpanId: roots[0]!["spanId"],
      traceId: "00000000000000000000000000000c01",
    });
    await server.send("many", jsonRequest(...roots, child));
    const names = async (query: string): Promise<string[]> => {
      const { body } = await server.get(`/v1/projects/many/spans?${query}`);
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
    const first = await server.get("/v1/projects/many/spans?limit=2");
    const second = await server.get(
      `/v1/projects/many/spans?limit=2&cursor=${String(first.body["next_cursor"])}`,
    );
    expect(second.body["data"]).toHaveLength(1);
    expect(second.body["next_cursor"]).toBeNull();
    const projects = (await server.get("/v1/projects")).body["data"] as { id: string; name: string }[];
    const { id } = projects.find((p) => p.name === "many")!;
    expect((await server.get(`/v1/projects/${id}/spans`)).body["data"]).toHaveLength(3);
  });

  it("a span sent twice is there once", async () => {
    const same = jsonSpan({ name: "again" });
    await server.send("twice", jsonRequest(same));
    await server.send("twice", jsonRequest(same));
    expect((await server.get("/v1/projects/twice/spans")).body["data"]).toHaveLength(1);
    expect((await server.get("/api/projects/twice/traces")).body["data"]).toMatchObject([{ spanCount: 1 }]);
  });
});
