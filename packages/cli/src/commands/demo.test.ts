import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listProjects } from "@nightowl/model/api/projects";
import { getTrace, listTraces, traceStats } from "@nightowl/model/api/traces";
import { createClient, type Client } from "@nightowl/model/client/create-client";
import { readConfig } from "@nightowl/server/config";
import { startServer, type RunningServer } from "@nightowl/server/main";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPalette } from "../format/palette.ts";
import type { Terminal } from "../terminal.ts";
import { fillDemo, formatDemoReport, parseDemoOptions, type DemoReport } from "./demo.ts";

const folder = mkdtempSync(join(tmpdir(), "nightowl-demo-"));
const notes: string[] = [];
const terminal: Terminal = {
  print: () => {},
  printJson: () => {},
  note: (line) => void notes.push(line),
  palette: createPalette(false),
  notePalette: createPalette(false),
  width: undefined,
  drawsProgress: false,
};
const WEEK = parseDemoOptions({ days: "7", traces: "60", seed: "4" });

let server: RunningServer;
let client: Client;
const fill = (project: string, isForced = false): Promise<DemoReport> =>
  fillDemo({ ...WEEK, url: server.addresses.http, project, isForced }, client, terminal);

beforeAll(async () => {
  const argv = ["--port", "0", "--otlp-http-port", "off", "--grpc-port", "off", "--log-level", "silent"];
  server = await startServer(readConfig({ argv: [...argv, "--data-dir", join(folder, "data")] }));
  client = createClient({ baseUrl: server.addresses.http });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

describe("a demo in an empty server", () => {
  let report: DemoReport;
  beforeAll(async () => {
    report = await fill("demo");
  });

  it("counts what the server counts", async () => {
    const stats = await client.call(traceStats, { params: { project: "demo" } });
    const { traceCount, errorCount, spanCount, inputTokens, outputTokens, unpricedCount } = stats;
    expect({ traceCount, errorCount, spanCount, inputTokens, outputTokens, unpricedCount }).toEqual({
      traceCount: report.traceCount,
      errorCount: report.errorCount,
      spanCount: report.spanCount,
      inputTokens: report.inputTokens,
      outputTokens: report.outputTokens,
      unpricedCount: report.unpricedCount,
    });
    expect(stats.costUsd).toBeCloseTo(report.costUsd, 8);
    expect(report).toMatchObject({
      acceptedSpans: report.spanCount,
      rejectedSpans: 0,
      reasons: [],
      warnings: [],
    });
  });

  it("is in a project of its own, and nothing about its spans is odd", async () => {
    const { data: projects } = await client.call(listProjects, {});
    expect(projects.map(({ name }) => name)).toEqual(["demo"]);
    const { data } = await client.call(listTraces, { params: { project: "demo" }, query: { limit: 20 } });
    for (const { traceId } of data) {
      const { spans } = await client.call(getTrace, { params: { project: "demo", traceId } });
      expect(spans.filter(({ noteCount }) => (noteCount ?? 0) > 0)).toEqual([]);
    }
  });

  it("says how far it is, what was made and where to look", () => {
    expect(notes[0]).toMatch(/^sending \w{3} \d+ \w{3}$/);
    const lines = formatDemoReport(report, terminal);
    expect(lines[0]).toMatch(/^sent \d+ traces with [\d,]+ spans to project demo in /);
    expect(lines.at(-1)).toBe(`open ${server.addresses.http}/projects/demo/traces?range=7d`);
  });

  it("is not poured into a project that has traces, unless told to", async () => {
    await expect(fill("demo")).rejects.toMatchObject({
      message: expect.stringMatching(/project "demo" has \d+ traces already/) as string,
      hint: expect.stringContaining("--force") as string,
    });
    await expect(fill("another")).resolves.toMatchObject({ project: "another", rejectedSpans: 0 });
    // The same week once more is the same spans: nothing is counted twice.
    const again = await fill("demo", true);
    const { spanCount } = await client.call(traceStats, { params: { project: "demo" } });
    expect(again.spanCount).toBe(report.spanCount);
    expect(spanCount).toBe(report.spanCount);
  });
});

describe("arguments", () => {
  const read = (args: Partial<Parameters<typeof parseDemoOptions>[0]>): unknown =>
    parseDemoOptions({ days: "7", traces: "10", seed: "1", ...args }, 1_764_000_000_000);

  it("reads them", () => {
    expect(read({})).toMatchObject({ days: 7, requests: 10, seed: 1, nowMs: 1_764_000_000_000 });
    expect(read({ now: "2026-11-21T08:00:00Z" })).toMatchObject({
      nowMs: Date.parse("2026-11-21T08:00:00Z"),
    });
  });

  it.each([
    [{ days: "0" }, /--days "0" is not a whole number from 1 to 365/],
    [{ days: "1.5" }, /--days "1.5"/],
    [{ traces: "many" }, /--traces "many"/],
    [{ traces: "" }, /--traces ""/],
    [{ seed: "-1" }, /--seed "-1"/],
    [{ now: "soon" }, /--now "soon" is not a date/],
  ])("refuses %j", (args, message) => expect(() => read(args)).toThrow(message));
});
