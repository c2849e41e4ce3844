import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { closedAlertKey, openAlertKey, type Alert, type Finding } from "../../src/alerts/alert.ts";
import { alertWrites, readAlerts } from "../../src/alerts/alert-book.ts";
import { alertTypes, typeOf, type AlertTypeId } from "../../src/alerts/alert-types.ts";
import { reconcileAlerts } from "../../src/alerts/reconcile.ts";
import { openSqliteStore } from "../../src/state/sqlite-store.ts";
import { createFakeClock } from "../support/fake-clock.ts";

const scope = { subscriptionId: "s", resourceGroupName: "g", locationName: "l", region: "r" };
const start = Date.parse("2026-03-02T12:00:00Z");
const hour = 3_600_000;

function find(typeId: AlertTypeId, evidence?: string): Finding {
  return { typeId, properties: {}, ...(evidence === undefined ? {} : { evidence }) };
}

/** Alerts as a store would hold them, through every change. */
class Book {
  #alerts: readonly Alert[] = [];
  #ids = 0;

  look(now: number, ...findings: readonly Finding[]): readonly string[] {
    const newId = (): string => `id-${(this.#ids += 1)}`;
    const changes = reconcileAlerts({ scope, known: this.#alerts, findings, now, newId });
    for (const { alert } of changes)
      this.#alerts = [...this.#alerts.filter(({ id }) => id !== alert.id), alert];
    return changes.map(({ kind, alert }) => `${kind} ${alert.typeId}`);
  }

  closeByHand(now: number): void {
    const closedAt = new Date(now).toISOString();
    this.#alerts = this.#alerts.map((alert) =>
      alert.closedAt === undefined ? { ...alert, closedAt, closedBy: "somebody" } : alert,
    );
  }

  get open(): readonly AlertTypeId[] {
    return this.#alerts
      .filter(({ closedAt }) => closedAt === undefined)
      .map(({ typeId }) => typeId);
  }
}

describe("opening and closing", () => {
  it("A80: opens once, refreshes now and then, closes when the cause is gone", () => {
    const book = new Book();
    assert.deepEqual(book.look(start, find("BackupsPaused")), ["open BackupsPaused"]);
    assert.deepEqual(book.look(start + 1000, find("BackupsPaused")), []);
    assert.deepEqual(book.look(start + hour, find("BackupsPaused")), ["refresh BackupsPaused"]);
    assert.deepEqual(book.look(start + hour + 1), ["close BackupsPaused"]);
    assert.deepEqual(book.look(start + hour + 2), []);
  });

  it("another failure takes the place of the one before", () => {
    const book = new Book();
    book.look(start, find("BackupFailedNetwork", "one"));
    assert.deepEqual(book.look(start + 1, find("BackupFailedStoreFull", "two")), [
      "close BackupFailedNetwork",
      "open BackupFailedStoreFull",
    ]);
    assert.deepEqual(book.look(start + 2, find("BackupFailedStoreFull", "three")), [
      "refresh BackupFailedStoreFull",
    ]);
  });

  it("of a family the first finding counts", () => {
    const book = new Book();
    book.look(start, find("SchedulerSilent"), find("BackupsPaused"));
    assert.deepEqual(book.open, ["SchedulerSilent"]);
  });

  it("a failure that was closed by hand stays closed, the next one opens", () => {
    const book = new Book();
    book.look(start, find("BackupFailed", "one"));
    book.closeByHand(start + 1);
    assert.deepEqual(book.look(start + 48 * hour, find("BackupFailed", "one")), []);
    assert.deepEqual(book.look(start + 48 * hour, find("BackupFailed", "two")), [
      "open BackupFailed",
    ]);
  });

  it("a condition that was closed by hand is told again after a day", () => {
    const book = new Book();
    book.look(start, find("RecoveryPointOverdue"));
    book.closeByHand(start);
    assert.deepEqual(book.look(start + 24 * hour - 1, find("RecoveryPointOverdue")), []);
    assert.deepEqual(book.look(start + 24 * hour, find("RecoveryPointOverdue")), [
      "open RecoveryPointOverdue",
    ]);
  });

  it("A80: whatever is found, exactly one alert of each family found is open", () => {
    const finding = fc.constantFrom(...(Object.keys(alertTypes) as AlertTypeId[]));
    const looks = fc.array(fc.uniqueArray(finding, { maxLength: 5 }), { maxLength: 8 });
    fc.assert(
      fc.property(looks, (all) => {
        const book = new Book();
        all.forEach((types, step) => {
          book.look(start + step, ...types.map((typeId) => find(typeId)));
          const families = types.map((typeId) => typeOf(typeId).family);
          assert.deepEqual(
            book.open.map((typeId) => typeOf(typeId).family).toSorted(),
            [...new Set(families)].toSorted(),
          );
        });
      }),
    );
  });
});

describe("stored alerts", () => {
  it("hold one open alert of a family, whoever writes first, and lose none", async () => {
    const store = await openSqliteStore({ file: ":memory:", clock: createFakeClock() });
    const make = (id: string, typeId: AlertTypeId): Alert => {
      const at = new Date(start).toISOString();
      return { id, typeId, scope, properties: {}, openedAt: at, updatedAt: at };
    };
    try {
      const one = make("one", "BackupFailedNetwork");
      const before = await readAlerts(store, "/l");
      const opening = (alert: Alert) => alertWrites("/l", before, [{ kind: "open", alert }]);
      await store.commit(opening(one));
      await assert.rejects(store.commit(opening(make("two", "BackupFailed"))), {
        code: "StateConflict",
      });
      const known = await readAlerts(store, "/l");
      const closed = { ...one, closedAt: one.openedAt };
      const changes = [
        { kind: "close", alert: closed },
        { kind: "open", alert: make("three", "BackupFailedStoreFull") },
      ] as const;
      await store.commit(alertWrites("/l", known, changes));
      const after = await readAlerts(store, "/l");
      assert.deepEqual(
        after.map(({ key, value }) => [key, value.id]),
        [
          [closedAlertKey("/l", "one"), "one"],
          [openAlertKey("/l", "backup"), "three"],
        ],
      );
    } finally {
      await store.close();
    }
  });
});
