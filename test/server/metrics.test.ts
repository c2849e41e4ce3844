import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemClock } from "../../src/base/clock.ts";
import { AppError } from "../../src/base/errors.ts";
import { silentLogger } from "../../src/base/log.ts";
import { startServer } from "../../src/server/server.ts";

async function withServer(
  renderMetrics: () => Promise<string>,
  use: (address: string) => Promise<void>,
): Promise<void> {
  const common = { clock: systemClock, logger: silentLogger, renderMetrics };
  const server = await startServer({ ...common, host: "127.0.0.1", port: 0 });
  try {
    await use(`${server.url}/metrics`);
  } finally {
    await server.close();
  }
}

describe("the answer to a scrape", () => {
  it("is 503 and tells no reason when the state cannot be read, and is well again afterwards", async () => {
    let isBroken = true;
    const render = () =>
      isBroken
        ? Promise.reject(new AppError("StateUnavailable", "Cannot read /secret/place"))
        : Promise.resolve("well 1\n");
    await withServer(render, async (address) => {
      const refused = await fetch(address);
      assert.equal(refused.status, 503);
      const text = await refused.text();
      assert.match(text, /"ServiceUnavailable"/);
      assert.doesNotMatch(text, /secret/);
      isBroken = false;
      assert.equal(await (await fetch(address)).text(), "well 1\n");
    });
  });
});
