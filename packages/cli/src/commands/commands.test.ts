import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getSpan } from "@nightowl/model/api/spans";
import { getTrace, listTraces } from "@nightowl/model/api/traces";
import { createClient, type Client } from "@nightowl/model/client/create-client";
import { readConfig } from "@nightowl/server/config";
import { startServer, type RunningServer } from "@nightowl/server/main";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createPalette } from "../format/palette.ts";
import type { Terminal } from "../terminal.ts";
import { formatReport, hasFailed, importTraces } from "./import.ts";
import { runRenormalise } from "./renormalise.ts";
import { parseTraceId, printTrace } from "./trace.ts";
import { parseSince, printTraces } from "./traces.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const OTHER = "1bf7651916cd43dd8448eb211c80319c";
const folder = mkdtempSync(join(tmpdir(), "nightowl-cli-"));
const nowMs = Date.now();

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const attribute = (key: string, stringValue: string): unknown => ({ key, value: { stringValue } });
const span = (
  traceId: string,
  digit: string,
  parent: string,
  name: string,
  attributes: unknown[] = [],
): unknown => ({
  traceId,
  spanId: digit.repeat(16),
  ...(parent ? { parentSpanId: parent.repeat(16) } : {}),
  name,
  startTimeUnixNano: `${nowMs - 5000 + Number.parseInt(digit, 16)}000000`,
  endTimeUnixNano: `${nowMs - 4000}000000`,
  attributes,
  ...(name === "broken" ? { status: { code: 2, message: "out of tokens" } } : {}),
});
const request = (...spans: unknown[]): string =>
  JSON.stringify({ resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ spans }] }] });

let server: RunningServer;
let client: Client;
let printed: string[] = [];
let notes: string[] = [];
const terminal: Terminal = {
  print: (lines) => void printed.push(...[lines].flat()),
  printJson: (value) => void printed.push(JSON.stringify(value)),
  note: (line) => void notes.push(line),
  palette: createPalette(false),
  notePalette: createPalette(false),
  width: undefined,
  drawsProgress: false,
};

beforeAll(async () => {
  const argv = ["--port", "0", "--otlp-http-port", "off", "--grpc-port", "off", "--log-level", "silent"];
  server = await startServer(readConfig({ argv: [...argv, "--data-dir", join(folder, "data")] }));
  client = createClient({ baseUrl: server.addresses.http });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  printed = [];
  notes = [];
});

describe("before anything was sent", () => {
  it("says so, or prints an empty list as JSON", async () => {
    await printTraces({ limit: 20, json: false }, client, terminal);
    expect(printed).toEqual([]);
    expect(notes[0]).toContain("no traces yet");
    await printTraces({ limit: 20, json: true }, client, terminal);
    expect(printed).toEqual(['{"data":[],"nextCursor":null}']);
  });
});

describe("import, then traces and trace", () => {
  it("imports JSON and NDJSON, and says which part of which file failed", async () => {
    const llm = [
      attribute("openinference.span.kind", "LLM"),
      attribute("llm.model_name", "gpt-4o"),
      attribute("llm.input_messages.0.message.role", "user"),
      attribute("llm.input_messages.0.message.content", "Who is there?"),
    ];
    const good = file("good.json", request(span(TRACE, "a", "", "ask"), span(TRACE, "b", "a", "chat", llm)));
    const mixed = file(
      "mixed.ndjson",
      [
        request(span(TRACE, "c", "a", "broken")),
        "{not json}",
        request(span("00", "d", "", "bad id")),
        request(span(OTHER, "e", "", "second")),
      ].join("\n"),
    );
    const files = [good, mixed, join(folder, "missing.json")];
    const report = await importTraces({ files, url: server.addresses.http }, terminal);

    expect(report.acceptedSpans).toBe(4);
    expect(report.rejectedSpans).toBe(1);
    expect(hasFailed(report)).toBe(true);
    const lines = formatReport(report, terminal).join("\n");
    expect(lines).toContain("imported 4 spans from 3 files, 1 rejected");
    expect(lines).toMatch(/mixed\.ndjson: ✗ line 2: not JSON/);
    expect(lines).toMatch(/mixed\.ndjson: ✗ .*bad id/);
    expect(lines).toMatch(/missing\.json: ✗ cannot be read: ENOENT/);
  });

  it("puts everything into the project that was named", async () => {
    const path = file("shop.json", request(span(OTHER, "f", "", "in the shop")));
    const report = await importTraces(
      { files: [path], url: server.addresses.http, project: "shop" },
      terminal,
    );
    expect(hasFailed(report)).toBe(false);
    await printTraces({ project: "shop", limit: 20, json: false }, client, terminal);
    expect(printed[1]).toContain("in the shop");
  });

  it("lists traces of the default project, with a note that there are others", async () => {
    await printTraces({ limit: 20, json: false }, client, terminal);
    expect(printed).toHaveLength(3);
    expect(printed.join("\n")).toContain("ask");
    expect(notes).toEqual(["project default; --project picks another (shop)"]);
  });

  it("filters, limits and looks back", async () => {
    await printTraces(
      { project: "default", filter: "status:error", limit: 20, json: false },
      client,
      terminal,
    );
    expect(printed).toHaveLength(2);
    expect(printed[1]).toContain("1 error");

    printed = [];
    await printTraces({ project: "default", limit: 1, json: false }, client, terminal);
    expect(printed).toHaveLength(2);
    expect(notes.at(-1)).toContain("there are more");

    printed = [];
    await printTraces({ project: "default", since: "1s", limit: 20, json: false }, client, terminal);
    expect(printed).toEqual([]);
    expect(notes.at(-1)).toContain("that match");
  });

  it("prints the contract's objects as JSON", async () => {
    const query = { limit: 20 };
    await printTraces({ project: "default", limit: 20, json: true }, client, terminal);
    await printTrace({ traceId: TRACE, json: true }, client, terminal);
    await printTrace({ traceId: TRACE, span: "bbbb", json: true }, client, terminal);
    expect(printed.map((line) => JSON.parse(line))).toEqual([
      await client.call(listTraces, { params: { project: "default" }, query }),
      await client.call(getTrace, { params: { project: "default", traceId: TRACE } }),
      await client.call(getSpan, {
        params: { project: "default", traceId: TRACE, spanId: "b".repeat(16) },
        query: { full: true },
      }),
    ]);
  });

  it("draws a trace, finding its project, and reads a span by the start of its id", async () => {
    await printTrace({ traceId: TRACE.toUpperCase(), json: false }, client, terminal);
    expect(printed.slice(3).map((line) => line.replace(/ {2}.* {2}(?=\S*[├└]| *ask)/, " "))).toEqual([
      "aaaaaaaa ask",
      "bbbbbbbb ├─ LLM chat  gpt-4o",
      "cccccccc └─ broken  ✗ out of tokens",
    ]);

    printed = [];
    await printTrace({ traceId: TRACE, span: "b", json: false }, client, terminal);
    expect(printed.join("\n")).toContain("user\n  Who is there?");
  });

  it("says which projects hold a trace that is in several", async () => {
    await printTrace({ traceId: OTHER, json: false }, client, terminal);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain("spans of this trace are also in");
    printed = [];
    await printTrace({ traceId: OTHER, project: "shop", json: false }, client, terminal);
    expect(printed.join("\n")).toContain("in the shop");
  });

  it("refuses what it cannot find, in words", async () => {
    const ask = (traceId: string, spanId?: string): Promise<void> =>
      printTrace({ traceId, ...(spanId ? { span: spanId } : {}), json: false }, client, terminal);
    await expect(ask("f".repeat(32))).rejects.toThrow(/no trace/);
    await expect(ask("abc")).rejects.toThrow(/32 hex digits/);
    await expect(ask(TRACE, "9")).rejects.toThrow("the trace has no span 9");
    const filter = printTraces(
      { project: "default", filter: "bogus:1", limit: 1, json: false },
      client,
      terminal,
    );
    await expect(filter).rejects.toThrow(/bogus/);
  });
});

describe("arguments", () => {
  it("reads trace ids as they are found in the wild", () => {
    expect(parseTraceId(`00-${TRACE}-00f067aa0ba902b7-01`)).toBe(TRACE);
    expect(parseTraceId(" 0AF76519-16CD-43DD-8448-EB211C80319C ")).toBe(TRACE);
    expect(() => parseTraceId(`${TRACE}0`)).toThrow(/is not a trace id/);
  });

  it("reads durations and dates", () => {
    const now = Date.parse("2026-11-21T12:00:00Z");
    expect(parseSince("2h", now)).toBe("2026-11-21T10:00:00.000Z");
    expect(parseSince("2026-11-20T08:00:00Z", now)).toBe("2026-11-20T08:00:00.000Z");
    expect(() => parseSince("yesterday", now)).toThrow(/neither a duration/);
  });
});

describe("renormalise", () => {
  const options = { detach: false, status: false, stop: false, json: false, pollMs: 5 };

  it("follows a run to its end and says what came of it", async () => {
    await runRenormalise({ ...options, status: true }, client, terminal);
    expect(printed).toEqual(["no run yet"]);
    await runRenormalise({ ...options, project: "default" }, client, terminal);
    expect(printed[1]).toMatch(/^read again \d+ spans of project default, 0 read otherwise than before$/);
    expect(notes[0]).toContain("Ctrl-C leaves it to the server");
    await runRenormalise({ ...options, status: true, json: true }, client, terminal);
    expect(JSON.parse(printed[2] ?? "")).toMatchObject({ state: "done", project: "default", error: null });
  });

  it("of a project that is not there is an error that says so", async () => {
    await expect(runRenormalise({ ...options, project: "nowhere" }, client, terminal)).rejects.toThrow(
      /nowhere/,
    );
  });
});
