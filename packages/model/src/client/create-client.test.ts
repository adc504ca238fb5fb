import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listProjects } from "../api/projects.ts";
import { getSpan } from "../api/spans.ts";
import { listTraces } from "../api/traces.ts";
import { ApiCallError, createClient } from "./create-client.ts";

let baseUrl = "";
const server = createServer((request, response) => {
  const url = request.url ?? "";
  if (url.startsWith("/api/projects/gone/")) {
    response.writeHead(404, { "content-type": "application/json" });
    response.end(
      JSON.stringify({ error: { code: "not_found", message: "No project gone", hint: "See /api/projects" } }),
    );
  } else if (url.startsWith("/api/projects/proxy/")) {
    response.writeHead(502, { "content-type": "text/html" });
    response.end("<h1>Bad gateway</h1>");
  } else if (url.startsWith("/api/projects/odd/")) {
    response.end("<html>");
  } else if (url.startsWith("/api/projects/slow/")) {
    // Never answered: the caller gives up.
  } else {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ data: [{ url, method: request.method, accept: request.headers.accept }] }));
  }
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function failure(promise: Promise<unknown>): Promise<ApiCallError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiCallError)) throw new Error(`no ApiCallError: ${String(error)}`);
  return error;
}

describe("call", () => {
  test("writes the path and query of the contract", async () => {
    const client = createClient({ baseUrl: `${baseUrl}/` });
    const { data } = await client.call(listTraces, {
      params: { project: "a/b ü" },
      query: { filter: 'name:"x y"&z', limit: 5 },
    });
    expect(data).toEqual([
      {
        url: "/api/projects/a%2Fb%20%C3%BC/traces?filter=name%3A%22x+y%22%26z&limit=5",
        method: "GET",
        accept: "application/json",
      },
    ]);
    expect((await client.call(listProjects, {})).data).toMatchObject([{ url: "/api/projects" }]);
    const span = await client.call(getSpan, {
      params: { project: "p", traceId: "0".repeat(31) + "1", spanId: "1".repeat(16) },
      query: { full: true },
    });
    expect(JSON.stringify(span)).toContain("?full=true");
  });

  test("a parameter that is missing is the caller's mistake", async () => {
    const params = {} as { project: string };
    await expect(createClient({ baseUrl }).call(listTraces, { params })).rejects.toThrow(TypeError);
  });

  test("the API's errors arrive with their code and hint", async () => {
    const error = await failure(createClient({ baseUrl }).call(listTraces, { params: { project: "gone" } }));
    expect(error).toMatchObject({
      status: 404,
      code: "not_found",
      message: "No project gone",
      hint: "See /api/projects",
    });
  });

  test("what is not the API's JSON is told apart", async () => {
    const client = createClient({ baseUrl });
    expect(await failure(client.call(listTraces, { params: { project: "proxy" } }))).toMatchObject({
      status: 502,
      code: "bad_response",
    });
    expect(await failure(client.call(listTraces, { params: { project: "odd" } }))).toMatchObject({
      status: 0,
      code: "bad_response",
    });
  });

  test("a server that is not there is named", async () => {
    const unused = createServer();
    await new Promise<void>((resolve) => unused.listen(0, "127.0.0.1", resolve));
    const { port } = unused.address() as AddressInfo;
    await new Promise((resolve) => unused.close(resolve));
    const error = await failure(createClient({ baseUrl: `http://127.0.0.1:${port}` }).call(listProjects, {}));
    expect(error).toMatchObject({ status: 0, code: "unreachable" });
    expect(error.message).toContain(`127.0.0.1:${port}`);
    expect(error.message).toContain("ECONNREFUSED");
  });

  test("an aborted call rejects as fetch does", async () => {
    const client = createClient({ baseUrl });
    const call = client.call(
      listTraces,
      { params: { project: "slow" } },
      { signal: AbortSignal.timeout(50) },
    );
    await expect(call).rejects.toMatchObject({ name: "TimeoutError" });
  });
});
