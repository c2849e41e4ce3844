import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { aCertificate } from "../support/fake-identity.ts";
import {
  aModernLocation,
  startProviderServer,
  type ProviderServer,
} from "../support/provider-server.ts";
import { groupPath, type Json } from "../support/provider-world.ts";

const nightly = { cron: "30 2 * * *", timeZone: "Europe/Berlin" };

describe("the schedule of 2026-12-01", () => {
  let server: ProviderServer;
  let count = 0;
  before(async () => {
    server = await startProviderServer();
  });
  after(() => server.close());

  /** A location of its own with this schedule; where it is. */
  const make = async (schedule: object): Promise<string> => {
    count += 1;
    const path = `${groupPath}/backupLocations/plan${count}`;
    const answer = await server.send("PUT", path, {
      body: aModernLocation({ schedule, store: { kind: "Local", path: `/backup${count}` } }),
    });
    assert.equal(answer.status, 201, answer.text);
    assert.equal((await server.finish(answer)).body.status, "Succeeded");
    return path;
  };
  const read = async (path: string): Promise<Json> =>
    (await server.send("GET", path)).body.properties.schedule;
  const patch = async (path: string, schedule: unknown): Promise<Json> => {
    const answer = await server.send("PATCH", path, { body: { properties: { schedule } } });
    assert.equal(answer.status, 200, answer.text);
    return answer.body.properties.schedule;
  };

  it("shows what was set, and a PUT of what it shows changes nothing", async () => {
    const windows = [{ days: ["Monday", "Saturday"], start: "22:00", end: "06:30" }];
    const blackouts = [
      { from: "2026-12-20T00:00:00Z", to: "2027-01-02T00:00:00Z", reason: "frozen" },
    ];
    const pausedUntil = "2026-03-04T00:00:00Z";
    const path = await make({ isEnabled: true, ...nightly, windows, blackouts, pausedUntil });
    const shown = await read(path);
    assert.deepEqual(shown, {
      isEnabled: true,
      frequencyInHours: null,
      ...nightly,
      windows,
      blackouts,
      pausedUntil,
      nextBackupTime: "2026-03-07T21:00:00Z",
      lastSkip: null,
    });
    const all = (await server.send("GET", path)).body;
    const again = await server.send("PUT", path, { body: all });
    assert.equal(again.status, 200, again.text);
    await server.finish(again);
    assert.deepEqual(await read(path), shown);
  });

  it("rule 96: windows come back as they were written, whichever midnight they end at", async () => {
    const windows = (midnight: string): readonly object[] => [
      { days: ["Thursday", "Wednesday", "Thursday"], start: "22:30", end: midnight },
      { days: ["Saturday"], start: "00:00", end: midnight },
    ];
    const shown = async (midnight: string): Promise<Json> => {
      const path = await make({ isEnabled: true, ...nightly, windows: windows(midnight) });
      assert.deepEqual((await read(path)).windows, windows(midnight));
      const options = { count: 30 };
      const preview = await server.send("POST", `${path}/previewSchedule`, { body: options });
      assert.equal(preview.status, 200, preview.text);
      const times = preview.body.runs.map(({ localTime }: Json) => localTime.slice(11, 16));
      assert.deepEqual(new Set(times), new Set(["22:30", "00:00", "02:30"]));
      return preview.body.runs;
    };
    assert.deepEqual(await shown("00:00"), await shown("24:00"));
    const overlapping = [
      { days: ["Saturday"], start: "00:00", end: "00:00" },
      { days: ["Saturday"], start: "23:00", end: "23:30" },
    ];
    const body = aModernLocation({ schedule: { ...nightly, windows: overlapping } });
    const refused = await server.send("PUT", `${groupPath}/backupLocations/overlap`, { body });
    assert.equal(refused.body.error.code, "OverlappingWindows", refused.text);
  });

  it("rule 96: times come back as they were written, whatever their offset, and mean the same", async () => {
    const blackouts = [
      { from: "2026-03-03T02:00:00+01:00", to: "2026-03-04T00:00:00.0000000-05:00", reason: null },
      // Later only by their texts: the instants touch the ones before.
      { from: "2026-03-04T05:00:00Z", to: "2026-03-04T07:00:00.500+01:00", reason: null },
    ];
    const sent = { blackouts, pausedUntil: "2026-03-03T00:30:00.250+01:00" };
    const path = await make({ isEnabled: true, cron: "30 1 * * *", ...sent });
    const schedule = await read(path);
    assert.deepEqual([schedule.blackouts, schedule.pausedUntil], [blackouts, sent.pausedUntil]);
    assert.equal(schedule.nextBackupTime, "2026-03-04T06:00:00.5Z");
    assert.deepEqual(await patch(path, sent), schedule);
    const options = { body: { count: 2 } };
    const { runs } = (await server.send("POST", `${path}/previewSchedule`, options)).body;
    assert.deepEqual(
      runs.map(({ time }: Json) => time),
      ["2026-03-04T06:00:00.5Z", "2026-03-05T01:30:00Z"],
    );
  });

  it("a PATCH changes parts; null takes them back; a frequency takes the place of cron", async () => {
    const path = await make({ isEnabled: true, ...nightly });
    assert.equal((await read(path)).nextBackupTime, "2026-03-03T01:30:00Z");
    const moved = await patch(path, { timeZone: "America/New_York" });
    assert.equal(moved.nextBackupTime, "2026-03-03T07:30:00Z");
    assert.equal(moved.cron, nightly.cron);
    const paused = await patch(path, { pausedUntil: "2026-03-05T00:00:00+01:00" });
    assert.equal(paused.nextBackupTime, "2026-03-05T07:30:00Z");
    assert.equal((await patch(path, { pausedUntil: null })).nextBackupTime, moved.nextBackupTime);
    const plain = await patch(path, { frequencyInHours: 6 });
    assert.deepEqual([plain.cron, plain.frequencyInHours], [null, 6]);
    // The tick to come stays; those after it follow the frequency.
    assert.equal(plain.nextBackupTime, moved.nextBackupTime);
    const reset = await patch(path, null);
    assert.deepEqual(
      [reset.isEnabled, reset.cron, reset.timeZone, reset.frequencyInHours],
      [false, null, "UTC", 12],
    );
  });

  it("old clients that send back the frequency they were shown leave cron alone", async () => {
    const path = await make({ isEnabled: true, ...nightly });
    const old = (await server.send("GET", path, { version: "2018-09-01" })).body;
    const { externalStoreDefault } = old.properties;
    assert.equal(externalStoreDefault.nextBackupTime, "2026-03-03T01:30:00Z");
    assert.equal(externalStoreDefault.backupFrequencyInHours, 12);
    const put = async (store: object): Promise<void> => {
      const properties = { externalStoreDefault: { ...externalStoreDefault, ...store } };
      const body = { location: "redmond", properties };
      const answer = await server.send("PUT", path, { version: "2018-09-01", body });
      assert.equal(answer.status, 202, answer.text);
      const id = /[0-9a-f-]{36}(?=\?)/.exec(answer.headers.get("location") ?? "")?.[0];
      await server.world.finish(id ?? "");
    };
    await put({ backupRetentionPeriodInDays: 9 });
    assert.equal((await read(path)).cron, nightly.cron);
    await put({ backupFrequencyInHours: 8 });
    const { cron, frequencyInHours, nextBackupTime } = await read(path);
    assert.deepEqual([cron, frequencyInHours, nextBackupTime], [null, 8, "2026-03-03T01:30:00Z"]);
  });

  const bad: readonly [string, object, string, string][] = [
    ["no cron expression", { cron: "soon" }, "InvalidSchedule", "cron"],
    ["cron that never fires", { cron: "0 0 30 2 *" }, "ScheduleNeverFires", "cron"],
    ["cron that fires too often", { cron: "* * * * *" }, "InvalidSchedule", "cron"],
    [
      "both rules",
      { cron: "0 1 * * *", frequencyInHours: 6 },
      "InvalidSchedule",
      "frequencyInHours",
    ],
    ["an unknown zone", { timeZone: "Mars/Olympus" }, "UnknownTimeZone", "timeZone"],
    [
      "a window of no length",
      { windows: [{ start: "08:00", end: "08:00" }] },
      "InvalidSchedule",
      "windows[0]",
    ],
    [
      "windows that overlap",
      {
        windows: [
          { start: "22:00", end: "06:00" },
          { start: "05:00", end: "07:00" },
        ],
      },
      "OverlappingWindows",
      "windows[1]",
    ],
    [
      "a window with no time",
      { windows: [{ start: "25:00", end: "06:00" }] },
      "InvalidProperty",
      "windows[0].start",
    ],
    [
      "a blackout that ends before it begins",
      { blackouts: [{ from: "2026-05-02T00:00:00Z", to: "2026-05-01T00:00:00Z" }] },
      "InvalidSchedule",
      "blackouts[0]",
    ],
    [
      "blackouts that overlap",
      {
        blackouts: [
          { from: "2026-05-01T00:00:00Z", to: "2026-05-03T00:00:00Z" },
          { from: "2026-05-02T00:00:00Z", to: "2026-05-04T00:00:00Z" },
        ],
      },
      "OverlappingWindows",
      "blackouts[1]",
    ],
    [
      "blackouts that overlap in other zones",
      {
        blackouts: [
          { from: "2026-05-01T00:00:00+01:00", to: "2026-05-02T00:00:00-01:00" },
          { from: "2026-05-02T00:30:00+00:00", to: "2026-05-04T00:00:00Z" },
        ],
      },
      "OverlappingWindows",
      "blackouts[1]",
    ],
    ["a leap second", { pausedUntil: "2026-12-31T23:59:60Z" }, "InvalidProperty", "pausedUntil"],
    [
      "an offset of hours",
      { pausedUntil: "2026-12-31T23:59:00+01" },
      "InvalidProperty",
      "pausedUntil",
    ],
    [
      "a day that is none",
      { pausedUntil: "2027-02-29T00:00:00Z" },
      "InvalidProperty",
      "pausedUntil",
    ],
    ["a pause for ever", { pausedUntil: "9999-01-01T00:00:00Z" }, "InvalidSchedule", "pausedUntil"],
  ];
  for (const [name, schedule, code, target] of bad) {
    it(`refuses ${name}, and nothing changes`, async () => {
      const path = await make({ isEnabled: true, ...nightly });
      const before = (await server.send("GET", path)).text;
      for (const method of ["PUT", "PATCH"]) {
        const body =
          method === "PUT" ? aModernLocation({ schedule }) : { properties: { schedule } };
        const { status, body: answer } = await server.send(method, path, { body });
        assert.equal(status, 400);
        assert.equal(answer.error.code, code, answer.error.message);
        assert.equal(answer.error.target, `properties.schedule.${target}`);
      }
      const preview = await server.send("POST", `${path}/previewSchedule`, { body: { schedule } });
      assert.equal(preview.body.error.code, code);
      assert.equal(preview.body.error.target, `schedule.${target}`);
      assert.equal((await server.send("GET", path)).text, before);
    });
  }

  it("a preview shows the schedule in force or another one, over a change of the clocks", async () => {
    const path = await make({ isEnabled: false, frequencyInHours: 4 });
    const preview = async (body?: object): Promise<Json> => {
      const answer = await server.send("POST", `${path}/previewSchedule`, { body });
      assert.equal(answer.status, 200, answer.text);
      return answer.body;
    };
    const plain = await preview();
    assert.equal(plain.isEnabled, false);
    assert.equal(plain.runs.length, 10);
    assert.deepEqual(plain.runs[0], {
      tick: "2026-03-02T16:00:00Z",
      time: "2026-03-02T16:00:00Z",
      localTime: "2026-03-02T16:00:00+00:00",
    });
    const pausedUntil = "2026-03-28T12:00:00Z";
    const changed = await preview({ schedule: { ...nightly, pausedUntil }, count: 2 });
    assert.deepEqual(
      changed.runs.map(({ localTime }: Json) => localTime),
      ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"],
    );
    assert.equal((await read(path)).cron, null);
  });

  it("a preview of a location without a store is empty", async () => {
    const path = `${groupPath}/backupLocations/bare`;
    const encryption = { recipients: [{ certificateBase64: aCertificate("north") }] };
    const body = { location: "redmond", properties: { encryption } };
    await server.finish(await server.send("PUT", path, { body }));
    const { status, body: answer } = await server.send("POST", `${path}/previewSchedule`);
    assert.equal(status, 200);
    assert.deepEqual(answer.runs, []);
    const missing = await server.send("POST", `${path}x/previewSchedule`);
    assert.equal(missing.status, 404);
  });
});
