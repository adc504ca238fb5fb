import { createServer, type AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { Collector } from "../testing/collector.ts";
import { HttpSender } from "./http-sender.ts";

const BODY = Buffer.from("spans");
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function start(answer?: Collector["answer"]): Promise<Collector> {
  const collector = await Collector.start(answer);
  open.push(collector);
  return collector;
}

function senderTo(url: string, options: { timeoutMs?: number; isCompressed?: boolean } = {}): HttpSender {
  const sender = new HttpSender({
    url,
    headers: { "x-key": "k" },
    timeoutMs: 5000,
    isCompressed: false,
    ...options,
  });
  open.push(sender);
  return sender;
}

describe("HttpSender", () => {
  it("posts the body with the headers, and gives the answer's", async () => {
    const collector = await start((_request, response) => void response.end("taken"));
    expect(String(await senderTo(`${collector.url}/v1/traces`).send(BODY))).toBe("taken");
    const [request] = collector.received;
    expect(request).toMatchObject({ path: "/v1/traces", body: BODY });
    expect(request?.headers).toMatchObject({ "x-key": "k", "content-length": "5" });
    expect(request?.headers["content-encoding"]).toBeUndefined();
  });

  it("compresses when asked to", async () => {
    const collector = await start();
    await senderTo(collector.url, { isCompressed: true }).send(BODY);
    expect(collector.received[0]?.headers["content-encoding"]).toBe("gzip");
    expect(collector.received[0]?.body).toEqual(BODY);
  });

  it.each([429, 502, 503, 504])("tries again after %i, when the server asks for it", async (status) => {
    const collector = await start((_request, response, count) => {
      if (count === 1) response.writeHead(status, { "retry-after": "0" });
      response.end();
    });
    await senderTo(collector.url).send(BODY);
    expect(collector.received.map(({ body }) => body)).toEqual([BODY, BODY]);
  });

  it("gives up at once when the server asks for longer than there is time", async () => {
    const collector = await start(
      (_request, response) => void response.writeHead(429, { "retry-after": "3600" }).end(),
    );
    await expect(senderTo(collector.url).send(BODY)).rejects.toThrow("HTTP 429 Too Many Requests");
    expect(collector.received).toHaveLength(1);
  });

  it("understands a date, and what is neither", async () => {
    const collector = await start((_request, response, count) => {
      if (count === 1) response.writeHead(503, { "retry-after": new Date(0).toUTCString() });
      else if (count === 2) response.writeHead(503, { "retry-after": "soon" });
      response.end();
    });
    await senderTo(collector.url).send(BODY);
    expect(collector.received).toHaveLength(3);
  });

  it.each([400, 401, 404, 413, 500])("does not try again after %i", async (status) => {
    const collector = await start((_request, response) => void response.writeHead(status).end("why"));
    await expect(senderTo(collector.url).send(BODY)).rejects.toThrow(`HTTP ${status}`);
    expect(collector.received).toHaveLength(1);
  });

  it("does not follow a redirect: it would take the key along", async () => {
    const other = await start();
    const collector = await start(
      (_request, response) => void response.writeHead(307, { location: other.url }).end(),
    );
    await expect(senderTo(collector.url).send(BODY)).rejects.toThrow("HTTP 307");
    expect(other.received).toEqual([]);
  });

  it("says that nobody listens", async () => {
    await expect(senderTo(await Collector.closedUrl(), { timeoutMs: 50 }).send(BODY)).rejects.toThrow(
      "ECONNREFUSED",
    );
  });

  it("comes through once the server is there", async () => {
    const url = await Collector.closedUrl();
    const sent = senderTo(url).send(BODY);
    const late = createServer((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")),
    );
    open.push({ close: () => new Promise((resolve) => late.close(resolve)) });
    late.listen(Number(new URL(url).port), "127.0.0.1");
    expect(String(await sent)).toBe("ok");
  });

  it("gives up on a server that does not answer", async () => {
    const collector = await start(() => {});
    await expect(senderTo(collector.url, { timeoutMs: 100 }).send(BODY)).rejects.toThrow(
      "did not answer in time",
    );
  });

  it("gives up on an answer that never ends, in time and in size", async () => {
    const drip = await start((_request, response) => void response.writeHead(200).write("x"));
    await expect(senderTo(drip.url, { timeoutMs: 100 }).send(BODY)).rejects.toThrow("did not answer in time");
    const flood = await start((_request, response) => {
      const more = (): boolean => response.write(Buffer.alloc(1 << 16)) && !response.destroyed && more();
      response.on("drain", more);
      more();
    });
    await expect(senderTo(flood.url).send(BODY)).rejects.toThrow("does not end");
  });

  it("survives resets and what is no HTTP", async () => {
    let count = 0;
    const rude = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => {
        if (++count % 2 === 1) socket.resetAndDestroy();
        else socket.end("what do you want\r\n\r\n");
      });
    });
    await new Promise<void>((resolve) => rude.listen(0, "127.0.0.1", resolve));
    open.push({ close: () => new Promise((resolve) => rude.close(resolve)) });
    const url = `http://127.0.0.1:${(rude.address() as AddressInfo).port}`;
    const sender = senderTo(url, { timeoutMs: 50 });
    await expect(sender.send(BODY)).rejects.toThrow(/ECONNRESET|socket hang up/);
    await expect(sender.send(BODY)).rejects.toThrow(/HPE_|Parse Error/);
  });

  it("says what is wrong with a header that cannot be sent", async () => {
    const sender = new HttpSender({
      url: "http://127.0.0.1:1",
      headers: { "x-key": "line\nbreak" },
      timeoutMs: 100,
      isCompressed: false,
    });
    await expect(sender.send(BODY)).rejects.toThrow("Invalid character in header content");
  });

  it("stops waiting when hurried, and tries nothing twice", async () => {
    const collector = await start(
      (_request, response) => void response.writeHead(503, { "retry-after": "4" }).end(),
    );
    const sender = senderTo(collector.url);
    const sent = sender.send(BODY).catch((error: Error) => error.message);
    while (collector.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    sender.hurry(true);
    expect(await sent).toBe("HTTP 503 Service Unavailable");
    expect(collector.received.length).toBeLessThanOrEqual(2);
  });

  it("leaves a silent server after two seconds when hurried", async () => {
    const collector = await start(() => {});
    const sender = senderTo(collector.url, { timeoutMs: 600_000 });
    const sent = sender.send(BODY);
    sender.hurry(true);
    await expect(sent).rejects.toThrow("did not answer in time");
  });
});
