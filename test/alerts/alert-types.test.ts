import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeAlert } from "../../src/alerts/alert.ts";
import {
  alertTypes,
  typeOf,
  typeOfBackupFailure,
  typeOfStoreFailure,
  typeOfVerifyFailure,
  type AlertTypeId,
} from "../../src/alerts/alert-types.ts";
import { errorCodes } from "../../src/base/errors.ts";
import { findCommand } from "../../src/cli/command-table.ts";

const ids = Object.keys(alertTypes) as readonly AlertTypeId[];
const scope = {
  subscriptionId: "s",
  resourceGroupName: "g",
  locationName: "north-main",
  region: "north",
};

describe("the table of alerts", () => {
  it("has the alerts of the service it follows, and ours", () => {
    for (const family of [
      ...["backup", "partial", "store", "capacity", "configuration", "encryption", "schedule"],
      ...["skip", "retention", "internal-copy", "internal-retention", "recovery-point", "verify"],
      ...["ledger", "drill", "key-proof", "certificate", "clock", "size", "notification", "copy"],
    ])
      assert.ok(
        ids.some((id) => typeOf(id).family === family),
        family,
      );
    assert.equal(new Set(ids.map((id) => typeOf(id).title)).size, ids.length);
  });

  for (const id of ids) {
    it(`${id} says what is wrong and what to do`, async () => {
      const error = { code: "StoreFull", message: "It is full" };
      const text = describeAlert({ typeId: id, scope, error });
      for (const words of [text.title, text.cause, text.step, text.probe, ...text.remediation]) {
        assert.match(words, /^\S.*[^.\s]$/, words);
        assert.doesNotMatch(words, /[{}]/, "a place was not filled in");
      }
      assert.equal(text.error, "StoreFull: It is full");
      assert.ok(text.remediation.length > 0);
      for (const command of commandsIn([text.probe, ...text.remediation]))
        await checkCommand(command);
    });
  }

  it("gives every failure of a backup, a store and a verification an alert", () => {
    for (const code of [...errorCodes, "NeverHeardOf", "constructor"]) {
      for (const find of [typeOfBackupFailure, typeOfStoreFailure, typeOfVerifyFailure])
        assert.ok(ids.includes(find(code)), code);
    }
    assert.equal(typeOfBackupFailure("StoreFull"), "BackupFailedStoreFull");
    assert.equal(typeOfBackupFailure("NeverHeardOf"), "BackupFailed");
    assert.equal(typeOfStoreFailure("StoreReadOnly"), "StoreNotWritable");
    assert.equal(typeOfVerifyFailure("RollbackDetected"), "LedgerMismatch");
  });
});

function commandsIn(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => /holdfast [a-z].*$/.exec(text) ?? []);
}

/** What an alert tells to type exists, with the options it names. */
async function checkCommand(text: string): Promise<void> {
  const words = text.split(/,? /).slice(1);
  const found = findCommand(words.filter((word) => /^(?:--)?[a-z-]+$/.test(word)));
  assert.equal(found.kind, "command", text);
  if (found.kind !== "command") return;
  const { options } = await found.load();
  for (const word of words.filter((one) => one.startsWith("--")))
    assert.ok(Object.hasOwn(options, word.slice(2)), `${text}: ${word}`);
}
