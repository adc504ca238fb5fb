import { listTerms, listWords } from "../terms.ts";
import { fillSchema, hasQuery, type Material } from "./fill-schema.ts";
import type { ScriptedReply, ScriptedRequest, ScriptedTool } from "./scripted-request.ts";

type Call = ScriptedReply["toolCalls"][number];

/** Properties that take one name each: with several names in the question, the tool is called for each. */
const NAME_PROPERTY = /(city|location|place|country|town|name|person|symbol|ticker|company)/i;
const MAX_CALLS = 4;
const VERBS = new Set(["get", "fetch", "read", "list", "find", "run", "call", "make", "lookup", "look"]);

/**
 * The calls that the model makes first: of a tool whose own name is in the question, or which its description fits by
 * two words or more; and of a search, for everything that is left to be known. None when no tool fits.
 */
export function chooseTools(request: ScriptedRequest, material: Material): Call[] {
  const { tools, toolChoice, parallelToolCalls } = request;
  if (toolChoice === "none" || tools.length === 0) return [];
  const picked = pickTools(request, material);
  const calls = picked.flatMap((tool) => callTool(tool, withoutKnown(material, tool, picked)));
  if (calls.length === 0 && toolChoice === "required")
    calls.push(...callTool(tools[0] as ScriptedTool, material));
  return calls.slice(0, parallelToolCalls ? MAX_CALLS : 1);
}

function pickTools({ tools, toolChoice }: ScriptedRequest, { question }: Material): ScriptedTool[] {
  if (typeof toolChoice === "object") return tools.filter(({ name }) => name === toolChoice.name);
  const searches = tools.filter((tool) => hasQuery(tool.parameters));
  const fitting = tools.filter((tool) => !searches.includes(tool) && fits(tool, question));
  // A part of the question that none of the tools is about is looked up.
  const isOpen = splitClauses(question).some((clause) => {
    const terms = listTerms(clause);
    return terms.length > 0 && listLeft(clause, fitting).length === new Set(terms).size;
  });
  return [...fitting, ...(isOpen ? searches.slice(0, 1) : [])];
}

/** Whether the tool's name is in the question, or its description has two terms or half of a clause of it. */
function fits(tool: ScriptedTool, question: string): boolean {
  // Whole words for the name: `now` is a name, and `get` is none.
  const named = listWords(tool.name.replaceAll("_", " ")).filter((word) => !VERBS.has(word));
  const words = new Set(listWords(question));
  if (named.some((word) => words.has(word))) return true;
  const described = new Set(listTerms(tool.description));
  return splitClauses(question).some((clause) => {
    const terms = [...new Set(listTerms(clause))];
    const known = terms.filter((term) => described.has(term)).length;
    return known >= 2 || (known > 0 && known * 2 >= terms.length);
  });
}

function splitClauses(question: string): string[] {
  return question.split(/[,;?.!]|\band\b/);
}

/** The question's terms that none of the tools is about. */
function listLeft(question: string, tools: readonly ScriptedTool[]): string[] {
  const known = new Set(tools.flatMap((tool) => listTerms(printTool(tool))));
  return [...new Set(listTerms(question))].filter((term) => !known.has(term));
}

function printTool({ name, description }: ScriptedTool): string {
  return `${name.replaceAll("_", " ")} ${description}`;
}

/** A search beside other tools looks for what they do not tell. */
function withoutKnown(material: Material, tool: ScriptedTool, picked: readonly ScriptedTool[]): Material {
  if (!hasQuery(tool.parameters) || picked.length === 1) return material;
  const left = new Set(
    listLeft(
      material.question,
      picked.filter((other) => other !== tool),
    ),
  );
  const query = material.query.split(" ").filter((word) => listTerms(word).some((term) => left.has(term)));
  return { ...material, query: query.join(" ") || material.query };
}

function callTool(tool: ScriptedTool, material: Material): Call[] {
  const takesName = tool.parameters.required?.some((name) => NAME_PROPERTY.test(name)) ?? false;
  const materials =
    takesName && material.names.length > 1
      ? material.names.map((name) => ({ ...material, names: [name] }))
      : [material];
  return materials.map((each) => ({
    name: tool.name,
    arguments: JSON.stringify(fillSchema(tool.parameters, each)),
  }));
}
