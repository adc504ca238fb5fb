import { expect, it } from "vitest";
import { formatBanner } from "./banner.ts";
import { createPalette } from "./palette.ts";

it("names the page, the data, the receivers and what is off, with warnings before the first trace", () => {
  const lines = formatBanner(
    {
      version: "0.1.0",
      http: "http://127.0.0.1:7000",
      otlpHttp: null,
      grpc: "127.0.0.1:4317",
      dataDir: "/data",
      warnings: ["Port 4318 on 127.0.0.1 is in use."],
    },
    createPalette(false),
  );
  expect(lines.slice(0, 8)).toEqual([
    "nightowl 0.1.0 is ready",
    "",
    "  page       http://127.0.0.1:7000",
    "  data       /data",
    "  OTLP/HTTP  http://127.0.0.1:7000",
    "  OTLP/gRPC  127.0.0.1:4317",
    "",
    "  ! Port 4318 on 127.0.0.1 is in use.",
  ]);
  expect(lines.at(-3)).toBe("  export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:7000");
});
