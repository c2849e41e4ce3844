import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { AppError } from "../../src/base/errors.ts";
import {
  aModernLocation,
  startProviderServer,
  type ProviderServer,
} from "../support/provider-server.ts";
import { makeBackup, setUpLocation, startMessenger } from "../support/provider-steps.ts";
import {
  locationPath,
  withProviderWorld,
  type Json,
  type ProviderWorld,
} from "../support/provider-world.ts";
import { waitUntil } from "../support/worker-world.ts";

const modern = "2026-12-01";
const secrets = {
  targetUrl: "https://hooks.example/T0/secret-part",
  signingSecret: "canary signing secret",
};
const webhook = { kind: "Webhook", ...secrets };
const routePath = (name: string): string => `${locationPath}/notificationRoutes/${name}`;

async function putRoute(world: ProviderWorld, name: string, properties: object): Promise<void> {
  await world.call("PUT", routePath(name), { apiVersion: modern, body: { properties } });
}

const told = ({ notices }: ProviderWorld): readonly string[] =>
  notices.sent.map(({ target, notice }) => `${target.kind} ${notice.event} ${notice.title}`);

describe("messages", () => {
  it("alerts go to the routes of their severity, opened and closed, once from several instances", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world, { isBackupSchedulerEnabled: true });
      await putRoute(world, "grave", { ...webhook, severities: ["Critical"] });
      await putRoute(world, "log", { kind: "Syslog", host: "logs.example" });
      await putRoute(world, "off", { ...webhook, isEnabled: false });
      await putRoute(world, "mild", { ...webhook, severities: ["Warning"] });
      const error = new AppError("StoreFull", "It is full");
      world.engine.behavior = { backup: () => Promise.reject(error) };
      await world.finish(await world.accept("POST", `${locationPath}/createBackup`));
      world.engine.behavior = {};
      const other = world.restart();
      await Promise.all([world.provider.runWatch(), other.runWatch()]);
      const messenger = startMessenger(world);
      const title = "Backup failed because the store is full";
      await waitUntil(() => world.notices.sent.length === 2);
      assert.deepEqual(told(world).toSorted(), [
        `syslog AlertOpened ${title}`,
        `webhook AlertOpened ${title}`,
      ]);
      const [first, second] = world.notices.sent;
      assert.equal(first?.notice.id, second?.notice.id);
      assert.ok(first?.notice.lines.includes("Error: StoreFull: It is full"));
      assert.deepEqual(
        world.notices.sent.map(({ target }) => target).find(({ kind }) => kind === "webhook"),
        { kind: "webhook", url: secrets.targetUrl, signingSecret: secrets.signingSecret },
      );
      await world.clock.advance(1000);
      await makeBackup(world);
      await world.provider.runWatch();
      messenger.wake();
      await waitUntil(() => world.notices.sent.length === 4);
      assert.ok(told(world).includes(`webhook AlertClosed Closed: ${title}`));
      const stopped = messenger.stop();
      await world.clock.advance(60_000);
      await stopped;
    }));

  it("every recovery-ready backup sends a heartbeat, no other does", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world, { isBackupSchedulerEnabled: true });
      await putRoute(world, "beat", {
        kind: "Heartbeat",
        targetUrl: secrets.targetUrl,
        method: "GET",
      });
      await putRoute(world, "all", { ...webhook, events: ["Backups"] });
      const good = await makeBackup(world);
      world.engine.behavior = { record: (record) => ({ ...record, isCloudRecoveryReady: false }) };
      const bare = await makeBackup(world);
      await world.provider.runWatch();
      await world.provider.runWatch();
      const messenger = startMessenger(world);
      await waitUntil(() => world.notices.sent.length === 3);
      assert.deepEqual(told(world).toSorted(), [
        `heartbeat BackupReady Backup ${good} is ready for recovery`,
        ...[good, bare]
          .map((id) => `webhook BackupEnded Backup ${id} ended as Succeeded`)
          .toSorted(),
      ]);
      const stopped = messenger.stop();
      await world.clock.advance(60_000);
      await stopped;
    }));

  it("is tried again, then kept as a dead letter and told by an alert, until one arrives", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world, { isBackupSchedulerEnabled: true });
      await putRoute(world, "mail", webhook);
      let tries = 0;
      world.notices.behavior = () => {
        tries += 1;
        throw new AppError("NotificationFailed", "The receiver refuses", { retryable: true });
      };
      world.engine.behavior = { backup: () => Promise.reject(new AppError("StoreFull", "Full")) };
      await world.finish(await world.accept("POST", `${locationPath}/createBackup`));
      await world.provider.runWatch();
      const messenger = startMessenger(world);
      const letters = async (): Promise<Json> =>
        (await world.read(`${locationPath}/deadLetters`, modern)).value;
      await waitUntil(async () => {
        await world.clock.advance(1000);
        return (await letters()).length === 1;
      });
      assert.equal(tries, 3);
      const [letter] = await letters();
      assert.equal(letter.route, "mail");
      assert.equal(letter.error.code, "NotificationFailed");
      assert.equal(
        (await world.read(routePath("mail"), modern)).properties.lastError.code,
        "NotificationFailed",
      );
      await world.provider.runWatch();
      const alerts = async (): Promise<readonly string[]> =>
        (await world.read(`${locationPath}/alerts`, modern)).value
          .filter(({ properties }: Json) => properties.state === "Active")
          .map(({ properties }: Json) => properties.alertTypeId)
          .toSorted();
      assert.deepEqual(await alerts(), ["BackupFailedStoreFull", "NotificationFailing"]);
      world.notices.behavior = () => undefined;
      const tested = await world.call("POST", `${routePath("mail")}/test`, { apiVersion: modern });
      assert.deepEqual(tested, { kind: "value", body: { isDelivered: true } });
      await world.provider.runWatch();
      assert.deepEqual(await alerts(), ["BackupFailedStoreFull"]);
      const stopped = messenger.stop();
      await world.clock.advance(60_000);
      await stopped;
      await world.stopWorkers();
      await world.clock.advance(7 * 86_400_000);
      await world.provider.runWatch();
      assert.deepEqual(await letters(), []);
    }));

  it("P5: no secret of a route is in the state or in a job in the clear", () =>
    withProviderWorld(async (world) => {
      await setUpLocation(world);
      await putRoute(world, "hook", webhook);
      await putRoute(world, "mail", {
        kind: "Email",
        host: "mail.example",
        userName: "backup",
        password: "canary mail password",
        from: "a@example.net",
        to: ["b@example.net"],
      });
      await world.provider.runWatch();
      const dump = await world.dump();
      for (const secret of ["secret-part", secrets.signingSecret, "canary mail password"])
        assert.ok(!dump.includes(secret), secret);
    }));
});

describe("routes over HTTP", () => {
  let arm: ProviderServer;
  before(async () => {
    arm = await startProviderServer();
    await arm.finish(await arm.send("PUT", locationPath, { body: aModernLocation() }));
  });
  after(() => arm.close());
  const put = (name: string, properties: object) =>
    arm.send("PUT", routePath(name), { body: { properties } });

  it("rules 65, 98 and 122: are created, replaced, listed and deleted; secrets come back as null and stay", async () => {
    const created = await put("Hook", webhook);
    assert.equal(created.status, 201, created.text);
    assert.deepEqual(created.body.properties, {
      provisioningState: "Succeeded",
      kind: "Webhook",
      isEnabled: true,
      severities: ["Critical", "Warning"],
      events: ["Alerts"],
      targetUrl: null,
      targetOrigin: "https://hooks.example",
      signingSecret: null,
      lastDelivered: null,
    });
    const echoed = await put("hook", { ...created.body.properties, severities: ["Critical"] });
    assert.equal(echoed.status, 200, echoed.text);
    // As it was written last.
    assert.equal(echoed.body.name, "hook");
    assert.deepEqual(echoed.body, (await arm.send("GET", routePath("HOOK"))).body);
    await arm.send("POST", `${routePath("hook")}/test`);
    assert.deepEqual(arm.world.notices.sent.at(-1)?.target, {
      kind: "webhook",
      url: secrets.targetUrl,
      signingSecret: secrets.signingSecret,
    });
    const list = await arm.send("GET", `${locationPath}/notificationRoutes`);
    assert.equal(list.body.value.length, 1);
    assert.notEqual(list.body.value[0].properties.lastDelivered, null);
    assert.equal((await arm.send("DELETE", routePath("hook"))).status, 200);
    assert.equal((await arm.send("DELETE", routePath("hook"))).status, 204);
    assert.equal((await arm.send("GET", routePath("hook"))).status, 404);
  });

  const mail = {
    kind: "Email",
    host: "mail.example",
    from: "a@example.net",
    to: ["b@example.net"],
  };
  const bad: readonly (readonly [string, object, string, string])[] = [
    [
      "a host that is not allowed",
      { ...webhook, targetUrl: "https://127.0.0.1/x" },
      "NotificationHostNotAllowed",
      "127.0.0.1",
    ],
    [
      "plain HTTP",
      { ...webhook, targetUrl: "http://hooks.example/x" },
      "NotificationHostNotAllowed",
      "hooks.example",
    ],
    [
      "no address",
      { ...webhook, targetUrl: null },
      "InvalidNotificationRoute",
      "properties.targetUrl",
    ],
    [
      "an address that is none",
      { ...webhook, targetUrl: "hooks" },
      "InvalidNotificationRoute",
      "properties.targetUrl",
    ],
    [
      "no signing secret",
      { ...webhook, signingSecret: null },
      "InvalidNotificationRoute",
      "properties.signingSecret",
    ],
    [
      "a short one",
      { ...webhook, signingSecret: "short" },
      "InvalidNotificationRoute",
      "properties.signingSecret",
    ],
    ["mail without receivers", { ...mail, to: [] }, "InvalidNotificationRoute", "properties.to"],
    [
      "mail to a list in one address",
      { ...mail, to: ["a@b.c, d@e.f"] },
      "InvalidNotificationRoute",
      "properties.to",
    ],
    [
      "an account without its password",
      { ...mail, userName: "me" },
      "InvalidNotificationRoute",
      "properties.password",
    ],
    [
      "mail over UDP",
      { ...mail, security: "Udp" },
      "InvalidNotificationRoute",
      "properties.security",
    ],
    [
      "mail without TLS",
      { ...mail, security: "None" },
      "NotificationHostNotAllowed",
      "mail.example",
    ],
    [
      "syslog without TLS",
      { kind: "Syslog", host: "logs.example", security: "Udp" },
      "NotificationHostNotAllowed",
      "logs.example",
    ],
    ["syslog to nobody", { kind: "Syslog" }, "InvalidNotificationRoute", "properties.host"],
    [
      "audit events to a webhook",
      { ...webhook, events: ["Audit"] },
      "InvalidNotificationRoute",
      "properties.events",
    ],
    [
      "a signing secret of a heartbeat",
      { kind: "Heartbeat", ...secrets },
      "InvalidNotificationRoute",
      "properties.signingSecret",
    ],
    [
      "receivers of a syslog server",
      { kind: "Syslog", host: "logs.example", to: ["a@b.c"] },
      "InvalidNotificationRoute",
      "properties.to",
    ],
    [
      "events of a heartbeat",
      { kind: "Heartbeat", targetUrl: secrets.targetUrl, events: ["Alerts"] },
      "InvalidNotificationRoute",
      "properties.events",
    ],
    ["a kind there is not", { kind: "Pigeon" }, "InvalidProperty", "properties.kind"],
  ];
  for (const [title, properties, code, target] of bad) {
    it(`refuses ${title} and changes nothing`, async () => {
      const answer = await put("bad", properties);
      assert.equal(answer.status, 400, answer.text);
      assert.deepEqual([answer.body.error.code, answer.body.error.target], [code, target]);
      assert.ok(!answer.text.includes(secrets.signingSecret));
      assert.equal((await arm.send("GET", routePath("bad"))).status, 404);
    });
  }

  it("rule 96: every kind comes back as it was written, and may be sent back", async () => {
    const { host, from, to } = mail;
    const wholes: readonly object[] = [
      { ...webhook, events: ["Backups", "Alerts", "Backups"], severities: ["Warning"] },
      { kind: "Heartbeat", targetUrl: secrets.targetUrl, method: "GET" },
      { ...mail, host, port: 2465, security: "Tls", userName: "Me", password: "x", from, to },
      { kind: "Syslog", host: "Logs.Example", port: 6515, security: "Tls", events: ["Audit"] },
    ];
    for (const [number, whole] of wholes.entries()) {
      const made = await put(`whole${number}`, { ...whole, isEnabled: false });
      assert.equal(made.status, 201, made.text);
      const hidden = { targetUrl: null, signingSecret: null, password: null };
      for (const [name, value] of Object.entries(whole))
        assert.deepEqual(made.body.properties[name], name in hidden ? null : value, name);
      assert.equal(made.body.properties.isEnabled, false);
      const again = await put(`whole${number}`, made.body.properties);
      assert.equal(again.status, 200, again.text);
      assert.deepEqual(again.body, made.body);
    }
  });

  it("A81: a kept secret never follows to another host", async () => {
    assert.equal((await put("hook", webhook)).status, 201);
    const moved = await put("hook", { kind: "Webhook", targetUrl: "https://other.example/x" });
    assert.equal(moved.body.error.target, "properties.signingSecret");
    const same = await put("hook", { kind: "Webhook", targetUrl: "https://hooks.example/y" });
    assert.equal(same.status, 200, same.text);
  });

  it("a receiver that refuses a test is told, with code and words", async () => {
    await put("hook", webhook);
    arm.world.notices.behavior = () => {
      throw new AppError("NotificationFailed", "The receiver refuses");
    };
    const answer = await arm.send("POST", `${routePath("hook")}/test`);
    arm.world.notices.behavior = () => undefined;
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body, {
      isDelivered: false,
      code: "NotificationFailed",
      message: "The receiver refuses",
    });
  });

  it("refuses names that are none", async () => {
    for (const name of ["a b", "-a", "x".repeat(65)])
      assert.equal(
        (await put(encodeURIComponent(name), webhook)).body.error.code,
        "InvalidResourceName",
      );
  });
});
