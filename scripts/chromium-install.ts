import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { findChromium } from "../tests/e2e/chromium.ts";

/**
 * The path of a Chromium, installing one where the machine has none: Debian's package as root or by
 * passwordless sudo, else Playwright's download. Says on standard output what it does.
 * Throws, naming what to install by hand, when neither works.
 */
export function installChromium(say: (line: string) => void = console.log): string {
  const there = findChromium();
  if (there) {
    say(`browser tests use ${there}`);
    return there;
  }
  say("no Chromium here: installing one for the browser tests");
  const attempts = [installDebianPackage, installByPlaywright];
  for (const attempt of attempts) {
    attempt(say);
    const path = findChromium();
    if (path) {
      say(`browser tests use ${path}`);
      return path;
    }
  }
  throw new Error(
    "no Chromium could be installed. Install one (Debian and Ubuntu: `apt-get install chromium`; " +
      "anywhere: `npx playwright-core install --with-deps chromium`) or set NIGHTOWL_CHROMIUM to the path of one.",
  );
}

function installDebianPackage(say: (line: string) => void): void {
  if (!isDebian() || !succeeds("apt-get", ["--version"])) return;
  const root = process.getuid?.() === 0;
  if (!root && !succeeds("sudo", ["-n", "true"])) {
    say("apt-get needs root and sudo asks for a password: leaving Debian's package aside");
    return;
  }
  const apt = (...args: string[]): boolean => {
    const command = [
      ...(root ? [] : ["sudo", "-n"]),
      "env",
      "DEBIAN_FRONTEND=noninteractive",
      "apt-get",
      "-qq",
      ...args,
    ];
    say(`$ ${command.join(" ")}`);
    const [program = "", ...rest] = command;
    return spawnSync(program, rest, { stdio: ["ignore", "inherit", "inherit"] }).status === 0;
  };
  apt("update");
  // The fonts make text in screenshots look as it does on a desk.
  apt("install", "-y", "--no-install-recommends", "chromium", "fonts-liberation");
}

function installByPlaywright(say: (line: string) => void): void {
  const cli = createRequire(import.meta.url).resolve("playwright-core/cli.js");
  const withDeps = process.platform === "linux" && process.getuid?.() === 0 ? ["--with-deps"] : [];
  say(`$ npx playwright-core install ${[...withDeps, "chromium"].join(" ")}`);
  spawnSync(process.execPath, [cli, "install", ...withDeps, "chromium"], {
    stdio: ["ignore", "inherit", "inherit"],
  });
}

/** Ubuntu's `chromium` package is a door to snap, which containers do not have: Debian only. */
function isDebian(): boolean {
  try {
    return /^ID="?debian"?$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}

function succeeds(program: string, args: string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}
