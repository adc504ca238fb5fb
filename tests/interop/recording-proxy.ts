import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readExchange, type ScriptedExchange } from "./scripted-exchange.ts";

export interface RecordingProxy {
  /** With `/v1`: what `OPENAI_BASE_URL` wants. */
  baseUrl: string;
  /** The exchanges since the last call, in the order in which they were asked. */
  takeExchanges(): ScriptedExchange[];
  close(): void;
}

/** Stands before an OpenAI-compatible server, passes everything on as it comes, and keeps what was said. */
export async function startRecordingProxy(targetUrl: string): Promise<RecordingProxy> {
  let recorded: { path: string; request: string; response: string }[] = [];
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const request = await readText(incoming);
      const path = (incoming.url ?? "").replace(/^\/v1/, "");
      const record = { path, request, response: "" };
      if (incoming.method === "POST") recorded.push(record);
      const answer = await fetch(targetUrl + path, {
        method: incoming.method ?? "GET",
        headers: {
          authorization: incoming.headers.authorization ?? "",
          "content-type": incoming.headers["content-type"] ?? "application/json",
        },
        ...(request === "" ? {} : { body: request }),
      });
      outgoing.writeHead(answer.status, {
        "content-type": answer.headers.get("content-type") ?? "application/json",
        "x-request-id": answer.headers.get("x-request-id") ?? "",
      });
      const decoder = new TextDecoder();
      for await (const chunk of answer.body ?? []) {
        record.response += decoder.decode(chunk, { stream: true });
        outgoing.write(chunk);
      }
      outgoing.end();
    })().catch((error: unknown) => outgoing.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    takeExchanges() {
      const taken = recorded.map(({ path, request, response }) => readExchange(path, request, response));
      recorded = [];
      return taken;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function readText(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
