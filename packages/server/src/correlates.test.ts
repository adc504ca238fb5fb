import * as contract from "@nightowl/model/api/correlates";
import type { Correlate } from "@nightowl/model/api/correlates";
import { afterAll, beforeAll, expect, it } from "vitest";
import { jsonRequest, jsonSpan, TestServer, textAttribute } from "./testing/test-server.ts";

const server = new TestServer();
const JUDGED_SPAN = "00000000000000c1";

/** Forty traces: those of region south fail, half of all use the new model, and those of version v1 are judged badly. */
beforeAll(async () => {
  await server.start();
  const spans: object[] = [];
  const annotations: object[] = [];
  for (let n = 0; n < 40; n++) {
    const traceId = (0xcc00 + n).toString(16).padStart(32, "0");
    const region = n % 4 === 0 ? "south" : "north";
    const version = n < 20 ? "v1" : "v2";
    spans.push(
      jsonSpan({
        traceId,
        ...(n === 30 ? { spanId: JUDGED_SPAN } : {}),
        attributes: [
          textAttribute("openinference.span.kind", "LLM"),
          textAttribute("llm.model_name", n % 2 === 0 ? "new" : "old"),
          textAttribute("region", region),
          textAttribute("zone", `${region}-1`),
          textAttribute("version", version),
          textAttribute("request.id", `request-${n}`),
        ],
        status: region === "south" ? { code: 2, message: "boom" } : {},
      }),
    );
    const score = version === "v1" ? 0.2 : 0.9;
    annotations.push({
      trace_id: traceId,
      name: "factuality",
      result: { score, label: score < 0.5 ? "wrong" : "right" },
    });
  }
  await server.send("shop", jsonRequest(...spans));
  // What a document is worth is another question, also under the same name.
  const documents = Array.from({ length: 40 }, (_, n) => ({
    span_id: JUDGED_SPAN,
    document_position: n,
    name: "factuality",
    result: { score: 0, label: "wrong" },
  }));
  await server.get("/v1/document_annotations", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ data: documents }),
  });
  await server.get("/v1/trace_annotations", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ data: annotations }),
  });
});
afterAll(() => server.remove());

const ask = async (query: string) => (await server.get(`/api/projects/shop/correlates?${query}`)).body;
const dataOf = (answer: Record<string, unknown>) => answer["data"] as Correlate[];

it("finds what failed traces have in common, with counts", async () => {
  const answer = await ask("outcome=error");
  expect(contract.findCorrelates.response.parse(answer)).toEqual(answer);
  expect(answer).toMatchObject({ badCount: 10, restCount: 30, lookedAtBad: 10, lookedAtRest: 30 });
  const [region, ...others] = dataOf(answer);
  expect(region).toMatchObject({ field: "@region", valueCount: 2 });
  expect(region?.values.map(({ value, z }) => [value, z > 0])).toEqual([
    ["south", true],
    ["north", false],
  ]);
  expect(region?.values[0]).toMatchObject({ badCount: 10, restCount: 0, badShare: 1, restShare: 0 });
  // What every trace has, and what only one has, says nothing.
  expect(others.some(({ field }) => field === "kind" || field === "@request.id")).toBe(false);
});

it("tells once what several fields say of the same traces", async () => {
  const [region, ...others] = dataOf(await ask("outcome=error"));
  expect(region?.values[0]?.same).toEqual([{ field: "@zone", value: "south-1" }]);
  expect(others.some(({ field }) => field === "@zone")).toBe(false);
});

it.each([
  ["below a score", "outcome=eval&name=factuality&below=0.5", 0.5],
  ["below the mean, when no score is given", "outcome=eval&name=factuality", 0.55],
  ["with a label", "outcome=eval&name=factuality&label=wrong", null],
])("finds what goes with bad evaluations: %s", async (_, query, threshold) => {
  const answer = await ask(query);
  expect(answer["badCount"]).toBe(20);
  if (threshold === null) expect(answer["threshold"]).toBeNull();
  else expect(answer["threshold"]).toBeCloseTo(threshold);
  const [version] = dataOf(answer);
  expect(version).toMatchObject({ field: "@version", valueCount: 2 });
  expect(version?.values[0]).toMatchObject({ value: "v1", badCount: 20, restCount: 0 });
});

it("says so when an evaluation is not named", async () => {
  expect((await server.get("/api/projects/shop/correlates?outcome=eval")).status).toBe(400);
});

it("has no answer where nothing is bad", async () => {
  expect(dataOf(await ask(`outcome=error&filter=${encodeURIComponent("status:ok")}`))).toEqual([]);
});
