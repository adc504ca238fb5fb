import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ConfigError, readConfig, SETTINGS } from "./config.ts";

const dir = mkdtempSync(join(tmpdir(), "nightowl-config-"));
afterAll(() => rmSync(dir, { recursive: true }));

function file(content: string): string {
  const path = join(dir, `${Math.random()}.json`);
  writeFileSync(path, content);
  return path;
}

describe("readConfig", () => {
  it("has a usable default for every setting", () => {
    const config = readConfig();
    expect(config).toMatchObject({
      host: "127.0.0.1",
      port: 6006,
      otlpHttpPort: 4318,
      grpcPort: 4317,
      dataDir: resolve(".nightowl"),
      corsOrigins: [],
      maxBodyBytes: 64 * 1024 ** 2,
      maxDecompressedBytes: 128 * 1024 ** 2,
      retentionDays: 0,
      logLevel: "info",
      warnings: [],
    });
    expect(SETTINGS.map((s) => s.name).sort()).toEqual(
      Object.keys(config)
        .filter((k) => k !== "warnings")
        .sort(),
    );
  });

  it("takes the flag before the variable, the variable before the file, the file before the default", () => {
    const path = file(JSON.stringify({ port: 1001, "grpc-port": 1002, host: "::1" }));
    const config = readConfig({
      argv: ["--port", "3001", `--config=${path}`],
      env: { NIGHTOWL_PORT: "2001", NIGHTOWL_GRPC_PORT: "2002" },
    });
    expect(config).toMatchObject({ port: 3001, grpcPort: 2002, host: "::1", otlpHttpPort: 4318 });
  });

  it("reads every form of value", () => {
    const config = readConfig({
      argv: [
        "--otlp-http-port=off",
        "--max-body-bytes=2MiB",
        "--cors-origins=https://a.example, http://localhost:3000/",
        "--project-by-service=checkout=shop, search=shop",
      ],
    });
    expect(config.otlpHttpPort).toBeNull();
    expect(config.maxBodyBytes).toBe(2 * 1024 ** 2);
    expect(config.corsOrigins).toEqual(["https://a.example", "http://localhost:3000"]);
    expect([...config.projectByService]).toEqual([
      ["checkout", "shop"],
      ["search", "shop"],
    ]);
  });

  it("reads lists, objects and false of the file", () => {
    const path = file(
      JSON.stringify({
        "cors-origins": ["https://a.example"],
        "project-by-service": { a: "b" },
        "grpc-port": false,
      }),
    );
    const config = readConfig({ env: { NIGHTOWL_CONFIG: path } });
    expect(config.corsOrigins).toEqual(["https://a.example"]);
    expect(config.projectByService.get("a")).toBe("b");
    expect(config.grpcPort).toBeNull();
  });

  it("takes an empty variable for none", () => {
    expect(readConfig({ env: { NIGHTOWL_PORT: "" } }).port).toBe(6006);
  });

  it.each([
    [["--port", "70000"], '--port must be a port, 1–65535, or 0 for any free one, not "70000".'],
    [["--port", "-1"], "--port must be a port"],
    [["--port", "http"], "--port must be a port"],
    [["--port"], "--port needs a value."],
    [["--port", "--host", "x"], "--port needs a value."],
    [["--prot", "1"], "Unknown flag --prot. Did you mean --port?"],
    [["--otlp-port", "1"], "Did you mean --otlp-http-port?"],
    [["--zzzzzzzzzz", "1"], /^Unknown flag --zzzzzzzzzz\.$/],
    [["serve"], '"serve" is not understood'],
    [["--max-body-bytes", "12"], "--max-body-bytes must be a size"],
    [["--max-decompressed-bytes", "1MiB"], "must not be less than --max-body-bytes"],
    [["--cors-origins", "app.example"], "--cors-origins must be origins such as"],
    [["--log-level", "loud"], "--log-level must be one of trace, debug"],
    [["--project-by-service", "a"], "must be service=project pairs"],
    [["--retention-days", "1.5"], "--retention-days must be a whole number"],
    [["--data-dir", ""], "--data-dir must not be empty"],
    [["--config", "/does/not/exist"], "The configuration file /does/not/exist cannot be read"],
  ])("refuses %j", (argv, message) => {
    expect(() => readConfig({ argv })).toThrow(ConfigError);
    expect(() => readConfig({ argv })).toThrow(message);
  });

  it("names the variable that holds a bad value", () => {
    expect(() => readConfig({ env: { NIGHTOWL_GRPC_PORT: "x" } })).toThrow(
      /^NIGHTOWL_GRPC_PORT must be a port/,
    );
  });

  it.each([
    ["[]", "must hold one JSON object"],
    ["{", "cannot be read"],
    ['{"prot": 1}', 'has an unknown key "prot". Did you mean "port"?'],
    ['{"port": null}', '"port" cannot be null'],
    ['{"port": 99999}', /^"port" in .* must be a port/],
  ])("refuses the file %s", (content, message) => {
    expect(() => readConfig({ argv: ["--config", file(content)] })).toThrow(message);
  });

  it("warns of variables that no setting has", () => {
    const { warnings } = readConfig({
      env: { NIGHTOWL_PROT: "1", NIGHTOWL_URL: "x", NIGHTOWL_ENDPOINT: "x", HOME: "y" },
    });
    expect(warnings).toEqual([
      "The variable NIGHTOWL_PROT is not a setting and was ignored. Did you mean NIGHTOWL_PORT?",
    ]);
  });
});
