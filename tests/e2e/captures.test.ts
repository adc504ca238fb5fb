import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listPublicSpans, type PublicSpan } from "@nightowl/model/api/public";
import { getSpan } from "@nightowl/model/api/spans";
import { createClient, type Client } from "@nightowl/model/client/create-client";
import { decodeTraceJson } from "@nightowl/otlp/decode/json";
import { decodeLogsJson } from "@nightowl/otlp/decode/logs-json";
import { encodeLogsProtobuf, encodeTraceProtobuf } from "@nightowl/otlp/encode/protobuf";
import { describeSpan, readExpectations } from "@nightowl/otlp/normalise/expectations.fixture";
import { openStore } from "@nightowl/server/store/store";
import { removeDataDir, startNightowl, type NightowlProcess } from "./nightowl-process.ts";
import { postLogs, postTraces, sendOverGrpc } from "./send.ts";

/**
 * Every capture of the dialects, sent as JSON, as protobuf and over gRPC, log records too. What the API answers of each
 * span is what the table beside the capture says; what it answers of a capture, and what lies on disk when the server has
 * stopped, is the same however the capture was sent. `captures-page.test.ts` looks at the page.
 */
const TRANSPORTS = ["json", "protobuf", "grpc"] as const;
type Transport = (typeof TRANSPORTS)[number];
const captures = readExpectations();

let server: NightowlProcess;
let client: Client;

beforeAll(async () => {
  server = await startNightowl({ args: ["--log-level", "error"] });
  client = createClient({ baseUrl: server.url });
});

afterAll(async () => {
  await server?.stop();
  if (server) await removeDataDir(server.dataDir);
});

const projectOf = (transport: Transport) => `sent as ${transport}`;

async function send(transport: Transport, json: string, project: string): Promise<void> {
  if (transport === "json") return postTraces(server.url, json, "application/json", project);
  const bytes = encodeTraceProtobuf(decodeTraceJson(json).spans);
  if (transport === "protobuf")
    return postTraces(server.otlpHttpUrl, bytes, "application/x-protobuf", project);
  return sendOverGrpc(server.grpcAddress, bytes, project);
}

async function sendLogs(transport: Transport, json: string, project: string): Promise<void> {
  if (transport === "json") return postLogs(server.url, json, "application/json", project);
  const bytes = encodeLogsProtobuf(decodeLogsJson(json).records);
  if (transport === "protobuf") return postLogs(server.otlpHttpUrl, bytes, "application/x-protobuf", project);
  return sendOverGrpc(server.grpcAddress, bytes, project, "logs");
}

/** What the API says of a capture as a whole; the first transport's answer is the others' measure. */
const answers = new Map<string, PublicSpan[]>();

describe.each(TRANSPORTS)("sent as %s", (transport) => {
  test.concurrent.each(captures)("$name is read", { timeout: 120_000 }, async (capture) => {
    const { name, logsPath } = capture;
    const project = projectOf(transport);
    const json = readFileSync(capture.requestPath, "utf8");
    const logs = logsPath === undefined ? undefined : readFileSync(logsPath, "utf8");
    // Log records come after their spans, or before them.
    if (logs !== undefined && transport !== "json") await sendLogs(transport, logs, project);
    await send(transport, json, project);
    if (logs !== undefined && transport === "json") await sendLogs(transport, logs, project);

    const { spans } = decodeTraceJson(json);
    const { data } = await client.call(listPublicSpans, {
      params: { project },
      query: { trace_id: [...new Set(spans.map(({ traceId }) => traceId))], limit: 1000 },
    });
    expect(new Set(data.map(({ context }) => context.span_id))).toEqual(
      new Set(spans.map(({ spanId }) => spanId)),
    );
    if (transport !== "json") {
      expect(data).toEqual(answers.get(name));
      return;
    }
    answers.set(name, data);
    for (const [index, expected] of capture.spans.entries()) {
      const sent = spans[index];
      const span = await client.call(getSpan, {
        params: { project, traceId: sent?.traceId ?? "", spanId: expected.spanId },
        query: { full: true },
      });
      // What a capture says is what dialects read; a price is the server's own addition.
      if (span.cost?.source === "computed") span.cost = { source: "unpriced" };
      expect(describeSpan(span)).toEqual(expected);
      expect(span.attributes).toEqual(sent?.attributes);
    }
  });
});

/** Whatever belongs to a span, and what in it is its arrival's or (the ids of prompts) its project's own. */
const TABLES = {
  spans: ["received_ns", "version", "prompt_template_id", "prompt_version_id"],
  traces: ["watermark_ns", "version"],
  calls: ["version", "prompt_template_id", "prompt_version_id"],
  retrievals: ["version"],
};

describe("on disk", () => {
  test.each(Object.entries(TABLES))(
    "%s are the same, however they were sent",
    { timeout: 120_000 },
    async (table, except) => {
      await server.stop();
      const store = await openStore({ dataDir: server.dataDir });
      const rowsOf = (transport: Transport) =>
        store.db.query<Record<string, unknown>>(
          `SELECT * EXCEPT (project, ${except.join(", ")}) FROM ${table} FINAL
           WHERE project = {project:String} ORDER BY ALL`,
          { project: projectOf(transport) },
        );
      try {
        const sentAsJson = (await rowsOf("json")).map(withoutDuplicateKeys);
        expect(sentAsJson.length).toBeGreaterThan(50);
        for (const transport of ["protobuf", "grpc"] as const) {
          const rows = await rowsOf(transport);
          expect(rows.length).toBe(sentAsJson.length);
          for (const [index, row] of rows.entries()) expect(row).toEqual(sentAsJson[index]);
        }
      } finally {
        await store.close();
      }
    },
  );
});

/** Protobuf is written here from spans already decoded, in which a key that was sent twice stands once. */
function withoutDuplicateKeys(row: Record<string, unknown>): Record<string, unknown> {
  if (row["notes"] === undefined) return row;
  const notes = JSON.parse(String(row["notes"])) as { code: string }[];
  const kept = notes.filter(({ code }) => code !== "duplicate_key");
  const noteCount = Number(row["note_count"]) - (notes.length - kept.length);
  return { ...row, notes: JSON.stringify(kept), note_count: noteCount };
}
