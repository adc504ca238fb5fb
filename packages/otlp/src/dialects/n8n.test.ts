import { expect, test } from "vitest";
import { readSpan } from "../normalise/wire-span.fixture.ts";

test.each([
  ["@n8n/n8n-nodes-langchain.agent", "AGENT"],
  ["@n8n/n8n-nodes-langchain.lmChatOpenAi", "LLM"],
  ["@n8n/n8n-nodes-langchain.toolCalculator", "TOOL"],
  ["@n8n/n8n-nodes-langchain.embeddingsOpenAi", "EMBEDDING"],
  ["@n8n/n8n-nodes-langchain.vectorStoreInMemory", "RETRIEVER"],
  ["n8n-nodes-base.httpRequest", "CHAIN"],
])("a node of type %s is %s, by its own name", (type, kind) => {
  const span = readSpan({ "n8n.node.type": type, "n8n.node.name": "Step" }, { name: "node.execute" });
  expect(span).toMatchObject({ kind, displayName: "Step" });
});

test("a workflow", () => {
  const workflow = { "n8n.workflow.id": "w", "n8n.workflow.name": "Support" };
  expect(readSpan(workflow, { name: "workflow.execute" })).toMatchObject({
    kind: "CHAIN",
    displayName: "Support",
  });
});
