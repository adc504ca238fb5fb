import * as contract from "@nightowl/model/api/sessions";
import type { SessionSummary, SessionTurn, UserSummary } from "@nightowl/model/api/sessions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonRequest, jsonSpan, TestServer, textAttribute } from "./testing/test-server.ts";

const server = new TestServer();
const long = "a long answer ".repeat(100);

/** A trace of a request, an agent below it and a model call; turn `n` begins `n` minutes after the first. */
function turn(
  n: number,
  { session = "s-1", user = "ada", tokens = 10, failed = false, answer = `answer ${n}` } = {},
) {
  const traceId = (0xbb00 + n).toString(16).padStart(32, "0");
  const startNs = 1_763_690_000_000_000_000n + BigInt(n) * 60_000_000_000n;
  const times = (fromMs: number, toMs: number) => ({
    startTimeUnixNano: String(startNs + BigInt(fromMs) * 1_000_000n),
    endTimeUnixNano: String(startNs + BigInt(toMs) * 1_000_000n),
  });
  const who = [textAttribute("session.id", session), textAttribute("user.id", user)];
  const root = jsonSpan({ traceId, name: "POST /ask", ...times(0, 1000) });
  const agent = jsonSpan({
    traceId,
    parentSpanId: root["spanId"],
    name: "agent.run",
    ...times(10, 990),
    attributes: [
      ...who,
      textAttribute("openinference.span.kind", "AGENT"),
      textAttribute("input.value", `question ${n}`),
      textAttribute("output.value", answer),
    ],
    status: failed ? { code: 2, message: "boom" } : {},
  });
  const call = jsonSpan({
    traceId,
    parentSpanId: agent["spanId"],
    name: "llm.chat",
    ...times(20, 900),
    attributes: [
      ...who,
      textAttribute("openinference.span.kind", "LLM"),
      textAttribute("llm.model_name", "m"),
      { key: "llm.token_count.prompt", value: { intValue: String(tokens) } },
      { key: "llm.token_count.completion", value: { intValue: "5" } },
    ],
  });
  return [root, agent, call];
}

beforeAll(async () => {
  await server.start();
  await server.send(
    "shop",
    jsonRequest(
      ...turn(0),
      ...turn(1, { failed: true }),
      ...turn(2, { answer: long }),
      ...turn(10, { session: "s-2", user: "bela", tokens: 500 }),
      ...turn(11, { session: "", user: "bela" }),
    ),
  );
  await server.get("/api/projects/shop/traces");
  const annotate = async (kind: string, body: object) =>
    server.get(`/v1/${kind}_annotations`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ data: [body] }),
    });
  const traceId = "bb00".padStart(32, "0");
  await annotate("trace", { trace_id: traceId, name: "solved", result: { score: 1 } });
  await annotate("trace", { trace_id: "bb02".padStart(32, "0"), name: "solved", result: { score: 0.5 } });
  await annotate("session", { session_id: "s-1", name: "happy", result: { label: "yes" } });
});
afterAll(() => server.remove());

const sessions = async (query = "") =>
  (await server.get(`/api/projects/shop/sessions${query}`)).body as {
    data: SessionSummary[];
    nextCursor: string;
  };

describe("sessions", () => {
  it("add up their traces, and what was said of them", async () => {
    const answer = await sessions();
    expect(contract.listSessions.response.parse(answer)).toEqual(answer);
    expect(answer.data.map(({ sessionId }) => sessionId)).toEqual(["s-2", "s-1"]);
    expect(answer.data[1]).toEqual({
      sessionId: "s-1",
      traceCount: 3,
      errorCount: 1,
      firstTimeNs: "1763690000000000000",
      lastTimeNs: "1763690121000000000",
      durationMs: 121_000,
      inputTokens: 30,
      outputTokens: 15,
      costUsd: null,
      unpricedCount: 3,
      evals: [
        { name: "solved", count: 2, meanScore: 0.75 },
        { name: "happy", count: 1, meanScore: null },
      ],
      userId: "ada",
      firstInputPreview: "question 0",
      lastOutputPreview: expect.stringMatching(/^a long answer .*…$/) as string,
    });
  });

  it.each([
    ["last", ["s-2", "s-1"]],
    ["first", ["s-2", "s-1"]],
    ["traces", ["s-1", "s-2"]],
    ["errors", ["s-1", "s-2"]],
    ["tokens", ["s-2", "s-1"]],
  ])("sorted by %s, page by page, in both orders", async (sort, ids) => {
    for (const [order, expected] of [
      ["desc", ids],
      ["asc", ids.toReversed()],
    ] as const) {
      const found: string[] = [];
      for (let cursor: string | null = ""; cursor !== null;) {
        const page: { data: SessionSummary[]; nextCursor: string | null } = await sessions(
          `?sort=${sort}&order=${order}&limit=1${cursor === "" ? "" : `&cursor=${cursor}`}`,
        );
        found.push(...page.data.map(({ sessionId }) => sessionId));
        cursor = page.nextCursor;
      }
      expect(found).toEqual(expected);
    }
  });

  it("are of the traces that meet the filter", async () => {
    const { data } = await sessions(`?filter=${encodeURIComponent("status:error")}`);
    expect(data).toMatchObject([{ sessionId: "s-1", traceCount: 1 }]);
  });

  it("are conversations: each turn with what was asked and answered, whole", async () => {
    const { status, body } = await server.get("/api/projects/shop/sessions/s-1");
    expect(status).toBe(200);
    const { session, turns } = body as unknown as { session: SessionSummary; turns: SessionTurn[] };
    expect(session.traceCount).toBe(3);
    expect(turns.map(({ input, output }) => [input?.text, output?.text])).toEqual([
      ["question 0", "answer 0"],
      ["question 1", "answer 1"],
      ["question 2", long],
    ]);
    expect(turns[0]!.trace.name).toBe("POST /ask");
    const first = (await server.get("/api/projects/shop/sessions/s-1?limit=2")).body;
    expect(first["turns"]).toHaveLength(2);
    const rest = (await server.get(`/api/projects/shop/sessions/s-1?cursor=${String(first["nextCursor"])}`))
      .body;
    expect((rest["turns"] as SessionTurn[]).map(({ input }) => input?.text)).toEqual(["question 2"]);
  });

  it("that nobody has heard of are 404, also where they differ in case", async () => {
    for (const id of ["nothing", "S-1"]) {
      expect((await server.get(`/api/projects/shop/sessions/${id}`)).status).toBe(404);
    }
  });
});

describe("users", () => {
  it("add up their traces and sessions", async () => {
    const { body } = await server.get("/api/projects/shop/users?sort=traces");
    expect(contract.listUsers.response.parse(body)).toEqual(body);
    const data = body["data"] as UserSummary[];
    expect(
      data.map(({ userId, traceCount, sessionCount }) => ({ userId, traceCount, sessionCount })),
    ).toEqual([
      { userId: "ada", traceCount: 3, sessionCount: 1 },
      { userId: "bela", traceCount: 2, sessionCount: 1 },
    ]);
    expect(data[0]!.durationP50Ms).toBeCloseTo(1000, 0);
    expect(data[0]!.evals).toEqual([{ name: "solved", count: 2, meanScore: 0.75 }]);
  });
});
