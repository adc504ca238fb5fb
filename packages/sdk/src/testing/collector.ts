import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** What a collector of tests was sent, and when to answer and how is the test's. */
export interface Received {
  headers: IncomingMessage["headers"];
  path: string;
  body: Buffer;
}

type Answer = (request: Received, response: ServerResponse, count: number) => void;

/** A server on this machine that takes OTLP requests and misbehaves as a test wants it to. */
export class Collector {
  readonly received: Received[] = [];
  url = "";
  answer: Answer = (_request, response) => void response.writeHead(200).end();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  static async start(answer?: Answer): Promise<Collector> {
    const collector = new Collector();
    if (answer) collector.answer = answer;
    await new Promise<void>((resolve) => collector.#server.listen(0, "127.0.0.1", resolve));
    collector.url = `http://127.0.0.1:${(collector.#server.address() as AddressInfo).port}`;
    return collector;
  }

  /** An address on which nobody listens. */
  static async closedUrl(): Promise<string> {
    const collector = await Collector.start();
    await collector.close();
    return collector.url;
  }

  /** How often a text is in what was received: a span whose name is unique is counted by it. */
  count(text: string): number {
    return this.received.reduce((sum, { body }) => sum + body.toString("latin1").split(text).length - 1, 0);
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
    const received = { headers: request.headers, path: request.url ?? "", body };
    this.received.push(received);
    this.answer(received, response, this.received.length);
  }
}
