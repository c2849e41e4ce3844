import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { backupSteps } from "../../src/engine/backup/options.ts";
import { restoreSteps } from "../../src/engine/restore/restore-backup.ts";
import { failpointNames } from "../../src/provider/ports.ts";
import { openMortalSite, type MortalSite } from "../support/mortal-site.ts";

const allSteps: readonly string[] = [...failpointNames, ...backupSteps, ...restoreSteps];
const isBackup = (step: string): boolean => /^(?:create-)?backup\./.test(step);
// Each row begins with a step of a PUT, of which there are five.
const chainCount = 4;

/**
 * The steps in rows of their own services. A process that recovers from a death is armed with the next step
 * already, which costs half the starts: so a step of a backup always stands between two others.
 */
function dealSteps(): readonly (readonly string[])[] {
  const backups = allSteps.filter(isBackup);
  const others = allSteps.filter((step) => !isBackup(step));
  return Array.from({ length: chainCount }, (_, chain) => {
    const mine = (steps: readonly string[]): readonly string[] =>
      steps.filter((_step, index) => index % chainCount === chain);
    const rest = mine(backups);
    return mine(others).flatMap((step, index) => [step, ...rest.slice(index, index + 1)]);
  });
}

describe("rule 280, A71: kill -9 of the service", { concurrency: chainCount }, () => {
  for (const [number, steps] of dealSteps().entries()) {
    describe(`chain ${number + 1}`, { concurrency: 1 }, () => {
      let site: MortalSite;
      before(async () => {
        site = await openMortalSite(steps[0] ?? "");
      });
      after(() => site.close());

      for (const [index, step] of steps.entries()) {
        it(`at ${step} leaves nothing open`, async () => {
          const next = steps[index + 1] ?? "";
          await site.die(step);
          await site.start(next);
          await site.recover(step, next);
        });
      }

      it("leaves backups that are all sound", () => site.checkAll());
    });
  }

  it("is tried at every named step", () => {
    assert.deepEqual(dealSteps().flat().toSorted(), allSteps.toSorted());
  });
});
