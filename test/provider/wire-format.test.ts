import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatCapacity, formatDateTime, formatDuration } from "../../src/provider/wire-format.ts";

describe("capacity as published versions write it", () => {
  const gibibyte = 2 ** 30;
  const cases: readonly [bytes: number, text: string][] = [
    [29.6 * 2 ** 40 + 1e9, "29.6 TB"],
    [2 ** 40, "1.00 TB"],
    [2 ** 40 - 1, "0.99 TB"],
    [1000 * gibibyte, "0.97 TB"],
    [999.9 * gibibyte, "999 GB"],
    [965 * gibibyte, "965 GB"],
    [979.99 * gibibyte, "979 GB"],
    [10 * gibibyte, "10.0 GB"],
    [1.5 * gibibyte, "1.50 GB"],
    [512, "512 bytes"],
    [0, "0 bytes"],
    [2000 * 2 ** 50, "2000 PB"],
  ];
  for (const [bytes, text] of cases) {
    it(`${bytes} bytes are ${text}`, () => assert.equal(formatCapacity(bytes), text));
  }
});

describe("times as published versions write them", () => {
  it("cut trailing zeros of the fraction", () => {
    assert.equal(formatDateTime("2020-03-05T18:46:45.120Z"), "2020-03-05T18:46:45.12Z");
  });
  it("have no fraction on the full second", () => {
    assert.equal(formatDateTime("2020-03-05T18:46:45.000Z"), "2020-03-05T18:46:45Z");
  });
  it("keep up to seven digits", () => {
    assert.equal(formatDateTime("2020-03-05T18:46:45.0858620Z"), "2020-03-05T18:46:45.085862Z");
  });
});

describe("durations as published versions write them", () => {
  const cases: readonly [milliseconds: number, text: string][] = [
    [0, "PT0S"],
    [1, "PT0.001S"],
    [12_500, "PT12.5S"],
    [60_000, "PT1M"],
    [21 * 60_000 + 15_008, "PT21M15.008S"],
    [3_600_000 + 21 * 60_000 + 55_394, "PT1H21M55.394S"],
    [26 * 3_600_000, "P1DT2H"],
    [86_400_000, "P1D"],
    [-5, "PT0S"],
  ];
  for (const [milliseconds, text] of cases) {
    it(`${milliseconds} ms are ${text}`, () => assert.equal(formatDuration(milliseconds), text));
  }
});
