import { marked, type Token, type Tokens } from "marked";

/** A passage of a document: what is searched, and what the model is shown. */
export interface Chunk {
  /** `configuration#ports`: the document and the heading's anchor; a second part of a section ends in `~2`. */
  id: string;
  /** Path of the file below the documentation's root. */
  path: string;
  /** Headings from the document's title down to the section's own. */
  headings: string[];
  /** Markdown, without the heading. */
  text: string;
}

/** A passage is about as long as a model reads at a glance: some 250 tokens. */
const MAX_CHARS = 1000;
/** Less says nothing: the `Accepted.` below a heading `Status`. */
const MIN_CHARS = 20;

/**
 * Cuts a markdown document into passages: one for each section, and where a section is longer than `MAX_CHARS`
 * several, cut between paragraphs, list items and table rows (each part of a table has its head). A code block
 * is never cut. Sections with next to no text of their own are left out.
 */
export function chunkMarkdown(path: string, markdown: string): Chunk[] {
  const document = documentName(path);
  const anchors = new Map<string, number>();
  return listSections(marked.lexer(markdown)).flatMap(({ headings, blocks }) => {
    const anchor = createAnchor(headings.at(-1) ?? document, anchors);
    return packBlocks(blocks).map((text, part) => ({
      id: `${document}#${anchor}${part === 0 ? "" : `~${part + 1}`}`,
      path,
      headings,
      text,
    }));
  });
}

/** `docs/decisions/0001-derive-on-read.md` is `decisions/0001-derive-on-read`, `README.md` is `readme`. */
function documentName(path: string): string {
  return path
    .replace(/^docs\//, "")
    .replace(/\.md$/, "")
    .toLowerCase();
}

interface Section {
  headings: string[];
  blocks: string[];
}

function listSections(tokens: Token[]): Section[] {
  const sections: Section[] = [];
  const open: { depth: number; text: string }[] = [];
  for (const token of tokens) {
    if (token.type === "heading") {
      const { depth, text } = token as Tokens.Heading;
      while ((open.at(-1)?.depth ?? 0) >= depth) open.pop();
      open.push({ depth, text: text.replaceAll("`", "") });
      sections.push({ headings: open.map((heading) => heading.text), blocks: [] });
    } else {
      if (sections.length === 0) sections.push({ headings: [], blocks: [] });
      sections.at(-1)?.blocks.push(...listBlocks(token));
    }
  }
  return sections.filter(({ blocks }) => blocks.join("").length >= MIN_CHARS);
}

/** The smallest pieces that make sense alone. */
function listBlocks(token: Token): string[] {
  if (token.type === "space" || token.type === "hr" || token.type === "html") return [];
  if (token.type === "list") return (token as Tokens.List).items.map((item) => unwrap(item.raw));
  if (token.type === "table") return splitTable(token.raw.trim());
  return [token.type === "paragraph" ? unwrap(token.raw) : token.raw.trim()];
}

/** Lines that were broken to fit a file's width, put together again. */
function unwrap(text: string): string {
  return text.includes("```") ? text.trim() : text.trim().replaceAll(/\n\s*(?![-*] |\d+\. )/g, " ");
}

function splitTable(raw: string): string[] {
  const [head = "", rule = "", ...rows] = raw.split("\n").map((row) => row.replaceAll(/ {2,}/g, " "));
  const shortRule = rule.replaceAll(/-{3,}/g, "---");
  const parts: string[] = [];
  let part: string[] = [];
  for (const row of rows) {
    if (part.length > 0 && [head, shortRule, ...part, row].join("\n").length > MAX_CHARS) {
      parts.push([head, shortRule, ...part].join("\n"));
      part = [];
    }
    part.push(row);
  }
  return [...parts, [head, shortRule, ...part].join("\n")];
}

function packBlocks(blocks: string[]): string[] {
  const parts: string[] = [];
  for (const block of blocks) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + block.length + 2 <= MAX_CHARS)
      parts[parts.length - 1] = `${last}\n\n${block}`;
    else parts.push(block);
  }
  return parts;
}

/** The anchor that GitHub gives a heading, so that an id leads to the place. */
function createAnchor(heading: string, taken: Map<string, number>): string {
  const anchor = heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");
  const count = taken.get(anchor) ?? 0;
  taken.set(anchor, count + 1);
  return count === 0 ? anchor : `${anchor}-${count}`;
}
