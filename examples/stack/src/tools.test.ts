import { initTestTracing } from "@nightowl/sdk/testing";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createToolRegistry, defineTool, ToolInputError, type ToolRegistry } from "./tools.ts";

const { tracing, exporter } = initTestTracing();
afterEach(async () => {
  await tracing.flush();
  exporter.reset();
});

const registry: ToolRegistry = createToolRegistry([
  defineTool({
    name: "add",
    description: "Adds two numbers",
    parameters: z.object({ a: z.number(), b: z.number().default(1).describe("1 unless told") }),
    run: ({ a, b }) => ({ sum: a + b }),
  }),
  defineTool({
    name: "fail",
    description: "Fails",
    parameters: z.object({ how: z.enum(["input", "bug"]) }),
    run({ how }) {
      throw how === "input" ? new ToolInputError("there is no such thing") : new TypeError("a bug");
    },
  }),
  defineTool({
    name: "greet",
    description: "Greets",
    parameters: z.object({}),
    run: async () => "Hello",
  }),
]);
const call = (name: string, args: string): Promise<string> =>
  registry.call({ id: "call_1", name, arguments: args });

describe("what the model is told", () => {
  it("is each tool's JSON schema, in which an argument with a default may be left out", () => {
    expect(registry.definitions[0]).toEqual({
      type: "function",
      function: {
        name: "add",
        description: "Adds two numbers",
        parameters: {
          type: "object",
          properties: {
            a: { type: "number" },
            b: { type: "number", default: 1, description: "1 unless told" },
          },
          required: ["a"],
        },
      },
    });
  });

  it("needs a name for each", () => {
    const twice = defineTool({ name: "a", description: "", parameters: z.object({}), run: () => "" });
    expect(() => createToolRegistry([twice, twice])).toThrow("same name");
  });
});

describe("a call", () => {
  it("gives the result as JSON, a text as it is, and fills in defaults", async () => {
    expect(await call("add", '{"a":2}')).toBe('{"sum":3}');
    expect(await call("greet", "")).toBe("Hello");
  });

  it.each([
    ["add", '{"a":', "not JSON"],
    ["add", '{"a":"two"}', "a"],
    ["subtract", "{}", "there are add, fail, greet"],
    ["fail", '{"how":"input"}', "there is no such thing"],
  ])("of %s with %s tells the model what is wrong", async (name, args, message) => {
    const result = await call(name, args);
    expect(result).toMatch(/^Error: /);
    expect(result).toContain(message);
  });

  it("that meets a bug throws it", async () => {
    await expect(call("fail", '{"how":"bug"}')).rejects.toThrow(TypeError);
  });

  it("is a span with arguments and result, and a red one when it fails, whoever is at fault", async () => {
    await call("add", '{"a":2}');
    await call("add", '{"a":"two"}');
    await call("fail", '{"how":"bug"}').catch(() => {});
    await tracing.flush();
    const [fine, wrong, bug] = exporter.roots();
    expect(fine).toMatchObject({
      name: "tool.add",
      kind: "TOOL",
      status: "ok",
      attributes: {
        "tool.name": "add",
        "tool.id": "call_1",
        "input.value": '{"a":2}',
        "output.value": '{"sum":3}',
      },
    });
    expect(wrong).toMatchObject({
      name: "tool.add",
      status: "error",
      attributes: { "error.type": "ToolInputError" },
    });
    expect(bug).toMatchObject({ name: "tool.fail", status: "error", statusMessage: "a bug" });
    expect(bug?.events[0]?.attributes["exception.stacktrace"]).toContain("tools.test.ts");
  });
});
