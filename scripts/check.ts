import { packageBin, runNode } from "./run-step.ts";

interface Check {
  name: string;
  args: string[];
  /** The command that mends it, or the one that shows it alone. */
  mend: string;
}

const TSX = ["--import", "tsx"];
const CHECKS: Check[] = [
  { name: "format", args: [packageBin("oxfmt"), "--check", "."], mend: "npm run format" },
  {
    name: "lint",
    args: [packageBin("oxlint")],
    mend: "npx oxlint --fix (what it cannot mend is listed above)",
  },
  {
    name: "types",
    args: [packageBin("typescript", "tsc"), "-p", "."],
    mend: "npx tsc -p . (shows it alone)",
  },
  {
    name: "imports",
    args: [...TSX, "scripts/check-imports.ts"],
    mend: "ARCHITECTURE.md, “What may import what”, has the rules; npx tsx scripts/check-imports.ts shows it alone",
  },
  {
    name: "size",
    args: [...TSX, "scripts/check-size.ts"],
    mend: "split the file by what its parts are about; npx tsx scripts/check-size.ts shows it alone",
  },
  {
    name: "unused",
    args: [packageBin("knip"), "--no-progress", "--no-config-hints"],
    mend: "remove what is listed above; npx knip shows it alone",
  },
];
const UNIT: Check = {
  name: "unit",
  args: [packageBin("vitest"), "run", "--exclude", "tests/**"],
  mend: "npx vitest run <file> runs one file; npx vitest <file> runs it on every change",
};

/**
 * `npm run check`: every check, each with the command that mends it when it fails.
 * `--no-unit` leaves out the unit tests. Exit code 1 when something failed.
 */
const checks = process.argv.includes("--no-unit") ? CHECKS : [...CHECKS, UNIT];
const failed: string[] = [];
for (const { name, args, mend } of checks) {
  const { ok, output, durationMs } = await runNode(args);
  const seconds = (durationMs / 1000).toFixed(1);
  if (ok) {
    console.log(`ok    ${name.padEnd(8)} ${seconds} s`);
    continue;
  }
  failed.push(name);
  console.log(`${output.trimEnd()}\nFAIL  ${name.padEnd(8)} ${seconds} s\n      to mend it: ${mend}`);
}
if (failed.length > 0) {
  console.log(`\nchecks failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}
