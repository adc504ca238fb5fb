import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

const COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const FIXED_PLACES = [
  "/usr/bin/chromium",
  "/usr/lib/chromium/chromium",
  "/opt/google/chrome/chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const LAUNCH_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/**
 * The Chromium that the browser tests use, or undefined where the machine has none.
 * Looks at `NIGHTOWL_CHROMIUM`, then the PATH, the usual places and Playwright's cache.
 * Throws when `NIGHTOWL_CHROMIUM` names a file that cannot be run: a wrong setting is not passed over.
 */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const asked = env["NIGHTOWL_CHROMIUM"];
  if (asked) {
    if (!isExecutable(asked)) throw new Error(`NIGHTOWL_CHROMIUM is ${asked}, which cannot be run`);
    return asked;
  }
  const onPath = (env["PATH"] ?? "")
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => COMMANDS.map((command) => join(folder, command)));
  return [...onPath, ...FIXED_PLACES, ...playwrightCache(env)].find(isExecutable);
}

/** A headless browser. Throws, saying what to install, where there is no Chromium. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) {
    throw new Error(
      "no Chromium found: run `npm test`, which installs one, or set NIGHTOWL_CHROMIUM to its path",
    );
  }
  return chromium.launch({ executablePath, args: LAUNCH_ARGS });
}

/** Whatever browsers Playwright's own installer has left here, whichever version wanted them. */
function playwrightCache(env: NodeJS.ProcessEnv): string[] {
  const folders = [
    env["PLAYWRIGHT_BROWSERS_PATH"],
    join(homedir(), ".cache/ms-playwright"),
    join(homedir(), "Library/Caches/ms-playwright"),
  ].filter((folder): folder is string => !!folder && existsSync(folder));
  const found = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.startsWith("chromium"))
      .sort()
      .reverse()
      .flatMap((name) => executablesUnder(join(folder, name))),
  );
  return [chromium.executablePath(), ...found];
}

function executablesUnder(folder: string): string[] {
  const names = [
    "chrome",
    "headless_shell",
    "chrome-headless-shell",
    "Chromium",
    "Google Chrome for Testing",
  ];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => names.includes(path.split("/").at(-1) ?? ""))
    .map((path) => join(folder, path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
