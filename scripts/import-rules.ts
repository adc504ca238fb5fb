import { posix } from "node:path";
import { parseSync, Visitor } from "rolldown/utils";

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  path: string;
  text: string;
}

export interface Problem {
  path: string;
  line: number;
  message: string;
}

/** Which of our packages a package may import. The command line reaches the server from one file only. */
const PACKAGE_IMPORTS: Record<string, readonly string[]> = {
  model: [],
  otlp: ["model"],
  server: ["otlp", "model"],
  web: ["model"],
  cli: ["model"],
  sdk: [],
};
/** An example is what a user would write: it imports what the SDK exports, and nothing else of ours. */
const EXAMPLE_IMPORTS = /^@nightowl\/sdk(\/testing)?$/;
const CLI_SERVER_FILES = ["packages/cli/src/commands/serve.ts"];

/** What each folder of the server may import: receive → ingest → store ← queries ← api; prices stand beside the store. */
const SERVER_LAYERS: Record<string, readonly string[]> = {
  receive: ["ingest"],
  ingest: ["store"],
  store: [],
  pricing: ["store"],
  queries: ["store"],
  api: ["queries", "pricing"],
};
/** The arm that writes and the arm that answers; what stands beside the folders sees one at most. */
const SERVER_ARMS = [
  ["receive", "ingest"],
  ["queries", "api"],
];
/** The only files of the server that see both arms. */
const SERVER_ROOTS = ["main", "app"];
const SQL_FOLDERS = /^packages\/server\/src\/(store|queries)\//;
const SQL =
  /\b(SELECT\s[\s\S]+\sFROM|INSERT\s+INTO|CREATE\s+TABLE|ALTER\s+TABLE|DROP\s+TABLE|OPTIMIZE\s+TABLE|DELETE\s+FROM)\s/;

/**
 * Layers of the page, by folder: `view` is pure, `components` know no endpoint, pages know no other page. The
 * time and its ranges are in `data` because they live in the address, and know no endpoint either.
 */
const WEB_FORBIDDEN: Record<string, readonly string[]> = {
  view: ["pages", "components", "data"],
  components: ["pages", "data"],
  data: ["pages", "components"],
};
const WEB_TIME = /^packages\/web\/src\/data\/(time-range|use-now)\.ts$/;

/** Modules of Node that a package without I/O may use; `model` runs in a browser and may use none. */
const PURE_PACKAGES: Record<string, readonly string[]> = { model: [], otlp: ["node:buffer"] };
const BANNED_NAMES = [
  "utils",
  "util",
  "helpers",
  "helper",
  "common",
  "shared",
  "manager",
  "service",
  "processor",
];
const BANNED = new Set([...BANNED_NAMES, "handler", "types"]);
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;
/** Entries of a package that are its public surface, so re-exporting is their work. */
const SURFACES = new Set(["packages/sdk/src/index.ts"]);

/**
 * Everything about one file that breaks the rules of imports, layers and names
 * (ARCHITECTURE.md, "What may import what"). An empty list is a clean file.
 */
export function findProblems(file: SourceFile): Problem[] {
  const { imports, reexports, ownStatements, literals } = readModule(file);
  const report = (message: string, offset = 0): Problem => ({
    path: file.path,
    line: file.text.slice(0, offset).split("\n").length,
    message,
  });
  const problems = nameProblems(file.path).map((message) => report(message));

  if (!SURFACES.has(file.path) && reexports > 0 && ownStatements === 0) {
    problems.push(report("a barrel: a file that only re-exports. Import from the file that has the thing"));
  }
  for (const { specifier, offset } of imports) {
    for (const message of importProblems(file.path, specifier)) problems.push(report(message, offset));
  }
  problems.push(...armProblems(file.path, imports).map((message) => report(message)));
  if (file.path.startsWith("packages/server/src/") && !SQL_FOLDERS.test(file.path) && !isTest(file.path)) {
    for (const { value, offset } of literals) {
      if (SQL.test(`${value} `)) problems.push(report("SQL outside store/ and queries/", offset));
    }
  }
  return problems;
}

interface ModuleFacts {
  imports: { specifier: string; offset: number }[];
  reexports: number;
  ownStatements: number;
  literals: { value: string; offset: number }[];
}

function readModule({ path, text }: SourceFile): ModuleFacts {
  const { program } = parseSync(path, text);
  const facts: ModuleFacts = { imports: [], reexports: 0, ownStatements: 0, literals: [] };
  const addImport = (source: { value: unknown; start: number } | null): void => {
    if (typeof source?.value === "string")
      facts.imports.push({ specifier: source.value, offset: source.start });
  };
  for (const statement of program.body) {
    const reexport =
      statement.type === "ExportAllDeclaration" ||
      (statement.type === "ExportNamedDeclaration" && statement.source !== null);
    if (reexport) facts.reexports++;
    else if (statement.type !== "ImportDeclaration") facts.ownStatements++;
  }
  new Visitor({
    ImportDeclaration: (node) => addImport(node.source),
    ExportAllDeclaration: (node) => addImport(node.source),
    ExportNamedDeclaration: (node) => addImport(node.source),
    ImportExpression: (node) => {
      if (node.source.type === "Literal") addImport(node.source);
    },
    TSImportType: (node) => addImport(node.source),
    Literal: (node) => {
      if (typeof node.value === "string") facts.literals.push({ value: node.value, offset: node.start });
    },
    TemplateLiteral: (node) => {
      const value = node.quasis.map((quasi) => quasi.value.cooked ?? "").join("?");
      facts.literals.push({ value, offset: node.start });
    },
  }).visit(program);
  return facts;
}

function importProblems(from: string, specifier: string): string[] {
  const here = packageOf(from);
  const relative = specifier.startsWith(".");
  const problems: string[] = [];
  if (relative && !/\.\w+(\?\w+)?$/.test(specifier)) {
    problems.push(`${specifier}: relative imports carry their extension (.ts)`);
  }
  if (!here) return problems;

  const target = targetPath(from, specifier);
  const there = target === undefined ? undefined : packageOf(target);
  if (relative && there !== here) {
    problems.push(`${specifier}: leaves the package; import @nightowl/… instead`);
  } else if (!relative && there === here) {
    problems.push(`${specifier}: imports its own package by name; use a relative path`);
  }
  if (isExample(here) && specifier.startsWith("@nightowl/") && !EXAMPLE_IMPORTS.test(specifier)) {
    problems.push(`${specifier}: an example imports @nightowl/sdk and @nightowl/sdk/testing alone`);
  }
  if (isTest(from)) return problems;

  if (there && there !== here && !mayImportPackage(from, here, there)) {
    problems.push(`${here} may not import ${there}`);
  }
  if (specifier.startsWith("node:") && PURE_PACKAGES[here]?.includes(specifier) === false) {
    problems.push(`${here} is pure: it may not import ${specifier}`);
  }
  if (target !== undefined && there === here) problems.push(...layerProblems(here, from, target));
  return problems;
}

function mayImportPackage(from: string, here: string, there: string): boolean {
  if (here === "cli" && there === "server") return CLI_SERVER_FILES.includes(from);
  return PACKAGE_IMPORTS[here]?.includes(there) ?? true;
}

function layerProblems(name: string, from: string, target: string): string[] {
  const [fromFolder, toFolder] = [folderOf(from), folderOf(target)];
  const toRoot = toFolder === "";
  if (name === "server") {
    const allowed = SERVER_LAYERS[fromFolder];
    const rootName = posix.basename(target).replace(/\.ts$/, "");
    if (!allowed) return [];
    if (toRoot)
      return SERVER_ROOTS.includes(rootName) ? [`${fromFolder}/ may not import ${rootName}.ts`] : [];
    const fine = toFolder === fromFolder || allowed.includes(toFolder) || !(toFolder in SERVER_LAYERS);
    return fine ? [] : [`inside the server, ${fromFolder}/ may not import ${toFolder}/`];
  }
  if (name === "web") {
    if (WEB_FORBIDDEN[fromFolder]?.includes(toFolder) && !WEB_TIME.test(target)) {
      return [`inside the page, ${fromFolder}/ may not import ${toFolder}/`];
    }
    if (fromFolder === "pages" && toFolder === "pages" && subfolderOf(from) !== subfolderOf(target)) {
      return [`a page may not import another page (${subfolderOf(target)})`];
    }
  }
  if (name === "otlp" && isDialect(from) && isDialect(target)) {
    return [`a dialect may not import another (${posix.basename(target)})`];
  }
  return [];
}

function armProblems(from: string, imports: ModuleFacts["imports"]): string[] {
  const name = posix.basename(from).replace(/\.ts$/, "");
  const isServerRoot = packageOf(from) === "server" && folderOf(from) === "";
  if (!isServerRoot || SERVER_ROOTS.includes(name) || isTest(from)) return [];
  const folders = imports.map(({ specifier }) => folderOf(targetPath(from, specifier) ?? ""));
  const sees = SERVER_ARMS.filter((arm) => folders.some((folder) => arm.includes(folder)));
  return sees.length > 1 ? [`${name}.ts imports both arms: only main.ts and app.ts see both`] : [];
}

function nameProblems(path: string): string[] {
  const problems: string[] = [];
  const parts = path.split("/");
  const file = parts.at(-1) ?? "";
  const stem = file.replace(/(\.\w+)+$/, "");
  if (!KEBAB.test(stem)) problems.push(`${file}: file names are kebab-case, after the main export`);
  for (const word of [stem, ...parts.slice(0, -1)]) {
    if (BANNED.has(word)) problems.push(`"${word}" says nothing: name the file after what it holds`);
  }
  if (stem === "index" && path.includes("/src/") && !SURFACES.has(path)) {
    problems.push("index files hide where things are: name the file after its main export");
  }
  return problems;
}

/** A dialect is a file of otlp/src/dialects that names a convention: not the shared shape or the list. */
function isDialect(path: string): boolean {
  const match = /^packages\/otlp\/src\/dialects\/([a-z0-9-]+)\.ts$/.exec(path);
  return match !== null && !["dialect", "dialects", "list"].includes(match[1] ?? "");
}

function targetPath(from: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(from), specifier.replace(/\?\w+$/, ""));
  const match = /^@nightowl\/([a-z]+)\/(.+)$/.exec(specifier);
  return match ? `packages/${match[1]}/src/${match[2]}.ts` : undefined;
}

/** The folder's name below `packages/`; for an example `examples/NAME`. */
function packageOf(path: string): string | undefined {
  return /^packages\/([a-z]+)\//.exec(path)?.[1] ?? /^examples\/[a-z0-9-]+(?=\/)/.exec(path)?.[0];
}

function isExample(name: string): boolean {
  return name.startsWith("examples/");
}

function folderOf(path: string): string {
  return /^packages\/[a-z]+\/src\/([^/]+)\//.exec(path)?.[1] ?? "";
}

function subfolderOf(path: string): string {
  return /^packages\/[a-z]+\/src\/[^/]+\/([^/]+)\//.exec(path)?.[1] ?? "";
}

function isTest(path: string): boolean {
  return /[.-](test|fixture)\.tsx?$/.test(path) || /\/testing\//.test(path);
}
