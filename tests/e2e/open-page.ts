import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launchBrowser } from "./chromium.ts";
import { removeDataDir, startNightowl, type NightowlProcess } from "./nightowl-process.ts";

/** What {@link openPage} has opened for the tests of this file; there from their first hook on. */
export let server: NightowlProcess;
export let browser: Browser;
export let page: Page;

/**
 * Called once at the head of a test file: its tests have the built command on an empty data folder, and a blank page of
 * a browser, in the size given (CSS pixels). All of it is gone when the file's tests are over.
 */
export function openPage({ width = 1440, height = 900 } = {}): void {
  beforeAll(async () => {
    server = await startNightowl({ args: ["--log-level", "error"] });
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width, height } });
    // Shorter than a test's own time, so that a failure names the step.
    page.setDefaultTimeout(20_000);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    if (server) await removeDataDir(server.dataDir);
  });
}
