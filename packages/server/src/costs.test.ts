import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepriceStatus } from "@nightowl/model/api/costs";
import * as contract from "@nightowl/model/api/costs";
import { runQuery } from "@nightowl/model/api/query";
import { FREE_PORTS, jsonRequest, jsonSpan, textAttribute, TestServer } from "./testing/test-server.ts";

const server = new TestServer();
const CONFIG_PRICES = JSON.stringify([{ model: "configured", usdPerMillionTokens: { input: 1, output: 1 } }]);
beforeAll(() => server.start([...FREE_PORTS, `--prices=${CONFIG_PRICES}`]));
afterAll(() => server.remove());

const count = (key: string, value: number): object => ({ key, value: { intValue: String(value) } });

function call(traceId: string, model: string, more: object[] = []): Record<string, unknown> {
  return jsonSpan({
    traceId,
    name: `chat ${model}`,
    attributes: [
      textAttribute("gen_ai.operation.name", "chat"),
      textAttribute("gen_ai.provider.name", "openai"),
      textAttribute("gen_ai.response.model", model),
      count("gen_ai.usage.input_tokens", 1000),
      count("gen_ai.usage.output_tokens", 100),
      ...more,
    ],
  });
}

async function ask(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  const response = await fetch(server.url + path, {
    method,
    ...(body ? { headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, body: await response.json() };
}

async function costOf(project: string): Promise<{ cost: number | null; unpriced: number | null }> {
  const answer = await ask("POST", `/api/projects/${project}/query`, { measures: ["cost", "unpriced"] });
  const { total } = runQuery.response.parse(answer.body);
  return { cost: total?.values["cost"]?.value ?? null, unpriced: total?.values["unpriced"]?.value ?? null };
}

async function reprice(body: object = {}): Promise<RepriceStatus> {
  expect((await ask("POST", "/api/reprice", body)).status).toBe(200);
  for (;;) {
    const status = contract.getReprice.response.parse((await ask("GET", "/api/reprice")).body);
    if (status.state !== "running") return status;
    await pause(20);
  }
}

const ids = ["a1", "a2", "a3", "a4"].map((end) => end.padStart(32, "0"));

describe("costs over HTTP", () => {
  it("are those of the published list, of the configuration, or reported; else unpriced", async () => {
    await server.send(
      "pay",
      jsonRequest(
        call(ids[0]!, "gpt-4o"),
        call(ids[1]!, "configured"),
        call(ids[2]!, "house-model"),
        call(ids[3]!, "gpt-4o", [{ key: "gen_ai.usage.cost", value: { doubleValue: 0.25 } }]),
      ),
    );
    const { body } = await ask("POST", "/api/projects/pay/query", {
      measures: ["cost", "unpriced"],
      by: ["cost_source", "price", "unpriced_reason"],
    });
    const { rows } = runQuery.response.parse(body);
    expect(
      rows.map(({ key, values }) => [
        key["cost_source"],
        key["price"],
        key["unpriced_reason"],
        values["cost"]?.value,
      ]),
    ).toEqual([
      ["reported", "openai/gpt-4o", "", 0.25],
      ["computed", "openai/gpt-4o", "", 0.0035],
      ["computed", "configured", "", 0.0011],
      ["unpriced", "", "no_price", null],
    ]);
    const trace = await server.get(`/api/projects/pay/traces/${ids[0]}`);
    expect(trace.body).toMatchObject({
      trace: { costUsd: 0.0035, unpricedCount: 0 },
      spans: [{ costUsd: 0.0035, costSource: "computed" }],
    });
    const [span] = trace.body["spans"] as { spanId: string }[];
    const detail = await server.get(`/api/projects/pay/traces/${ids[0]}/spans/${span?.spanId}`);
    expect(detail.body["cost"]).toEqual({
      source: "computed",
      costUsd: 0.0035,
      priceName: "openai/gpt-4o",
      priceSource: "genai-prices",
      priceDate: "",
    });
    const cost = contract.getSpanCost.response.parse(
      (await server.get(`/api/projects/pay/traces/${ids[0]}/spans/${span?.spanId}/cost`)).body,
    );
    expect(cost).toMatchObject({
      source: "computed",
      buckets: { input: 0.0025, output: 0.001 },
      price: { usdPerMillionTokens: { input: 2.5 } },
    });
    contract.getTraceCost.response.parse((await server.get(`/api/projects/pay/traces/${ids[0]}/cost`)).body);
  });

  it("change for the past when they are repriced, and not before", async () => {
    const before = await costOf("pay");
    const rule = {
      model: "house-.*|gpt-4o",
      provider: "openai",
      usdPerMillionTokens: { input: 2, output: 20 },
    };
    const { id } = contract.setPrice.response.parse((await ask("POST", "/api/prices", { rule })).body);
    expect(await costOf("pay")).toEqual(before);
    const status = await reprice({ project: "pay" });
    expect(status).toMatchObject({
      state: "done",
      tracesTotal: 4,
      tracesDone: 4,
      tracesChanged: 2,
      problem: null,
    });
    expect(status.before.unpricedCount).toBe(1);
    expect(status.after.unpricedCount).toBe(0);
    expect(status.after.costUsd - status.before.costUsd).toBeCloseTo(0.004 + 0.004 - 0.0035, 10);
    expect(status.models.map(({ model }) => model)).toEqual(["house-model", "gpt-4o"]);
    expect((await costOf("pay")).unpriced).toBe(0);

    const listed = contract.listPrices.response.parse((await ask("GET", "/api/prices")).body);
    expect(listed.data[0]).toMatchObject({ id, source: "user", rule: { model: "house-.*|gpt-4o" } });
    expect(listed.data[1]).toMatchObject({ source: "config", rule: { model: "configured" } });
    const match = await ask("GET", "/api/prices/match?model=gpt-4o&provider=openai");
    expect(match.body).toMatchObject({ price: { source: "user" } });
    expect((await ask("DELETE", `/api/prices/${id}`)).status).toBe(200);
    expect((await ask("DELETE", `/api/prices/${id}`)).status).toBe(404);
    await reprice();
    const after = await costOf("pay");
    expect(after.unpriced).toBe(before.unpriced);
    expect(after.cost).toBeCloseTo(before.cost ?? -1, 12);
  });

  it("refuse prices that are none, and say why", async () => {
    const bad = await ask("POST", "/api/prices", { rule: { model: "(" } });
    expect(bad.status).toBe(400);
    expect(JSON.stringify(bad.body)).toContain("not a regular expression");
    expect((await ask("POST", "/api/prices", { id: "nobody", rule: { model: "a" } })).status).toBe(404);
  });
});

describe("a budget", () => {
  it("knows what was spent in its period, under its filter", async () => {
    const path = "/api/projects/pay/budgets";
    const budget = { name: "All", limitUsd: 10 };
    const { id } = contract.setBudget.response.parse((await ask("POST", path, { budget })).body);
    expect(
      (await ask("POST", path, { id, budget: { ...budget, filter: "model:gpt-4o", period: "day" } })).status,
    ).toBe(200);
    const { data } = contract.listBudgets.response.parse((await ask("GET", path)).body);
    expect(data).toMatchObject([
      { id, budget: { name: "All", limitUsd: 10, period: "day" }, spentUsd: 0, problem: null },
    ]);
    expect((await ask("POST", path, { budget: { ...budget, filter: "latency:>fast" } })).status).toBe(400);
    expect((await ask("DELETE", `${path}/${id}`)).status).toBe(200);
    expect((await ask("GET", path)).body).toEqual({ data: [] });
    expect((await ask("DELETE", `${path}/${id}`)).status).toBe(404);
  });
});
