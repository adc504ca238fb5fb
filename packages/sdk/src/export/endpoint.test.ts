import { describe, expect, it } from "vitest";
import { isLoopback, parseHeaders, resolveEndpoint, toTracesUrl } from "./endpoint.ts";

const DEFAULT = "http://localhost:6006/v1/traces";

describe("resolveEndpoint", () => {
  const all = {
    NIGHTOWL_ENDPOINT: "nightowl:1",
    PHOENIX_COLLECTOR_ENDPOINT: "http://phoenix:2",
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://otel-traces:3/custom",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://otel:4/base/",
  };
  const without = (...names: (keyof typeof all)[]): Record<string, string> =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name as keyof typeof all)));

  it.each([
    [{ endpoint: "https://option" }, all, "https://option/v1/traces"],
    [{}, all, "http://nightowl:1/v1/traces"],
    [{}, without("NIGHTOWL_ENDPOINT"), "http://phoenix:2/v1/traces"],
    [{}, without("NIGHTOWL_ENDPOINT", "PHOENIX_COLLECTOR_ENDPOINT"), "http://otel-traces:3/custom"],
    [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: "http://otel:4/base/" }, "http://otel:4/base/v1/traces"],
    [{}, {}, DEFAULT],
    [{}, { NIGHTOWL_ENDPOINT: "  " }, DEFAULT],
    [{ endpoint: "" }, {}, DEFAULT],
    [{}, { PHOENIX_COLLECTOR_ENDPOINT: "http://phoenix/v1/traces" }, "http://phoenix/v1/traces"],
    [
      {},
      { PHOENIX_COLLECTOR_ENDPOINT: "https://app.phoenix.arize.com/s/me" },
      "https://app.phoenix.arize.com/s/me/v1/traces",
    ],
  ])("options %j with variables %j", (options, env, url) => {
    expect(resolveEndpoint(options, env)?.url).toBe(url);
  });

  it("is nothing when the option says so", () => {
    expect(resolveEndpoint({ endpoint: false }, all)).toBeUndefined();
  });

  const keys = {
    NIGHTOWL_API_KEY: "night",
    PHOENIX_API_KEY: "phoe",
    PHOENIX_CLIENT_HEADERS: "x-phoenix=1",
    OTEL_EXPORTER_OTLP_HEADERS: "api-key=otel,x-general=1",
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: "x-general=2",
  };

  it.each([
    [{}, { ...keys, ...all }, { authorization: "Bearer night" }],
    [{ endpoint: "n" }, keys, { authorization: "Bearer night" }],
    [{}, keys, { authorization: "Bearer night" }],
    [{}, { ...keys, PHOENIX_COLLECTOR_ENDPOINT: "p" }, { authorization: "Bearer phoe", "x-phoenix": "1" }],
    [{}, { ...keys, OTEL_EXPORTER_OTLP_ENDPOINT: "o" }, { "api-key": "otel", "x-general": "2" }],
  ])("gives no vendor another's key: options %j, variables %j", (options, env, headers) => {
    expect(resolveEndpoint(options, env)?.headers).toEqual(headers);
  });

  it("puts what the code says above what the environment says", () => {
    const options = { apiKey: "code", headers: { "X-General": "3" } };
    expect(resolveEndpoint(options, { ...keys, OTEL_EXPORTER_OTLP_ENDPOINT: "o" })?.headers).toEqual({
      authorization: "Bearer code",
      "api-key": "otel",
      "x-general": "3",
    });
    const own = { apiKey: "code", headers: { Authorization: "Basic x" } };
    expect(resolveEndpoint(own, {})?.headers).toEqual({ authorization: "Basic x" });
  });

  it.each(["ftp://host", "http://", "http://ho st", "file:///etc/passwd"])("refuses %s", (endpoint) => {
    expect(() => resolveEndpoint({ endpoint }, {})).toThrow(TypeError);
  });

  it("says no password when it refuses", () => {
    expect(() => resolveEndpoint({ endpoint: "ftp://me:secret@host" }, {})).toThrow(
      /^(?!.*secret).*ftp:\/\/…@host/,
    );
  });
});

describe("toTracesUrl", () => {
  it.each([
    ["localhost:6006", DEFAULT],
    ["http://localhost:6006/", DEFAULT],
    ["nightowl.example", "http://nightowl.example/v1/traces"],
    ["[::1]:6006", "http://[::1]:6006/v1/traces"],
    ["https://host/api/otel", "https://host/api/otel"],
    ["https://host?key=1", "https://host/v1/traces?key=1"],
    [" https://host ", "https://host/v1/traces"],
  ])("%s", (address, url) => {
    expect(toTracesUrl(address)).toBe(url);
  });
});

describe("isLoopback", () => {
  it.each([
    ["http://localhost:1", true],
    ["http://127.0.0.1/", true],
    ["http://[::1]:2/", true],
    ["https://localhost.example", false],
    ["https://10.0.0.1", false],
  ])("%s", (url, expected) => {
    expect(isLoopback(url)).toBe(expected);
  });
});

describe("parseHeaders", () => {
  it.each([
    [undefined, {}],
    ["", {}],
    ["a=1,b=2", { a: "1", b: "2" }],
    ["Api-Key = x=y ", { "api-key": "x=y" }],
    ["authorization=Basic%20abc", { authorization: "Basic abc" }],
    ["a=%zz", { a: "%zz" }],
    ["novalue,=nokey,ok=1", { ok: "1" }],
  ])("%s", (text, headers) => {
    expect(parseHeaders(text)).toEqual(headers);
  });
});
