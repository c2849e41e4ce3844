import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { after, before, describe, it } from "node:test";
import { createServer as createSecureServer } from "node:tls";
import { createNoticeSender } from "../../src/notify/send-notice.ts";
import type { NoticeSender } from "../../src/notify/route-target.ts";
import { formatSyslog } from "../../src/notify/syslog.ts";
import { aNotice } from "../support/a-notice.ts";
import { makeTlsPair } from "../support/tls-pair.ts";

const never = new AbortController().signal;
const { certPem, keyPem } = makeTlsPair();

/** The parts of a message by RFC 5424. */
const grammar =
  /^<(?<pri>\d{1,3})>1 (?<time>\S+) (?<host>\S+) holdfast \d+ (?<msgid>\S{1,32}) (?<data>\[holdfast@32473(?: \w{1,32}="(?:[^"\\\]]|\\["\\\]])*")*\]) \uFEFF(?<text>.*)$/;

describe("the form of a syslog message", () => {
  it("has priority, time, host and particulars", () => {
    const { groups } = grammar.exec(formatSyslog(aNotice(), "site-1").toString()) ?? assert.fail();
    assert.equal(groups?.["pri"], String(3 * 8 + 2));
    assert.equal(groups["time"], "2026-03-02T12:00:00.000Z");
    assert.equal(groups["host"], "site-1");
    assert.equal(groups["msgid"], "AlertOpened");
    assert.match(groups["data"] ?? "", / alertTypeId="StoreNotAccessible"/);
    assert.match(groups["text"] ?? "", /^The backup store is not accessible \| The store cannot/);
  });

  it("audit events have the facility of audit", () => {
    const notice = aNotice({ event: "Audit", severity: "Informational" });
    assert.match(formatSyslog(notice, "h").toString(), /^<110>1 /);
  });

  it("nothing in a message can end it or pretend to be another", () => {
    const evil = 'a"]\\ b\r\n<14>1 - - - - - - c\0';
    const notice = aNotice({ title: evil, lines: [evil], data: { principalName: evil } });
    const text = formatSyslog(notice, "two words\n").toString();
    assert.doesNotMatch(text, /[\r\n\0]/);
    assert.match(text, grammar);
    assert.match(text, /principalName="a\\"\\\]\\\\ b/);
  });

  it("has at most 2048 octets and is cut between characters", () => {
    const bytes = formatSyslog(aNotice({ lines: ["ä€𝄞".repeat(700)] }), "h");
    assert.ok(bytes.length <= 2048 && bytes.length > 2040);
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  });
});

describe("syslog over the network", () => {
  const streams: { readonly tcp: Server; readonly tls: Server } = {
    tcp: createServer(),
    tls: createSecureServer({ cert: certPem, key: keyPem }),
  };
  const datagrams = createSocket("udp4");
  let sender: NoticeSender;
  before(async () => {
    for (const server of Object.values(streams))
      await once(server.listen(0, "127.0.0.1"), "listening");
    await once(datagrams.bind(0, "127.0.0.1"), "listening");
    sender = createNoticeSender({
      allowedHosts: ["127.0.0.1", "plain://127.0.0.1"],
      authorities: certPem,
      now: () => 0,
      hostName: "site",
    });
  });
  after(() => {
    datagrams.close();
    for (const server of Object.values(streams)) server.close();
  });

  it("UDP: a datagram is a message", async () => {
    const heard = once(datagrams, "message");
    const { port } = datagrams.address();
    await sender.send(
      { kind: "syslog", host: "127.0.0.1", port, transport: "udp" },
      aNotice(),
      never,
    );
    const [message] = (await heard) as [Buffer];
    assert.deepEqual(message, formatSyslog(aNotice(), "site"));
  });

  for (const transport of ["tcp", "tls"] as const) {
    it(`${transport.toUpperCase()}: octets are counted`, async () => {
      const server = streams[transport];
      const heard = readOne(server, transport === "tls" ? "secureConnection" : "connection");
      const { port } = server.address() as AddressInfo;
      await sender.send({ kind: "syslog", host: "127.0.0.1", port, transport }, aNotice(), never);
      const expected = formatSyslog(aNotice(), "site");
      assert.equal(await heard, `${expected.length} ${expected.toString()}`);
    });
  }

  it("says when nobody is there, and needs a listed host without TLS", async () => {
    const lost = { kind: "syslog", host: "127.0.0.1", port: 1, transport: "tcp" } as const;
    await assert.rejects(sender.send(lost, aNotice(), never), {
      code: "NotificationFailed",
      retryable: true,
    });
    const strict = createNoticeSender({ allowedHosts: ["127.0.0.1"], now: () => 0, hostName: "s" });
    for (const transport of ["tcp", "udp"] as const)
      assert.throws(() => strict.check({ ...lost, transport }), {
        code: "NotificationHostNotAllowed",
      });
    strict.check({ ...lost, transport: "tls" });
  });
});

async function readOne(server: Server, event: string): Promise<string> {
  const [socket] = (await once(server, event)) as [NodeJS.ReadableStream];
  let text = "";
  socket.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  await once(socket, "end");
  return text;
}
