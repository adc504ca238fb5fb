import { request as httpRequest } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { getMeta } from "@nightowl/model/api/projects";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";
import { PortError } from "./listen.ts";
import { startServer } from "./main.ts";
import { CONTRACT } from "./testing/contract.ts";
import { FREE_PORTS, jsonRequest, jsonSpan, TestServer } from "./testing/test-server.ts";

const server = new TestServer();
beforeAll(() => server.start());
afterAll(() => server.remove());

describe("traces come in", () => {
  it("and are whole at once, in whatever hours their spans are", async () => {
    const traceId = "5b8efff798038103d269b633813fc60d";
    for (const [hour, name] of ["first", "two days later"].entries()) {
      const startTimeUnixNano = String(1_763_690_000_000_000_000n + BigInt(hour) * 172_800_000_000_000n);
      const times = { startTimeUnixNano, endTimeUnixNano: startTimeUnixNano };
      await server.send("hours", jsonRequest(jsonSpan({ traceId, name, ...times })));
      const { body } = await server.get(`/api/projects/hours/traces/${traceId}`);
      expect((body["spans"] as { name: string }[]).map((span) => span.name)).toHaveLength(hour + 1);
      // From here on a summary says where the trace is.
      await server.get("/api/projects/hours/traces");
    }
  });

  it("over HTTP on both ports and over gRPC", async () => {
    await server.send("ports", jsonRequest(jsonSpan({ name: "main" })));
    await server.send(
      "ports",
      jsonRequest(jsonSpan({ name: "standard" })),
      server.running.addresses.otlpHttp!,
    );
    const provider = new TracerProvider({
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: new OTLPTraceExporter({ url: `http://${server.running.addresses.grpc}` }),
        }),
      ],
    });
    provider.getTracer("t").startSpan("rpc").end();
    await provider.forceFlush();
    await provider.shutdown();
    const { body } = await server.get("/v1/projects/ports/spans");
    expect((body["data"] as { name: string }[]).map((s) => s.name).sort()).toEqual(["main", "standard"]);
    const rpc = await server.get("/v1/projects/default/spans?name=rpc");
    expect(rpc.body["data"]).toHaveLength(1);
  });
});

describe("the page and its headers", () => {
  it.each(["/", "/projects/default/traces", "/projects/my.app", "/traces/abc"])(
    "%s is the page",
    async (path) => {
      const response = await fetch(server.url + path);
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
      const response = await fetch(server.url + path);
      expect(await response.text()).not.toContain('"name": "@nightowl');
    }
  });

  it("large answers are compressed for those who take it", async () => {
    const spans = Array.from({ length: 200 }, (_, i) =>
      jsonSpan({ traceId: "00000000000000000000000000000d01", name: `step ${i}` }),
    );
    await server.send("large", jsonRequest(...spans));
    const path = "/api/projects/large/traces/00000000000000000000000000000d01";
    const packed = await server.get(path, { headers: { "accept-encoding": "gzip" } });
    expect(packed.headers.get("content-encoding")).toBe("gzip");
    const plain = await server.get(path, { headers: { "accept-encoding": "br, gzip;q=0" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(packed.body).toEqual(plain.body);
    expect(packed.body["spans"]).toHaveLength(200);
  });
});

describe("the server about itself", () => {
  it("is up and ready", async () => {
    expect((await server.get("/healthz")).body).toEqual({ status: "ok" });
    expect((await server.get("/readyz")).body).toEqual({ status: "ok" });
    expect(await (await fetch(`${server.url}/arize_phoenix_version`)).text()).toBe("13.15.0");
  });

  it("says where it listens", async () => {
    const meta = getMeta.response.parse((await server.get("/api/meta")).body);
    expect(meta).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      dataDir: server.dataDir,
      retentionDays: null,
      receivers: {
        http: [server.url, server.running.addresses.otlpHttp],
        grpc: server.running.addresses.grpc,
      },
    });
  });

  it("/openapi.json has every route, with its parameters and answers", async () => {
    const { body } = await server.get("/openapi.json");
    expect(body["openapi"]).toBe("3.1.0");
    const paths = body["paths"] as Record<
      string,
      Record<string, { summary?: string; responses: Record<string, unknown> }>
    >;
    for (const { path, method, summary } of CONTRACT) {
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
  const withTakenPort = async <T>(run: (port: number) => Promise<T>): Promise<T> => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    try {
      return await run((other.address() as AddressInfo).port);
    } finally {
      other.close();
    }
  };

  /** A request of which the server has the first half. */
  const startSending = async (project: string, body: object): Promise<{ finish: () => Promise<number> }> => {
    const bytes = Buffer.from(JSON.stringify(body));
    const request = httpRequest(`${server.url}/v1/traces`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "content-length": bytes.length,
        "x-project-name": project,
        connection: "close",
      },
    });
    const status = new Promise<number>((resolve, reject) => {
      request.on("error", reject).on("response", (response) => resolve(response.statusCode ?? 0));
    });
    await new Promise<void>((resolve) => request.write(bytes.subarray(0, 10), () => resolve()));
    await server.get("/healthz");
    return {
      finish: () => {
        request.end(bytes.subarray(10));
        return status;
      },
    };
  };

  it("a second server on the same folder is refused, and names it", async () => {
    const config = readConfig({ argv: [...FREE_PORTS, `--data-dir=${server.dataDir}`] });
    await expect(startServer(config)).rejects.toThrow(`The data folder ${server.dataDir} is in use`);
    expect((await server.get("/readyz")).status).toBe(200);
  });

  // The engine opens one folder in a process at a time, so this server has to make room.
  it("taken ports, what is kept over a restart, and a clean end", async () => {
    await server.send("kept", jsonRequest(jsonSpan({ name: "kept" })));
    const late = await startSending("late", jsonRequest(jsonSpan({ name: "late" })));
    const closing = server.running.close();
    await expect.poll(() => fetch(`${server.url}/healthz`).catch(() => "refused")).toBe("refused");
    expect(await late.finish()).toBe(200);
    await closing;
    await server.running.close();
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();

    await withTakenPort(async (port) => {
      const failure = await server
        .start([`--port=${port}`, "--otlp-http-port=0", "--grpc-port=0"])
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(PortError);
      expect((failure as Error).message).toBe(
        `Port ${port} on 127.0.0.1 is in use. Choose another with --port (or NIGHTOWL_PORT), or stop the program that has it.`,
      );
    });

    await withTakenPort(async (port) => {
      await server.start(["--port=0", `--otlp-http-port=${port}`, `--grpc-port=${port}`]);
      expect(server.running.addresses).toMatchObject({ otlpHttp: null, grpc: null });
      expect(server.running.warnings).toEqual([
        `Port ${port} on 127.0.0.1 is in use. The server goes on without OTLP/HTTP there; --otlp-http-port chooses another port.`,
        `Port ${port} on 127.0.0.1 is in use. The server goes on without OTLP/gRPC; --grpc-port chooses another port.`,
      ]);
    });
    expect((await server.get("/api/projects/kept/traces")).body["data"]).toMatchObject([{ name: "kept" }]);
    expect((await server.get("/api/projects/late/traces")).body["data"]).toMatchObject([{ name: "late" }]);
    expect((await server.get("/v1/projects/kept/spans")).body["data"]).toHaveLength(1);
    expect((await server.get("/api/meta")).body["receivers"]).toEqual({ http: [server.url], grpc: null });
    expect((await server.get("/readyz")).status).toBe(200);
  });
});
