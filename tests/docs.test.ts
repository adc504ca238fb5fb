import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import pino from "pino";
import { renderCoverage } from "@nightowl/otlp/normalise/coverage.fixture";
import { ERROR_CODES } from "@nightowl/model/api/route";
import { readConfig, SETTINGS } from "@nightowl/server/config";
import { startServer, type RunningServer } from "@nightowl/server/main";
import { demo } from "../packages/cli/src/commands/demo.ts";
import { PASSAGES } from "../packages/cli/src/demo/content/passages.ts";

const read = (path: string): string => readFileSync(new URL(`../docs/${path}`, import.meta.url), "utf8");

describe("docs/configuration.md", () => {
  const rows = read("configuration.md")
    .split("\n")
    .filter((line) => line.startsWith("| `--"))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );

  it("has one row for every setting, in order, that says what the code says", () => {
    expect(rows).toEqual(
      SETTINGS.map((setting) => [
        `\`--${setting.flag}\``,
        `\`${setting.env}\``,
        setting.default === "" ? "not set" : `\`${setting.default}\``,
        setting.doc,
      ]),
    );
  });

  it("has a file example that can be read", () => {
    const [, example] = /```json\n([\s\S]*?)```/.exec(read("configuration.md")) ?? [];
    const settings = JSON.parse(example ?? "") as Record<string, unknown>;
    expect(Object.keys(settings).length).toBeGreaterThan(2);
    expect(Object.keys(settings).filter((key) => !SETTINGS.some(({ flag }) => flag === key))).toEqual([]);
  });
});

describe("docs/conventions.md", () => {
  it("has the tables that the captures give: `npm run conventions` writes them", () => {
    const [, tables] =
      /<!-- coverage -->\n\n([\s\S]*?)\n<!-- end of coverage -->/.exec(read("conventions.md")) ?? [];
    expect(tables).toBe(renderCoverage());
  });
});

describe("docs/api.md", () => {
  const api = read("api.md");
  const headings = [...api.matchAll(/^### (GET|POST|DELETE|PUT) (\S+)$/gm)].map(
    ([, method, path]) => `${method} ${path}`,
  );
  let server: RunningServer;
  let routes: string[] = [];
  let openapi: { paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>> };
  const folder = mkdtempSync(join(tmpdir(), "nightowl-docs-"));

  beforeAll(async () => {
    server = await startServer(
      readConfig({ argv: ["--port=0", "--otlp-http-port=off", "--grpc-port=off", `--data-dir=${folder}`] }),
      { log: pino({ level: "silent" }) },
    );
    openapi = (await (await fetch(`${server.addresses.http}/openapi.json`)).json()) as typeof openapi;
    routes = Object.entries(openapi.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`),
    );
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it("has a heading for every route that there is, and for no other", () => {
    expect(headings.toSorted()).toEqual(routes.toSorted());
  });

  it("names every query parameter of a route", () => {
    const missing: string[] = [];
    for (const [path, methods] of Object.entries(openapi.paths)) {
      for (const [method, { parameters }] of Object.entries(methods)) {
        const heading = `### ${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}\n`;
        const [section = ""] = (api.split(heading)[1] ?? "").split(/^##/m);
        for (const parameter of parameters ?? []) {
          if (parameter.in === "query" && !section.includes(`\`${parameter.name}\``))
            missing.push(`${path} ${parameter.name}`);
        }
      }
    }
    expect(missing).toEqual([]);
  });

  it("has examples that are JSON", () => {
    for (const [, example] of api.matchAll(/```json\n([\s\S]*?)```/g))
      expect(() => JSON.parse(example!)).not.toThrow();
  });

  it("says what the contract's errors are", () => {
    const codes = [...api.matchAll(/^\| (\d{3}) +\| `(\w+)` /gm)].map(([, status, code]) => [
      code,
      Number(status),
    ]);
    expect(Object.fromEntries(codes)).toEqual(ERROR_CODES);
  });
});

describe("docs/demo.md", () => {
  it("has a row for every flag of the command, with its default", () => {
    const rows = [...read("demo.md").matchAll(/^\| `--(\w+)` +\| (?:`([^`]*)`)?/gm)].map(
      ([, flag, value]) => [flag, value],
    );
    const args = Object.entries(demo.args as Record<string, { default?: string }>)
      .filter(([flag]) => flag !== "url" && flag !== "json")
      .map(([flag, arg]) => [flag, arg.default]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(args));
  });
});

describe("the demo's passages", () => {
  it("are from files of the documentation that there are", () => {
    const sources = [...new Set(PASSAGES.map(({ source }) => source))];
    expect(sources.filter((source) => !existsSync(new URL(`../${source}`, import.meta.url)))).toEqual([]);
  });
});
