import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { createRatioTest } from "./ratio.ts";

const traceId = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 32, maxLength: 32 });

describe("createRatioTest", () => {
  it("keeps about its share of random ids", () => {
    const isLucky = createRatioTest(0.1);
    const ids = fc.sample(traceId, { numRuns: 20_000, seed: 1 });
    expect(ids.filter(isLucky).length / ids.length).toBeCloseTo(0.1, 1);
  });

  it("keeps all at 1 and none at 0", () => {
    fc.assert(fc.property(traceId, (id) => createRatioTest(1)(id) && !createRatioTest(0)(id)));
  });

  it("keeps with a larger ratio whatever a smaller one keeps, so that services with different ones agree", () => {
    const ratio = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(traceId, ratio, ratio, (id, a, b) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)];
        return !createRatioTest(small)(id) || createRatioTest(large)(id);
      }),
    );
  });

  it("follows OpenTelemetry's thresholds: a half keeps what is at or above 80000000000000", () => {
    const isLucky = createRatioTest(0.5);
    expect(isLucky("00000000000000000080000000000000")).toBe(true);
    expect(isLucky("ffffffffffffffffff7fffffffffffff")).toBe(false);
  });
});
