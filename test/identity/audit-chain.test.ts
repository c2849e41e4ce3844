import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import {
  createAuditSigner,
  emptyChainHash,
  newAuditKey,
  type AuditRecord,
} from "../../src/identity/audit-chain.ts";
import { createAuditChecker, type AuditHead } from "../../src/identity/audit-check.ts";

const signer = createAuditSigner(newAuditKey());

function aLog(count: number, by = signer): AuditRecord[] {
  const records: AuditRecord[] = [];
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const previous = records.at(-1)?.hash ?? emptyChainHash;
    records.push(by.seal({ event: "Ended", status: 200 + sequence }, sequence, previous));
  }
  return records;
}

function headOf(records: readonly AuditRecord[]): AuditHead {
  const last = records.at(-1);
  return { sequence: last?.sequence ?? 0, hash: last?.hash ?? emptyChainHash };
}

/** The codes of what is found, with the record where it shows. */
function check(
  records: readonly AuditRecord[],
  head: AuditHead = headOf(records),
  noted?: AuditHead,
): readonly string[] {
  const checker = createAuditChecker(signer.publicKey, noted);
  const findings = [...records.flatMap((record) => checker.add(record)), ...checker.end(head)];
  return findings.map(({ code, sequence }) => `${code} ${sequence}`);
}

function changed(record: AuditRecord | undefined, changes: object): AuditRecord {
  assert.ok(record);
  return { ...record, ...changes };
}

describe("the chain of the audit log", () => {
  const log = aLog(5);

  it("is whole when nobody touched it, in whatever order its properties come", () => {
    assert.deepEqual(check(log), []);
    assert.deepEqual(check([]), []);
    const turned = log.map(
      (record) => Object.fromEntries(Object.entries(record).reverse()) as unknown as AuditRecord,
    );
    assert.deepEqual(check(turned), []);
  });

  it("can be hashed by anybody who reads how", () => {
    const [record] = log;
    const { hash, signature: _signature, ...content } = record ?? assert.fail();
    const entries = Object.entries(content).sort(([one], [other]) => (one < other ? -1 : 1));
    const text = `holdfast audit v1\n${JSON.stringify(entries)}`;
    assert.equal(createHash("sha256").update(text).digest("hex"), hash);
  });

  it("shows a changed record", () => {
    assert.deepEqual(check(log.with(2, changed(log[2], { status: 999 }))), [
      "AuditRecordChanged 3",
    ]);
    assert.deepEqual(check(log.with(2, changed(log[2], { more: 1 }))), ["AuditRecordChanged 3"]);
    const { status: _status, ...less } = log[2] ?? assert.fail();
    assert.deepEqual(check(log.with(2, less)), ["AuditRecordChanged 3"]);
  });

  it("shows a record that was changed and hashed again", () => {
    const other = createAuditSigner(newAuditKey());
    const forged = other.seal({ event: "Ended", status: 999 }, 3, log[1]?.hash ?? "");
    const found = check(log.with(2, forged));
    assert.deepEqual(found, ["AuditSignatureInvalid 3", "AuditOrderBroken 4"]);
    const broken = changed(log[2], { signature: "AAAA" });
    assert.deepEqual(check(log.with(2, broken)), ["AuditSignatureInvalid 3"]);
  });

  it("shows a removed record", () => {
    assert.deepEqual(check(log.toSpliced(2, 1)), ["AuditRecordMissing 4"]);
    assert.deepEqual(check(log.slice(1), headOf(log)), ["AuditStartMissing 2"]);
  });

  it("shows an inserted record", () => {
    const copy = log[1] ?? assert.fail();
    assert.deepEqual(check(log.toSpliced(3, 0, copy)), [
      "AuditOrderBroken 2",
      "AuditRecordMissing 4",
    ]);
    const foreign = createAuditSigner(newAuditKey()).seal(
      { event: "Ended" },
      4,
      log[2]?.hash ?? "",
    );
    assert.deepEqual(check(log.toSpliced(3, 0, foreign)), [
      "AuditSignatureInvalid 4",
      "AuditOrderBroken 4",
    ]);
  });

  it("shows records in another order", () => {
    const [one, two, three, ...rest] = log;
    const found = check([one, three, two, ...rest].filter((record) => record !== undefined));
    assert.ok(found.includes("AuditRecordMissing 3"), String(found));
    assert.ok(found.includes("AuditOrderBroken 2"), String(found));
  });

  it("shows a log that was cut, by its head or by one noted elsewhere", () => {
    const cut = log.slice(0, 3);
    assert.deepEqual(check(cut, headOf(log)), ["AuditTruncated 3"]);
    assert.deepEqual(check(cut), []);
    assert.deepEqual(check(cut, headOf(cut), headOf(log)), ["AuditTruncated 3"]);
    assert.deepEqual(check(log, headOf(log), headOf(cut)), []);
  });

  it("shows a log that was written again from some point", () => {
    const again = aLog(3);
    again.push(signer.seal({ event: "Other" }, 4, headOf(again).hash));
    const noted = headOf(log.slice(0, 4));
    assert.deepEqual(check(again, headOf(again), noted), ["AuditReplaced 4"]);
  });

  it("begins later only where a record says so", () => {
    const kept = log.slice(2);
    const [first] = kept;
    assert.ok(first);
    const trimmed = signer.seal(
      { event: "Trimmed", keptFrom: first.sequence, keptHash: first.previousHash },
      6,
      headOf(kept).hash,
    );
    assert.deepEqual(check([...kept, trimmed]), []);
    assert.deepEqual(check([...kept.slice(1), trimmed]), ["AuditStartMissing 4"]);
  });
});
