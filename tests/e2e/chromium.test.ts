import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { findChromium, launchBrowser } from "./chromium.ts";

const folder = mkdtempSync(join(tmpdir(), "nightowl-chromium-"));
const browser = join(folder, "chromium");
writeFileSync(browser, "#!/bin/sh\n");
chmodSync(browser, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));

it("takes the browser that is asked for, before any other", () => {
  expect(findChromium({ NIGHTOWL_CHROMIUM: browser, PATH: "/usr/bin" })).toBe(browser);
});

it("does not pass over a wrong setting", () => {
  const missing = join(folder, "missing");
  expect(() => findChromium({ NIGHTOWL_CHROMIUM: missing, PATH: folder })).toThrow(missing);
  expect(() => findChromium({ NIGHTOWL_CHROMIUM: folder })).toThrow(folder);
});

it("finds one on the PATH, passing over what cannot be run", () => {
  const other = mkdtempSync(join(folder, "other-"));
  writeFileSync(join(other, "chromium"), "not executable");
  expect(findChromium({ PATH: `${other}:${folder}` })).toBe(browser);
});

it("launches a browser that shows a page", async () => {
  const launched = await launchBrowser();
  const page = await launched.newPage();
  await page.setContent("<title>hoo</title>");
  expect(await page.title()).toBe("hoo");
  await launched.close();
});
