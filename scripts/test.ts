import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installChromium } from "./chromium-install.ts";
import { packageBin, runNode } from "./run-step.ts";

/**
 * `npm test`: the checks, a fresh build, then every test, the browser's too. All of it runs even when a
 * part fails; the last line is `N passed, N failed`, counting tests. A test file that could not be
 * loaded counts as one failed test. Exit code 1 when anything failed, checks and build included.
 */
async function main(): Promise<boolean> {
  installChromium();
  const checks = await runNode(["--import", "tsx", "scripts/check.ts", "--no-unit"], { show: true });
  const build = await runNode(["--import", "tsx", "scripts/build.ts"], { show: true });
  const tests = await runTests();
  const failures = [
    ...(checks.ok ? [] : ["the checks failed (above)"]),
    ...(build.ok ? [] : ["the build failed (above)"]),
    ...(tests.ok || tests.failed > 0 ? [] : ["the test run itself failed (above)"]),
  ];
  for (const failure of failures) console.log(failure);
  console.log(`${tests.passed} passed, ${tests.failed} failed`);
  return failures.length === 0 && tests.failed === 0;
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
}

async function runTests(): Promise<{ ok: boolean; passed: number; failed: number }> {
  const folder = mkdtempSync(join(tmpdir(), "nightowl-test-"));
  const reportFile = join(folder, "report.json");
  try {
    const { ok } = await runNode(
      [
        packageBin("vitest"),
        "run",
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${reportFile}`,
      ],
      { show: true },
    );
    const report = readReport(reportFile);
    if (!report) return { ok: false, passed: 0, failed: 0 };
    const unloaded = report.testResults.filter(
      (file) => file.status === "failed" && file.assertionResults.length === 0,
    );
    return { ok, passed: report.numPassedTests, failed: report.numFailedTests + unloaded.length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(path: string): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as VitestReport;
  } catch {
    return undefined;
  }
}

try {
  if (!(await main())) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
