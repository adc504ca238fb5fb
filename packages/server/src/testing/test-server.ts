import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { readConfig } from "../config.ts";
import { startServer, type RunningServer } from "../main.ts";

export const FREE_PORTS = ["--port=0", "--otlp-http-port=0", "--grpc-port=0"];

export interface JsonAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** A whole server on free ports and a folder of its own, asked over real sockets. */
export class TestServer {
  readonly dataDir = mkdtempSync(join(tmpdir(), "nightowl-server-"));
  #running: RunningServer | undefined;
  #starting: Promise<unknown> | undefined;

  get running(): RunningServer {
    if (!this.#running) throw new Error("the test server is not started");
    return this.#running;
  }

  get url(): string {
    return this.running.addresses.http;
  }

  /** One server at a time: the engine opens one folder in a process. */
  async start(argv: readonly string[] = FREE_PORTS): Promise<void> {
    const config = readConfig({ argv: [...argv, `--data-dir=${this.dataDir}`] });
    const starting = startServer(config, { log: pino({ level: "silent" }) });
    this.#starting = starting;
    this.#running = await starting;
  }

  /** Stops, and starts again on the same folder. */
  async restart(): Promise<void> {
    await this.running.close();
    await this.start();
  }

  /** Also while it starts, as when a test ran out of time: a process that leaves a statement running crashes. */
  async remove(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    await this.#running?.close();
    rmSync(this.dataDir, { recursive: true });
  }

  async get(path: string, init?: RequestInit): Promise<JsonAnswer> {
    const response = await fetch(this.url + path, init);
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, body };
  }

  /** Exports OTLP/JSON to a project; throws unless all of it was taken without a word. */
  async send(project: string, request: object | string, url = this.url): Promise<void> {
    const response = await fetch(`${url}/v1/traces`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-project-name": Buffer.from(project).toString("latin1"),
      },
      body: typeof request === "string" ? request : JSON.stringify(request),
    });
    const answer = await response.text();
    if (response.status !== 200 || answer !== "{}") throw new Error(`${response.status} ${answer}`);
  }
}

let nextId = 1;

/** A span in OTLP/JSON, with a span id of its own. */
export function jsonSpan(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    traceId: "5b8efff798038103d269b633813fc60c",
    spanId: (nextId++).toString(16).padStart(16, "0"),
    name: "answer",
    startTimeUnixNano: "1763690000000000000",
    endTimeUnixNano: "1763690001000000000",
    ...fields,
  };
}

/** An ExportTraceServiceRequest in OTLP/JSON. */
export function jsonRequest(...spans: object[]): object {
  const resource = { attributes: [textAttribute("service.name", "checkout")] };
  return { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] };
}

export function textAttribute(key: string, value: string): object {
  return { key, value: { stringValue: value } };
}

/** A model call with everything, in OTel's own convention. Its trace is …0a01, its span …0a01. */
export const GENAI_SPAN = jsonSpan({
  name: "chat gpt-4o-mini",
  traceId: "00000000000000000000000000000a01",
  spanId: "0000000000000a01",
  startTimeUnixNano: "1763690000123456789",
  attributes: [
    textAttribute("gen_ai.operation.name", "chat"),
    textAttribute("gen_ai.provider.name", "openai"),
    textAttribute("gen_ai.request.model", "gpt-4o-mini"),
    { key: "gen_ai.usage.input_tokens", value: { intValue: "17" } },
    { key: "gen_ai.usage.output_tokens", value: { intValue: "5" } },
    textAttribute(
      "gen_ai.input.messages",
      JSON.stringify([{ role: "user", parts: [{ type: "text", content: "hello?" }] }]),
    ),
    textAttribute(
      "gen_ai.output.messages",
      JSON.stringify([
        {
          role: "assistant",
          parts: [{ type: "tool_call", id: "c1", name: "look", arguments: { at: "sky" } }],
          finish_reason: "stop",
        },
      ]),
    ),
    { key: "nested", value: { kvlistValue: { values: [textAttribute("deep", "yes")] } } },
  ],
  events: [
    {
      name: "exception",
      timeUnixNano: "1763690000500000000",
      attributes: [textAttribute("exception.message", "boom")],
    },
  ],
  status: { code: 2, message: "boom" },
});
