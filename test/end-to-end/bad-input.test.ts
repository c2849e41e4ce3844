import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createSelfSigned } from "../../src/identity/create-keys.ts";
import { pathOf, succeed, type Answer, type ArmCaller, type Json } from "../support/arm-caller.ts";
import { startService, type Service } from "../support/service.ts";
import { takeSnapshot } from "../support/site-snapshot.ts";
import { makeCertificate, makePfx, type TestCertificate } from "../support/test-certificates.ts";

const unknownId = "00000000-0000-4000-8000-000000000000";
let service: Service;
let api: ArmCaller;
let certificate: TestCertificate;
let store: string;
let pfx: object;
let backupId: string;

before(async () => {
  service = await startService();
  api = service.call("2026-12-01");
  certificate = makeCertificate(service.folder, "right", "rsa:2048");
  pfx = pfxOf("right", certificate);
  store = join(service.folder, "store");
  mkdirSync(store);
  await succeed(api, await api.put(pathOf("north"), aLocation({})));
  const made = await succeed(api, await api.post(pathOf("north", "/createBackup")));
  backupId = made.resultAnswer.body.name;
});
after(() => service.close());

/** A good body with some properties replaced. */
function aLocation(properties: object): object {
  const recipients = [{ certificateBase64: certificate.certificateBase64 }];
  const good = { store: { kind: "Local", path: store }, encryption: { recipients } };
  return { location: "north", properties: { ...good, ...properties } };
}

function pfxOf(name: string, of: TestCertificate, password = "right word"): object {
  const decryptionCertBase64 = makePfx(service.folder, name, of, "right word");
  return { decryptionCertBase64, decryptionCertPassword: password };
}

function withCertificate(certificateBase64: string): object {
  return aLocation({ encryption: { recipients: [{ certificateBase64 }] } });
}

interface Refusal {
  readonly title: string;
  readonly ask: () => Promise<Answer>;
  readonly status: number;
  readonly code: string;
  /** Tells the caller what is wrong or what to do. */
  readonly message: RegExp;
  readonly target?: string;
}

const put = (body: unknown): Promise<Answer> => api.put(pathOf("north"), body);
const putText = (body: string): Promise<Answer> =>
  api.send("PUT", pathOf("north"), { body, headers: { "content-type": "application/json" } });
const restore = (options: object, id = backupId): Promise<Answer> =>
  api.post(pathOf("north", `/backups/${id}/restore`), {
    targetPath: join(service.restoreRoot, "refused"),
    ...options,
  });

const requests: readonly Refusal[] = [
  {
    title: "no api-version",
    ask: () => api.send("GET", `${pathOf("north")}?api-versio=2026-12-01`),
    status: 400,
    code: "MissingApiVersionParameter",
    message: /api-version/,
  },
  {
    title: "an api-version nobody has",
    ask: () => api.send("GET", `${pathOf("north")}?api-version=2017-01-01`),
    status: 400,
    code: "InvalidApiVersionParameter",
    message: /2016-05-01.*2018-09-01.*2021-09-01.*2026-12-01/,
  },
  {
    title: "an unknown resource type",
    ask: () => api.get(pathOf("north").replace("backupLocations", "backupPlaces")),
    status: 404,
    code: "InvalidResourceType",
    message: /no such type.+check the path/,
  },
  {
    title: "malformed JSON",
    ask: () => putText('{"location": "north", "properties": {'),
    status: 400,
    code: "InvalidRequestContent",
    message: /JSON/,
  },
  {
    title: "a number as text",
    ask: () => put(aLocation({ schedule: { frequencyInHours: "8" } })),
    status: 400,
    code: "InvalidProperty",
    message: /frequencyInHours/,
    target: "properties.schedule.frequencyInHours",
  },
  {
    title: "an unknown property",
    ask: () => put(aLocation({ retension: { periodInDays: 7 } })),
    status: 400,
    code: "UnknownProperty",
    message: /retension/,
    target: "properties.retension",
  },
  {
    title: "a body of more than 1 MiB",
    ask: () => putText(JSON.stringify({ ...aLocation({}), tags: { much: "x".repeat(1 << 20) } })),
    status: 413,
    code: "RequestEntityTooLarge",
    message: /1048576|1 MiB/,
  },
];

const certificates: readonly Refusal[] = [
  {
    title: "a certificate that is not base64",
    ask: () => put(withCertificate("*** not base64 ***")),
    status: 400,
    code: "InvalidCertificate",
    message: /base64/,
    target: "properties.encryption.recipients",
  },
  {
    title: "a certificate that is not X.509",
    ask: () => put(withCertificate(Buffer.from("nothing of the kind").toString("base64"))),
    status: 400,
    code: "InvalidCertificate",
    message: /X\.509|certificate/,
  },
  {
    title: "an RSA key of 1024 bits",
    ask: () =>
      put(withCertificate(makeCertificate(service.folder, "weak", "rsa:1024").certificateBase64)),
    status: 400,
    code: "CertificateTooWeak",
    message: /2048/,
  },
  {
    title: "an expired certificate",
    ask: async () => put(withCertificate(await anOldCertificate())),
    status: 400,
    code: "CertificateExpired",
    message: /expired|valid/,
  },
  {
    title: "a certificate with its private key",
    ask: () => {
      const pem =
        readFileSync(certificate.certificateFile) + readFileSync(certificate.keyFile, "utf8");
      return put(withCertificate(Buffer.from(pem).toString("base64")));
    },
    status: 400,
    code: "CertificateContainsPrivateKey",
    message: /private key/,
  },
];

const stores: readonly Refusal[] = [
  {
    title: "a relative path",
    ask: () => put(aLocation({ store: { kind: "Local", path: "backups/north" } })),
    status: 400,
    code: "InvalidBackupPath",
    message: /absolute/,
    target: "properties.store.path",
  },
  {
    title: "a path that does not exist",
    ask: () => put(aLocation({ store: { kind: "Local", path: join(service.folder, "nowhere") } })),
    status: 400,
    code: "BackupPathNotFound",
    message: /create it or mount it/,
    target: "properties.store.path",
  },
  {
    title: "a path to a file",
    ask: () => put(aLocation({ store: { kind: "Local", path: certificate.keyFile } })),
    status: 400,
    code: "InvalidBackupPath",
    message: /folder/,
    target: "properties.store.path",
  },
  {
    title: "a folder nobody may write to",
    ask: () => put(aLocation({ store: { kind: "Local", path: aClosedFolder() } })),
    status: 409,
    code: "StoreReadOnly",
    message: /right to write/,
    target: "properties.store.path",
  },
  {
    title: "a share",
    ask: () =>
      service.call("2018-09-01").put(pathOf("north"), {
        location: "north",
        properties: { externalStoreDefault: { path: "\\\\files.example.net\\backups" } },
      }),
    status: 400,
    code: "InvalidArgument",
    message: /needs the account/,
    target: "properties.externalStoreDefault.userName",
  },
];

const actions: readonly Refusal[] = [
  {
    title: "an unknown backup",
    ask: () => api.get(pathOf("north", `/backups/${unknownId}`)),
    status: 404,
    code: "ResourceNotFound",
    message: new RegExp(unknownId),
  },
  {
    title: "a restore of an unknown backup",
    ask: () => restore(pfx, unknownId),
    status: 404,
    code: "ResourceNotFound",
    message: new RegExp(unknownId),
  },
  {
    title: "a backup to an unknown location",
    ask: () => api.post(pathOf("south", "/createBackup")),
    status: 404,
    code: "ParentResourceNotFound",
    message: /south/,
  },
  {
    title: "a wrong .pfx password",
    ask: () => restore(pfxOf("right", certificate, "wrong word")),
    status: 400,
    code: "WrongPfxPassword",
    message: /check the password/,
    target: "decryptionCertPassword",
  },
  {
    title: "the .pfx of another certificate",
    ask: () => restore(pfxOf("other", makeCertificate(service.folder, "other", "rsa:2048"))),
    status: 400,
    code: "DecryptionKeyMismatch",
    message: /encrypted to "[0-9A-F]{40}"/,
    target: "decryptionCertBase64",
  },
  {
    title: "a .pfx that is none",
    ask: () => restore({ decryptionCertBase64: Buffer.from("no").toString("base64") }),
    status: 400,
    code: "InvalidPfx",
    message: /\.pfx/,
  },
  {
    title: "a restore without a key",
    ask: () => restore({}),
    status: 400,
    code: "InvalidPfx",
    message: /send the \.pfx/,
  },
  {
    title: "a restore into a folder outside the root",
    ask: () => restore({ ...pfx, targetPath: join(service.folder, "elsewhere") }),
    status: 400,
    code: "RestoreTargetNotAllowed",
    message: /below/,
    target: "targetPath",
  },
  {
    title: "a restore of a role that is not there",
    ask: () => restore({ ...pfx, roleNames: ["fils"] }),
    status: 400,
    code: "RoleNotFound",
    message: /"files"/,
  },
];

async function anOldCertificate(): Promise<string> {
  const wishes = { commonName: "old", validDays: 1, now: Date.UTC(2001, 1), bits: 2048 };
  const { certificateDer } = await createSelfSigned({
    ...wishes,
    password: "12345678",
    randomBytes,
  });
  return certificateDer.toString("base64");
}

async function assertRefused(refusal: Refusal): Promise<void> {
  const before = await takeSnapshot(service, "north", store);
  const answer = await refusal.ask();
  const error: Json = answer.body.error;
  assert.equal(answer.status, refusal.status, answer.text);
  assert.equal(error.code, refusal.code, answer.text);
  assert.match(error.message, refusal.message);
  if (refusal.target !== undefined) assert.equal(error.target, refusal.target);
  assert.equal(answer.headers.get("x-ms-error-code"), refusal.code);
  assert.equal(answer.headers.get("azure-asyncoperation"), null);
  assert.deepEqual(await takeSnapshot(service, "north", store), before);
}

for (const [group, refusals] of Object.entries({ requests, certificates, stores, actions })) {
  describe(`bad input: ${group}`, () => {
    for (const refusal of refusals) it(refusal.title, () => assertRefused(refusal));
  });
}

/** For root a file system that refuses, for others a folder without the right. */
function aClosedFolder(): string {
  if (process.getuid?.() === 0) return "/sys/kernel";
  const path = join(service.folder, "closed");
  mkdirSync(path, { mode: 0o555 });
  return path;
}
