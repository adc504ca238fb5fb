import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as sdk from "@nightowl/sdk";
import { Collector } from "../packages/sdk/src/testing/collector.ts";
import { SDK_DIST } from "../scripts/build-stamp.ts";
import { packageBin } from "../scripts/run-step.ts";
import { ROOT } from "../scripts/source-files.ts";

const DOCS = readFileSync(join(ROOT, "docs/sdk.md"), "utf8");
const blocks = [...DOCS.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
/** How an example that is about something else is told apart from the others: by its first use of the SDK. */
const titleOf = (code: string): string =>
  /import \{([^}]*)\} from "@nightowl\/sdk/.exec(code)?.[1]?.trim().replaceAll(/\s+/g, " ") ?? code;

const COMPLETION = {
  model: "m",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Hoo." } }],
};
const CHUNK = { model: "m", choices: [{ index: 0, finish_reason: "stop", delta: { content: "Hoo." } }] };

let folder: string;
let collector: Collector;
let model: Collector;
beforeAll(async () => {
  if (!existsSync(SDK_DIST)) throw new Error("the SDK is not built; npm run build");
  // Inside of the repository, so that an example finds the packages that it imports.
  mkdirSync(join(ROOT, "test-results"), { recursive: true });
  folder = mkdtempSync(join(ROOT, "test-results/sdk-docs-"));
  for (const [index, code] of blocks.entries()) writeFileSync(join(folder, `example-${index}.mts`), code);
  collector = await Collector.start();
  model = await Collector.start(({ body }, response) => {
    const isStream = (JSON.parse(String(body)) as { stream?: boolean }).stream === true;
    response.writeHead(200, { "content-type": isStream ? "text/event-stream" : "application/json" });
    response.end(
      isStream ? `data: ${JSON.stringify(CHUNK)}\n\ndata: [DONE]\n\n` : JSON.stringify(COMPLETION),
    );
  });
});
afterAll(async () => {
  await Promise.all([collector.close(), model.close()]);
  rmSync(folder, { recursive: true });
});

describe("docs/sdk.md", () => {
  it.each(blocks.map((code, index) => ({ title: titleOf(code), code, index })))(
    "the example of $title runs, and says nothing on stderr",
    async ({ code, index }) => {
      const before = collector.received.length;
      const { stderr } = await promisify(execFile)(
        process.execPath,
        ["--import", "tsx", join(folder, `example-${index}.mts`)],
        {
          cwd: ROOT,
          env: {
            PATH: process.env["PATH"] ?? "",
            NIGHTOWL_ENDPOINT: collector.url,
            OPENAI_BASE_URL: model.url,
            OPENAI_API_KEY: "k",
          },
        },
      );
      // A `console.assert` that does not hold is said there.
      expect(stderr).toBe("");
      // Examples of options make no spans, those of tests send none, and some servers are not asked.
      const makesSpans =
        /Span\(|recordFeedback|app\.(inject|request)|await GET|await login/.test(code) &&
        !code.includes("initTestTracing");
      expect(collector.received.length > before).toBe(makesSpans);
    },
  );

  it("has examples that compile in a strict application", async () => {
    const flags = [
      "--strict",
      "--noEmit",
      "--module",
      "nodenext",
      "--target",
      "es2023",
      "--exactOptionalPropertyTypes",
      "--skipLibCheck",
      "--types",
      "node",
    ];
    const files = blocks.map((_code, index) => join(folder, `example-${index}.mts`));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [packageBin("typescript", "tsc"), "--ignoreConfig", ...flags, ...files],
      { cwd: folder },
    ).catch((error: { stdout: string }) => error);
    expect(stdout).toBe("");
  });

  it("has an example of every function", () => {
    const functions = Object.keys(sdk);
    expect(functions.length).toBeGreaterThan(25);
    const isUsed = (name: string): boolean =>
      blocks.some((code) => code.split(new RegExp(`\\b${name}\\b`)).length > 2);
    expect(functions.filter((name) => !isUsed(name))).toEqual([]);
  });

  it.each([
    ["tracing-options.ts", "TracingOptions"],
    ["sampling/sampling-options.ts", "SamplingOptions"],
    ["http/server-span.ts", "HttpTracingOptions"],
  ])("has a row for every option of %s, and for no other", (file, name) => {
    const source = readFileSync(join(ROOT, "packages/sdk/src", file), "utf8");
    const [, members = ""] = new RegExp(`interface ${name} \\{\n([\\s\\S]*?)\n\\}`).exec(source) ?? [];
    const options = [...members.matchAll(/^ {2}(\w+)\??:/gm)].map(([, option]) => option!);
    expect(options.length).toBeGreaterThan(1);
    const tables = DOCS.split(/\n\n/).filter((part) => part.startsWith("|"));
    const rows = tables.map((table) => [...table.matchAll(/^\| `(\w+)` /gm)].map(([, option]) => option!));
    expect(rows.map((row) => row.toSorted())).toContainEqual(options.toSorted());
  });

  it("names every environment variable that the code reads", () => {
    const sources = ["export/endpoint.ts", "export/privacy.ts", "init.ts"].map((file) =>
      readFileSync(join(ROOT, "packages/sdk/src", file), "utf8"),
    );
    const variables = new Set(
      sources.flatMap(
        (source) => source.match(/\b(NIGHTOWL|PHOENIX|OTEL|OPENINFERENCE)_[A-Z0-9_]+[A-Z0-9]\b/g) ?? [],
      ),
    );
    variables.delete("OPENINFERENCE_SPAN_KIND");
    expect(variables.size).toBeGreaterThan(20);
    expect([...variables].filter((name) => !DOCS.includes(`\`${name}\``))).toEqual([]);
  });
});
