import { rmSync } from "node:fs";
import { join } from "node:path";
import { initTestTracing } from "@nightowl/sdk/testing";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AgentEvent } from "./agent.ts";
import { openAssistant, type Assistant } from "./assistant.ts";
import { startScriptedServer } from "./scripted-model/scripted-server.ts";
import { writeDocs } from "./docs.fixture.ts";

const { tracing, exporter } = initTestTracing();
const QUESTION = "When is the nest box cleaned?";
const pace = { firstTokenMs: 0, perTokenMs: 0 };
let docsRoot: string;
let assistant: Assistant;

beforeAll(async () => {
  docsRoot = writeDocs();
  assistant = await openAssistant({ env: {}, docsRoot, pace });
});
afterAll(async () => {
  await assistant.close();
  rmSync(docsRoot, { recursive: true });
});
beforeEach(async () => {
  await tracing.flush();
  exporter.reset();
});

describe("a run", () => {
  it("searches, reads what was cut, and answers from it with its source", async () => {
    const run = await assistant.ask(QUESTION);
    expect(run).toMatchObject({
      stopReason: "answer",
      iterations: 3,
      citations: ["nest-box#cleaning"],
    });
    expect(run.answer).toContain("once a year, in November");
    expect(run.usage.inputTokens).toBeGreaterThan(run.usage.outputTokens);
  });

  it("is one trace: the agent, and in it calls of the model and of tools, nested as they ran", async () => {
    const { answer } = await assistant.ask(QUESTION);
    await tracing.flush();
    const [run, ...others] = exporter.roots();
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      name: "agent.run",
      kind: "AGENT",
      status: "ok",
      attributes: {
        "input.value": QUESTION,
        "output.value": answer,
        "agent.stop_reason": "answer",
        "agent.iterations": 3,
      },
    });
    expect(run?.children.map(({ name }) => name)).toEqual([
      "llm.chat",
      "tool.search_docs",
      "llm.chat",
      "tool.fetch_chunk",
      "llm.chat",
    ]);
    const [first, search] = run?.children ?? [];
    expect(search?.children.map(({ name }) => name)).toEqual(["retrieval"]);
    expect(first?.attributes).toMatchObject({
      "llm.model_name": "scripted-1",
      "llm.provider": "scripted",
      "llm.input_messages.1.message.content": QUESTION,
      "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "search_docs",
      "llm.prompt_template.version": "v2",
      "llm.prompt_template.template": expect.stringContaining("{{product}}"),
      "llm.token_count.prompt": expect.any(Number),
      "llm.cost.total": expect.any(Number),
    });
    expect(search?.attributes["tool.id"]).toBe(
      first?.attributes["llm.output_messages.0.message.tool_calls.0.tool_call.id"],
    );
  });

  it("says that it does not know what the documentation does not say", async () => {
    const { answer } = await assistant.ask("What is the capital of France?");
    expect(answer).toContain("I do not know");
  });

  it("uses the version of the prompt that it is told: the first does not ask for sources", async () => {
    const run = await assistant.ask(QUESTION, { promptVersion: "v1" });
    expect(run.answer).toContain("November");
    expect(run.citations).toEqual([]);
    await tracing.flush();
    const versions = exporter.spans().map(({ attributes }) => attributes["llm.prompt_template.version"]);
    expect(new Set(versions)).toEqual(new Set([undefined, "v1"]));
  });

  it("remembers what was said before", async () => {
    const history = [
      { role: "user", content: "How often does the camera send a picture?" },
      { role: "assistant", content: "Every ten minutes." },
    ] as const;
    const { answer } = await assistant.ask("And how long does its battery last?", { history });
    expect(answer).toContain("three weeks");
  });

  it("streams: tools as they are called, then the answer piece by piece", async () => {
    const events: AgentEvent[] = [];
    const run = await assistant.ask(QUESTION, { onEvent: (event) => events.push(event) });
    expect(events.slice(0, 2)).toEqual([
      { type: "tool", name: "search_docs", arguments: expect.any(String) },
      { type: "tool", name: "fetch_chunk", arguments: '{"id":"nest-box#cleaning"}' },
    ]);
    const texts = events.flatMap((event) => (event.type === "text" ? [event.text] : []));
    expect(texts.length).toBeGreaterThan(5);
    expect(texts.join("")).toBe(run.answer);
    await tracing.flush();
    const calls = exporter.spans().filter(({ name }) => name === "llm.chat");
    expect(calls.at(-1)?.attributes["llm.output_messages.0.message.content"]).toBe(run.answer);
    for (const call of calls)
      expect(call.events.map(({ name }) => name)).toContain("First Token Stream Event");
  });
});

describe("a run that goes wrong", () => {
  it("stops after so many rounds", async () => {
    const run = await assistant.ask(`${QUESTION} [[loop]]`, { maxIterations: 3 });
    expect(run).toMatchObject({ stopReason: "max_iterations", iterations: 3 });
    expect(run.answer).toContain("3 steps");
  });

  it.each([
    ["length", "length"],
    ["content-filter", "content_filter"],
  ])("at %s says so", async (fault, stopReason) => {
    expect(await assistant.ask(`${QUESTION} [[${fault}]]`)).toMatchObject({ stopReason });
  });

  it.each(["bad-arguments", "unknown-tool"])("with %s tells the model, which does better", async (fault) => {
    const run = await assistant.ask(`${QUESTION} [[${fault}]]`);
    expect(run).toMatchObject({ stopReason: "answer", iterations: 4, citations: ["nest-box#cleaning"] });
    await tracing.flush();
    const failed = exporter.spans().filter(({ status }) => status === "error");
    expect(failed.map(({ attributes }) => attributes["error.type"])).toEqual(["ToolInputError"]);
  });

  it("tries again when the endpoint fails once, and not for ever", async () => {
    expect(await assistant.ask(`${QUESTION} [[500-once]]`)).toMatchObject({ stopReason: "answer" });
    await expect(assistant.ask(`${QUESTION} [[429]]`)).rejects.toThrow(OpenAI.RateLimitError);
    await tracing.flush();
    const failed = exporter.spans().filter(({ status }) => status === "error");
    expect(failed.map(({ name }) => name).toSorted()).toEqual(["agent.run", "llm.chat"]);
    const run = failed.find(({ name }) => name === "agent.run");
    expect(run?.attributes["agent.stop_reason"]).toBe("error");
  });

  it.each(["cut", "error-in-stream"])(
    "fails when a stream ends by %s, and the trace has what came",
    async (fault) => {
      await expect(assistant.ask(`${QUESTION} [[${fault}]]`, { onEvent: () => {} })).rejects.toThrow();
      await tracing.flush();
      expect(exporter.span("llm.chat")).toMatchObject({
        status: "error",
        attributes: {
          "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "search_docs",
          "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments":
            expect.stringMatching(/[^}]$/),
        },
      });
    },
  );

  it("ends when it is aborted", async () => {
    const controller = new AbortController();
    const asking = assistant.ask(`${QUESTION} [[hang]]`, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(asking).rejects.toThrow(OpenAI.APIUserAbortError);
    await tracing.flush();
    expect(exporter.span("agent.run").attributes["agent.stop_reason"]).toBe("aborted");
  });

  it("fails when a tool has a bug, and the trace has the stack", async () => {
    const broken = await openAssistant({ env: { STACK_FAULT: "missing-source" }, docsRoot, pace });
    await expect(broken.ask(QUESTION)).rejects.toThrow("ENOENT");
    await broken.close();
    await tracing.flush();
    const tool = exporter.span("tool.fetch_chunk");
    expect(tool).toMatchObject({
      status: "error",
      statusMessage: expect.stringContaining(join(docsRoot, "moved")),
    });
    expect(tool.events[0]?.attributes["exception.stacktrace"]).toContain("corpus.ts");
    expect(exporter.span("agent.run").status).toBe("error");
  });
});

describe("an assistant", () => {
  it("takes the endpoint that the environment names, with the model", async () => {
    const other = await startScriptedServer({ pace });
    const env = { OPENAI_BASE_URL: other.baseUrl, STACK_MODEL: "scripted-1" };
    const configured = await openAssistant({ env, docsRoot });
    expect(configured.description).toBe(`scripted-1 at ${other.baseUrl}`);
    expect(await configured.ask(QUESTION)).toMatchObject({ stopReason: "answer" });
    await configured.close();
    await other.close();
  });

  it("does not take a fault that it has not", async () => {
    await expect(openAssistant({ env: { STACK_FAULT: "fire" }, docsRoot, pace })).rejects.toThrow(
      "missing-source",
    );
  });
});
