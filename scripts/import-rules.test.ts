import { describe, expect, it } from "vitest";
import { findProblems } from "./import-rules.ts";

const messages = (path: string, text: string): string[] => findProblems({ path, text }).map((p) => p.message);

describe("between packages", () => {
  it.each([
    ["packages/web/src/data/traces.ts", "@nightowl/server/config"],
    ["packages/model/src/span/span.ts", "@nightowl/otlp/decode/json"],
    ["packages/otlp/src/decode/json.ts", "@nightowl/server/main"],
    ["packages/cli/src/commands/trace.ts", "@nightowl/server/main"],
  ])("%s may not import %s", (path, specifier) => {
    expect(messages(path, `import { a } from "${specifier}";\nconsole.log(a);`)).toHaveLength(1);
  });

  it.each([
    ["packages/web/src/data/traces.ts", "@nightowl/model/api/traces"],
    ["packages/otlp/src/decode/json.ts", "@nightowl/model/span/span"],
    ["packages/server/src/receive/http.ts", "@nightowl/otlp/decode/json"],
    ["packages/cli/src/commands/serve.ts", "@nightowl/server/main"],
    ["packages/server/src/main.ts", "fastify"],
  ])("%s may import %s", (path, specifier) => {
    expect(messages(path, `import { a } from "${specifier}";\nconsole.log(a);`)).toEqual([]);
  });

  it("sees type imports, dynamic imports and re-exports", () => {
    const path = "packages/web/src/data/traces.ts";
    expect(
      messages(path, `import type { A } from "@nightowl/server/a";\nexport const a: A = 1;`),
    ).toHaveLength(1);
    expect(messages(path, `export const a = await import("@nightowl/server/a");`)).toHaveLength(1);
    expect(messages(path, `export type A = import("@nightowl/server/a").A;`)).toHaveLength(1);
    expect(messages(path, `export { a } from "@nightowl/server/a";\nexport const b = 1;`)).toHaveLength(1);
  });

  it("does not read imports in comments and strings", () => {
    expect(
      messages(
        "packages/web/src/view/a.ts",
        `// import "@nightowl/server/a"\nexport const a = 'from "./b"';`,
      ),
    ).toEqual([]);
  });

  it("wants a package's name rather than a path out of the package, and the other way round", () => {
    expect(messages("packages/otlp/src/a.ts", `import "../../model/src/span/span.ts";`)[0]).toContain(
      "leaves the package",
    );
    expect(messages("packages/otlp/src/a.ts", `import "@nightowl/otlp/decode/json";`)[0]).toContain(
      "its own package",
    );
  });

  it("wants the extension on relative imports", () => {
    expect(messages("packages/web/src/view/a.ts", `import "./b";`)[0]).toContain("extension");
    expect(
      messages(
        "packages/web/src/view/a.ts",
        `import "./b.css";\nimport c from "./c.svg?raw";\nconsole.log(c);`,
      ),
    ).toEqual([]);
  });

  it("lets an example import the SDK's entries alone, in its tests too", () => {
    for (const path of ["examples/stack/src/agent.ts", "examples/stack/src/agent.test.ts"]) {
      expect(messages(path, `import "@nightowl/sdk";\nimport "./llm.ts";\nimport "fastify";`)).toEqual([]);
      expect(messages(path, `import "@nightowl/sdk/testing";`)).toEqual([]);
      expect(messages(path, `import "@nightowl/sdk/spans/llm-span";`)[0]).toContain("alone");
      expect(messages(path, `import "@nightowl/model/span/span";`)).toHaveLength(1);
      expect(messages(path, `import "../../../packages/sdk/src/index.ts";`)[0]).toContain(
        "leaves the package",
      );
      expect(messages(path, `import "../../other/src/agent.ts";`)[0]).toContain("leaves the package");
    }
  });

  it("keeps Node out of the pure packages", () => {
    expect(messages("packages/otlp/src/decode/json.ts", `import "node:fs";`)[0]).toContain("pure");
    expect(messages("packages/otlp/src/decode/json.test.ts", `import "node:fs";`)).toEqual([]);
    expect(messages("packages/otlp/src/decode/json.ts", `import "node:buffer";`)).toEqual([]);
    expect(messages("packages/model/src/span/span.ts", `import "node:buffer";`)[0]).toContain("pure");
  });
});

describe("inside the server", () => {
  it.each([
    ["receive", "store"],
    ["receive", "queries"],
    ["ingest", "receive"],
    ["store", "ingest"],
    ["queries", "ingest"],
    ["api", "store"],
    ["api", "ingest"],
  ])("%s/ may not import %s/", (from, to) => {
    expect(messages(`packages/server/src/${from}/a.ts`, `import "../${to}/b.ts";`)).toHaveLength(1);
  });

  it.each([
    ["receive", "ingest"],
    ["ingest", "store"],
    ["queries", "store"],
    ["api", "queries"],
  ])("%s/ may import %s/", (from, to) => {
    expect(messages(`packages/server/src/${from}/a.ts`, `import "../${to}/b.ts";`)).toEqual([]);
  });

  it("lets only main and app see both arms, and no layer sees those two", () => {
    const both = `import "./receive/a.ts";\nimport "./api/b.ts";`;
    expect(messages("packages/server/src/app.ts", both)).toEqual([]);
    expect(messages("packages/server/src/listen.ts", both)).toHaveLength(1);
    expect(
      messages("packages/server/src/listen.ts", `import "./receive/a.ts";\nimport "./store/b.ts";`),
    ).toEqual([]);
    expect(messages("packages/server/src/store/a.ts", `import "../main.ts";`)).toHaveLength(1);
    expect(messages("packages/server/src/store/a.ts", `import "../config.ts";`)).toEqual([]);
    expect(
      messages("packages/server/src/main.ts", `import manifest from "../package.json";\nmanifest();`),
    ).toEqual([]);
  });

  it("finds SQL outside store/ and queries/", () => {
    const text = "export const q = (t: string) => `SELECT count() FROM ${t} WHERE 1`;";
    expect(messages("packages/server/src/api/a.ts", text)[0]).toContain("SQL");
    expect(messages("packages/server/src/queries/a.ts", text)).toEqual([]);
    expect(
      messages("packages/server/src/api/a.ts", `export const text = "Select a trace from the list";`),
    ).toEqual([]);
  });
});

describe("inside the page and the dialects", () => {
  it("keeps view/ pure, components/ without endpoints and pages apart", () => {
    expect(messages("packages/web/src/view/a.ts", `import "../data/b.ts";`)).toHaveLength(1);
    expect(messages("packages/web/src/view/a.ts", `import "../data/time-range.ts";`)).toEqual([]);
    expect(messages("packages/web/src/components/a.tsx", `import "../data/b.ts";`)).toHaveLength(1);
    expect(messages("packages/web/src/pages/trace/a.tsx", `import "../traces/b.tsx";`)).toHaveLength(1);
    expect(
      messages("packages/web/src/pages/trace/a.tsx", `import "./b.tsx";\nimport "../../components/c.tsx";`),
    ).toEqual([]);
  });

  it("keeps dialects apart", () => {
    expect(messages("packages/otlp/src/dialects/genai.ts", `import "./openinference.ts";`)).toHaveLength(1);
    expect(messages("packages/otlp/src/dialects/genai.ts", `import "./dialect.ts";`)).toEqual([]);
  });
});

describe("files", () => {
  it("finds barrels", () => {
    expect(messages("packages/model/src/span/all.ts", `export * from "./span.ts";`)[0]).toContain("barrel");
    expect(messages("packages/sdk/src/index.ts", `export { a } from "./a.ts";`)).toEqual([]);
  });

  it("finds names that say nothing, index files and other cases", () => {
    expect(messages("packages/model/src/span/utils.ts", "export const a = 1;")).toHaveLength(1);
    expect(messages("packages/model/src/helpers/span.ts", "export const a = 1;")).toHaveLength(1);
    expect(messages("packages/web/src/pages/index.ts", "export const a = 1;")).toHaveLength(1);
    expect(messages("packages/web/src/view/TraceRow.tsx", "export const a = 1;")).toHaveLength(1);
  });

  it("says the line", () => {
    const [problem] = findProblems({
      path: "packages/web/src/view/a.ts",
      text: `\n\nimport "@nightowl/server/a";`,
    });
    expect(problem?.line).toBe(3);
  });
});
