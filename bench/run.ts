import { readdirSync, readFileSync } from "node:fs";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { spawnSync } from "node:child_process";
import { basename, join } from "node:path";

/**
 * `npm run bench [-- NAME…] [-- flags]`: runs every file of bench/, or the named ones, one after the
 * other, each in a process of its own, and says on which machine and when. A bench is a file that
 * exports nothing. Words that start with `-` are handed to the benches.
 */
const folder = import.meta.dirname;
const words = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const flags = process.argv.slice(2).filter((word) => word.startsWith("-"));
const known = readdirSync(folder)
  .filter((name) => name.endsWith(".ts") && name !== "run.ts" && isBench(join(folder, name)))
  .map((name) => basename(name, ".ts"))
  .sort();

const unknown = words.filter((word) => !known.includes(word));
if (unknown.length > 0 || known.length === 0) {
  console.error(
    `no bench is called ${unknown.join(", ") || "anything"}; there are: ${known.join(", ") || "none"}`,
  );
  process.exit(1);
}

const { version } = JSON.parse(readFileSync(join(folder, "../package.json"), "utf8")) as { version: string };
console.log(`nightowl ${version}, ${new Date().toISOString()}`);
console.log(
  `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown CPU"}, ${Math.round(totalmem() / 2 ** 30)} GiB, ` +
    `${platform()} ${release()} ${arch()}, node ${process.version}\n`,
);
for (const name of words.length > 0 ? words : known) {
  console.log(`## ${name}`);
  const { status } = spawnSync(
    process.execPath,
    ["--expose-gc", "--import", "tsx", join(folder, `${name}.ts`), ...flags],
    {
      stdio: "inherit",
      env: { UV_THREADPOOL_SIZE: "16", ...process.env },
    },
  );
  if (status !== 0) process.exitCode = 1;
  console.log("");
}

/** What exports something is there for the benches. */
function isBench(path: string): boolean {
  return !/^export /m.test(readFileSync(path, "utf8"));
}
