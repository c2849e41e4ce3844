import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { createNoticeSender } from "../../src/notify/send-notice.ts";
import type { EmailTarget, NoticeSender } from "../../src/notify/route-target.ts";
import { aNotice } from "../support/a-notice.ts";
import { makeTlsPair } from "../support/tls-pair.ts";

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly isSecure: boolean;
  readonly text: string;
}

const never = new AbortController().signal;
const password = "the mail password";
const { certPem, keyPem } = makeTlsPair();

describe("mail", () => {
  let mails: Mail[] = [];
  const servers: SMTPServer[] = [];
  let ports: { readonly starttls: number; readonly tls: number; readonly none: number };
  let sender: NoticeSender;

  async function start(options: SMTPServerOptions): Promise<number> {
    const server = new SMTPServer({
      key: keyPem,
      cert: certPem,
      authOptional: true,
      disableReverseLookup: true,
      onAuth: (auth, _session, done) => {
        if (auth.username === "backup" && auth.password === password)
          done(null, { user: "backup" });
        else done(new Error(`No such account ${String(auth.password)}`));
      },
      onRcptTo: ({ address }, _session, done) => {
        const responseCode = { "full@example.net": 452, "gone@example.net": 550 }[address];
        if (responseCode === undefined) done();
        else done(Object.assign(new Error("Refused"), { responseCode }));
      },
      onData: (stream, session, done) => {
        let text = "";
        stream.setEncoding("utf8").on("data", (piece: string) => (text += piece));
        stream.on("end", () => {
          const { mailFrom, rcptTo } = session.envelope;
          const from = mailFrom === false ? "" : mailFrom.address;
          mails.push({
            from,
            to: rcptTo.map(({ address }) => address),
            isSecure: session.secure,
            text,
          });
          done();
        });
      },
      ...options,
    });
    // A client that does not trust us is a failure of its own.
    server.on("error", () => undefined);
    servers.push(server);
    const listener = server.listen(0, "127.0.0.1");
    await once(listener, "listening");
    return (listener.address() as AddressInfo).port;
  }

  before(async () => {
    ports = {
      starttls: await start({}),
      tls: await start({ secure: true }),
      none: await start({ disabledCommands: ["STARTTLS", "AUTH"] }),
    };
    sender = createNoticeSender({
      allowedHosts: ["127.0.0.1", "plain://127.0.0.1"],
      authorities: certPem,
      now: () => 0,
      hostName: "site",
    });
  });
  after(() =>
    Promise.all(servers.map((server) => new Promise<void>((done) => server.close(() => done())))),
  );
  beforeEach(() => void (mails = []));

  function aTarget(change: Partial<EmailTarget> = {}): EmailTarget {
    const security = change.security ?? "starttls";
    return {
      kind: "email",
      host: "127.0.0.1",
      port: ports[security],
      security,
      userName: security === "none" ? null : "backup",
      password: security === "none" ? undefined : password,
      from: "holdfast@example.net",
      to: ["one@example.net", "two@example.net"],
      ...change,
    };
  }

  for (const security of ["starttls", "tls", "none"] as const) {
    it(`arrives with ${security}`, async () => {
      await sender.send(aTarget({ security }), aNotice(), never);
      const [mail] = mails;
      assert.equal(mail?.from, "holdfast@example.net");
      assert.deepEqual(mail.to, ["one@example.net", "two@example.net"]);
      assert.equal(mail.isSecure, security !== "none");
      assert.match(mail.text, /Subject: \[Critical\] north: The backup store is not accessible/);
      assert.match(mail.text, /1\. Mend the network/);
      assert.match(mail.text, new RegExp(`Message-ID: <${aNotice().id}@`));
    });
  }

  it("A84: carries markup as plain text, and nothing else", async () => {
    const title = '<img src=x onerror="alert(1)">';
    await sender.send(aTarget(), { ...aNotice(), title }, never);
    const [{ text } = { text: "" }] = mails;
    assert.match(text, /^Content-Type: text\/plain; charset=utf-8$/m);
    assert.doesNotMatch(text, /multipart|text\/html/i);
    assert.match(text, /<img src=3Dx|<img src=x/);
  });

  it("SMTP refused: by code, for good or to be tried again, without the server's words", async () => {
    const cases = [
      [{ password: "wrong" }, "535", false],
      [{ to: ["gone@example.net"] }, "550", false],
      [{ to: ["full@example.net"] }, "452", true],
    ] as const;
    for (const [change, nativeCode, retryable] of cases) {
      const target = aTarget(change);
      await assert.rejects(sender.send(target, aNotice(), never), (error: Error) => {
        assert.deepEqual(
          { ...error },
          { ...error, code: "NotificationFailed", nativeCode, retryable },
        );
        assert.doesNotMatch(JSON.stringify([error.message, error.cause]), /wrong|No such account/);
        return true;
      });
    }
    assert.deepEqual(mails, []);
  });

  it("never sends a password to a server without TLS", async () => {
    const stripped = aTarget({ port: ports.none });
    await assert.rejects(sender.send(stripped, aNotice(), never), { code: "NotificationFailed" });
    assert.throws(() => sender.check(aTarget({ security: "none", password })), {
      code: "InvalidNotificationRoute",
      target: "security",
    });
    assert.deepEqual(mails, []);
  });

  it("does not trust whoever answers", async () => {
    const strict = createNoticeSender({ allowedHosts: ["127.0.0.1"], now: () => 0, hostName: "s" });
    await assert.rejects(strict.send(aTarget(), aNotice(), never), { code: "NotificationFailed" });
    assert.deepEqual(mails, []);
  });

  it("refuses addresses that would reach others, and hosts that are not allowed", () => {
    for (const address of [
      "",
      "a b@example.net",
      "a@example.net, b@example.net",
      "a@example.net\r\nBcc: c@d.e",
      "<a@b.c>",
    ]) {
      assert.throws(() => sender.check(aTarget({ from: address })), { target: "from" }, address);
      assert.throws(() => sender.check(aTarget({ to: [address] })), { target: "to" }, address);
    }
    assert.throws(() => sender.check(aTarget({ to: [] })), { target: "to" });
    assert.throws(() => sender.check(aTarget({ host: "https://mail.example" })), {
      target: "host",
    });
    assert.throws(() => sender.check(aTarget({ host: "mail.example" })), {
      code: "NotificationHostNotAllowed",
    });
  });
});
