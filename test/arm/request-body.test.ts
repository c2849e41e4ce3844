import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { groupPath } from "../support/fake-provider.ts";
import { openSocket, readAnswer } from "../support/raw-http.ts";
import {
  modern,
  startThingService,
  type Reply,
  type ThingService,
} from "../support/thing-service.ts";

const boxPath = `${groupPath}/boxes/b1?${modern}`;
const peekPath = `${groupPath}/boxes/b1/peek?${modern}`;
const json = { "Content-Type": "application/json" };

let service: ThingService;
before(async () => {
  service = await startThingService();
});
after(() => service.close());

function put(body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  return service.send("PUT", boxPath, { body, headers });
}

async function assertError(answer: Promise<Reply>, status: number, code: string): Promise<Reply> {
  const reply = await answer;
  assert.equal(reply.status, status, reply.text);
  assert.equal(reply.error.code, code);
  return reply;
}

describe("content type", () => {
  const good = ["application/json", "application/json; charset=utf-8"];
  for (const type of [
    ...good,
    "Application/JSON;charset=UTF-8",
    'application/json; charset="utf-8"',
  ]) {
    it(`rule 35: "${type}" is taken`, async () => {
      assert.equal((await put("{}", { "Content-Type": type })).status, 200);
    });
  }

  const strange = [
    "",
    "text/plain",
    "text/json",
    "application/xml",
    "multipart/form-data; boundary=x",
  ]
    .concat(["application/x-www-form-urlencoded", "application/json; charset=utf-7"])
    .concat(["application/merge-patch+json", "application/json-patch+json"]);
  for (const type of strange) {
    it(`rule 35, A12: "${type}" answers 415`, async () => {
      const headers: Record<string, string> = type === "" ? {} : { "Content-Type": type };
      const reply = await assertError(put("{}", headers), 415, "UnsupportedMediaType");
      assert.match(reply.error.message ?? "", /Content-Type/);
      // PowerShell sends forms unless it is told otherwise, with every verb.
      const isMerge = type === "application/merge-patch+json";
      for (const [method, path] of [
        ["POST", peekPath],
        ...(isMerge ? [] : [["PATCH", boxPath] as const]),
      ] as const)
        await assertError(
          service.send(method, path, { body: "{}", headers }),
          415,
          "UnsupportedMediaType",
        );
    });
  }

  it("rule 35: PATCH takes a merge patch", async () => {
    const headers = { "Content-Type": "application/merge-patch+json" };
    const body = '{"properties":{"size":2}}';
    assert.equal((await service.send("PATCH", boxPath, { body, headers })).status, 200);
    assert.deepEqual(service.requests.at(-1)?.body, { properties: { size: 2 } });
  });

  for (const encoding of ["gzip", "deflate", "br", "gzip, identity"]) {
    it(`A12: a body in "${encoding}" answers 415`, async () => {
      const headers = { ...json, "Content-Encoding": encoding };
      await assertError(put("{}", headers), 415, "UnsupportedMediaType");
    });
  }
});

describe("presence", () => {
  it("rule 36: an action needs no body and no type", async () => {
    const form = { "Content-Type": "application/x-www-form-urlencoded" };
    for (const options of [{}, { body: "" }, { body: "", headers: form }, { body: {} }])
      assert.equal((await service.send("POST", peekPath, options)).status, 200);
    assert.equal(service.requests.at(-1)?.body, undefined);
  });

  it("rule 36: bodies of GET and DELETE are not read", async () => {
    for (const method of ["GET", "DELETE"]) {
      const reply = await service.send(method, boxPath, { body: "not json" });
      assert.equal(reply.status, 200, reply.text);
    }
  });

  it("a required body that is missing answers 400", async () => {
    await assertError(put(undefined), 400, "InvalidRequestContent");
  });

  it("rule 37: chunked bodies work", async () => {
    const body = '{"properties":{"label":"x"}}';
    const reply = await service.send("PUT", boxPath, { body, headers: json, isChunked: true });
    assert.equal(reply.status, 200);
    assert.deepEqual(service.requests.at(-1)?.body, { properties: { label: "x" } });
  });
});

describe("size", () => {
  const pad = (bytes: number): string => {
    const [head, tail] = ['{"properties":{"label":"', '"}}'];
    return `${head}${"x".repeat(bytes - head.length - tail.length)}${tail}`;
  };

  it("rule 259: a body of exactly one mebibyte is taken", async () => {
    assert.equal((await put(pad(1024 * 1024), json)).status, 200);
  });

  it("rule 259, A13: one byte more answers 413", async () => {
    const body = pad(1024 * 1024 + 1);
    for (const isChunked of [false, true]) {
      const answer = service.send("PUT", boxPath, { body, headers: json, isChunked });
      await assertError(answer, 413, "RequestEntityTooLarge");
    }
  });

  it("A13: a claimed length is refused unread", async () => {
    const socket = openSocket(service.url);
    socket.write(
      `PUT ${boxPath} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2000000000\r\n\r\n{`,
    );
    const answer = await readAnswer(socket);
    socket.destroy();
    assert.equal(answer?.status, 413);
  });

  it("a caller that leaves within its body harms nobody", async () => {
    const socket = openSocket(service.url);
    const head = `PUT ${boxPath} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n`;
    await new Promise<void>((resolve) =>
      socket.write(`${head}Content-Length: 10\r\n\r\n{`, () => resolve()),
    );
    socket.destroy();
    assert.equal((await put({})).status, 200);
  });
});

describe("content", () => {
  for (const body of [
    "{",
    "[]",
    "null",
    '"x"',
    "\uFEFF{}",
    '{"a":1,"a":2}',
    "{}{}",
    "{'a':1}",
    "{} //",
  ]) {
    it(`rule 52, A15: ${JSON.stringify(body)} answers 400`, async () => {
      await assertError(put(body, json), 400, "InvalidRequestContent");
    });
  }

  it("rule 53: a property nobody knows is named", async () => {
    const reply = await assertError(put({ properties: { sise: 1 } }), 400, "UnknownProperty");
    assert.equal(reply.error.target, "properties.sise");
  });

  it("rule 49: several faults come in one answer", async () => {
    const before = service.requests.length;
    const answer = put({ properties: { size: 0, label: 1, other: 2 } });
    const reply = await assertError(answer, 400, "MultipleErrorsOccurred");
    assert.equal(reply.error.details?.length, 3);
    assert.equal(service.requests.length, before);
  });

  it("rule 4: a name other than the address's is refused", async () => {
    const reply = await assertError(put({ name: "b2" }), 400, "InvalidResourceIdentity");
    assert.equal(reply.error.target, "name");
    const sameId = `${groupPath}/boxes/b1`.toUpperCase();
    assert.equal((await put({ name: "B1", id: sameId })).status, 200);
  });
});
