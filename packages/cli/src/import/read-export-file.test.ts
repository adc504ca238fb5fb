import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { readExportFile, type Piece } from "./read-export-file.ts";

const folder = mkdtempSync(join(tmpdir(), "nightowl-import-"));
afterAll(() => rmSync(folder, { recursive: true }));

const request = (...names: string[]): string =>
  JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: names.map((name) => ({ name })) }] }] });
// resource_spans { scope_spans { spans { name } } }, by hand; the first byte is a line feed.
const PROTOBUF = Buffer.from([10, 7, 18, 5, 18, 3, 42, 1, 97]);

async function read(
  content: string | Uint8Array,
): Promise<{ pieces: Piece[]; problems: string[]; bytesRead: number }> {
  const path = join(folder, "export");
  writeFileSync(path, content);
  const problems: string[] = [];
  const pieces: Piece[] = [];
  let bytesRead = 0;
  const options = {
    maxPieceBytes: 1000,
    onRead: (bytes: number) => (bytesRead += bytes),
    onProblem: (message: string) => void problems.push(message),
  };
  for await (const piece of readExportFile(path, options)) pieces.push(piece);
  return { pieces, problems, bytesRead };
}

const counts = (pieces: Piece[]): [string, number, string][] =>
  pieces.map(({ encoding, spanCount, where }) => [encoding, spanCount, where]);

describe("readExportFile", () => {
  it.each([
    ["one line of JSON", request("a", "b")],
    ["JSON over several lines", JSON.stringify(JSON.parse(request("a", "b")), null, 2)],
    ["JSON after a byte order mark and blank lines", `\uFEFF\n\n ${request("a", "b")}\n`],
    ["a list of requests", `[${request("a", "b")}]`],
    ["gzip", gzipSync(request("a", "b"))],
  ])("reads %s", async (_, content) => {
    const { pieces, problems } = await read(content);
    expect(problems).toEqual([]);
    expect(pieces.map(({ encoding, spanCount }) => [encoding, spanCount])).toEqual([["json", 2]]);
  });

  it("reads NDJSON line by line and says the line", async () => {
    const { pieces, problems } = await read(`\n${request("a")}\n\n${request("b", "c")}\r\n${request("d")}`);
    expect(problems).toEqual([]);
    expect(counts(pieces)).toEqual([
      ["json", 1, "line 2"],
      ["json", 2, "line 4"],
      ["json", 1, "line 5"],
    ]);
  });

  it("reads NDJSON whose lines are longer than what is read at once", async () => {
    const line = request("x".repeat(3 * 2 ** 20));
    const { pieces, bytesRead } = await read(`${line}\n${line}\n`);
    expect(pieces.map((piece) => piece.where)).toEqual(["line 1", "line 2"]);
    expect(bytesRead).toBe(2 * line.length + 2);
  });

  it("goes on after a line that is no JSON and one that is no trace export", async () => {
    const { pieces, problems } = await read(
      `${request("a")}\n{"resourceSpans":\n{"resourceLogs":[]}\n${request("b")}\n`,
    );
    expect(counts(pieces)).toEqual([
      ["json", 1, "line 1"],
      ["json", 1, "line 4"],
    ]);
    expect(problems).toEqual([
      "line 2: not JSON: the text ends before its brackets are closed at byte 17",
      "line 3: it has no resourceSpans, so it is no OTLP trace export",
    ]);
  });

  it("reads protobuf, plain and gzipped", async () => {
    for (const content of [PROTOBUF, gzipSync(PROTOBUF)]) {
      const { pieces, problems } = await read(content);
      expect(problems).toEqual([]);
      expect(counts(pieces)).toEqual([["protobuf", 1, ""]]);
    }
  });

  it.each([
    ["nothing", "", /empty/],
    ["words", "trace me if you can", /neither OTLP JSON nor NDJSON/],
    ["truncated protobuf", PROTOBUF.subarray(0, 6), /ends inside/],
    ["truncated JSON", '{"resourceSpans": [\n{"scopeSpans": [', /not JSON: the text ends/],
  ])("says what is wrong with %s", async (_, content, problem) => {
    const { pieces, problems } = await read(content);
    expect(pieces).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  it("rejects for a missing file and for broken gzip", async () => {
    await expect(read(gzipSync(request("a")).subarray(0, 30))).rejects.toThrow(/unexpected end/);
    const options = { maxPieceBytes: 1000, onProblem: () => {} };
    await expect(readExportFile(join(folder, "missing"), options).next()).rejects.toThrow(/ENOENT/);
  });
});
