import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathOf, type ArmCaller, type Json } from "../support/arm-caller.ts";
import { findSecrets, secretForms } from "../support/find-secrets.ts";
import { canMount, sambaAccount, startSamba, type SambaServer } from "../support/samba.ts";
import { startService, type Service } from "../support/service.ts";
import { startSshd, type Sshd } from "../support/sshd.ts";
import { startStrictS3, type StrictS3 } from "../support/strict-s3.ts";
import { makeCertificate, type TestCertificate } from "../support/test-certificates.ts";
import { waitUntil } from "../support/worker-world.ts";
import { makeTlsPair } from "../support/tls-pair.ts";

const canary = (name: string): string => `canary-${name}-${randomBytes(9).toString("hex")}`;
const wrong = {
  password: canary("password"),
  accessKey: canary("access"),
  session: canary("session"),
  signature: canary("signature"),
  account: Buffer.from(canary("account-key")).toString("base64"),
};

let samba: SambaServer;
let sshd: Sshd;
let s3: StrictS3;
let untrusted: StrictS3;
let service: Service;
let api: ArmCaller;
let certificate: TestCertificate;
const heard: string[] = [];

before(async () => {
  [samba, sshd, s3, untrusted] = await Promise.all([
    startSamba({ smallShare: canMount }),
    startSshd(),
    startStrictS3(),
    startStrictS3(makeTlsPair()),
  ]);
  const ports = [samba.port, sshd.port, new URL(untrusted.endpoint).port];
  const allowedHosts = [
    ...ports.map((port) => `127.0.0.1:${port}`),
    s3.endpoint,
    "nowhere.invalid",
  ];
  const log = { format: "json", level: "debug" };
  service = await startService({ config: { stores: { allowedHosts }, log } });
  api = service.call("2026-12-01");
  certificate = makeCertificate(service.folder, "bad", "P-256");
});
after(async () => {
  await service?.close();
  await samba?.stop();
  await sshd?.dispose();
  await s3?.close();
  await untrusted?.close();
});

const aShare = (changes: object = {}): object => ({
  kind: "Smb",
  path: "\\\\127.0.0.1\\backup",
  port: samba.port,
  userName: `${sambaAccount.domain}\\${sambaAccount.user}`,
  password: sambaAccount.password,
  ...changes,
});
const aFolder = (changes: object = {}): object => ({
  kind: "Sftp",
  host: "127.0.0.1",
  port: sshd.port,
  path: sshd.files,
  userName: sshd.userName,
  hostKey: sshd.hostKey,
  privateKey: sshd.writerKey,
  ...changes,
});
const aBucket = (changes: object = {}): object => ({ ...s3.settings, kind: "S3", ...changes });
const aContainer = (changes: object = {}): object => ({
  kind: "AzureBlob",
  containerUrl: `${untrusted.endpoint}/account/north`,
  accountKey: wrong.account,
  ...changes,
});

interface BadStore {
  readonly title: string;
  readonly store: () => object;
  readonly code: string;
  /** What is wrong, and after the colon or semicolon what to do. */
  readonly message: RegExp;
  readonly prepare?: () => void | Promise<void>;
  readonly skip?: boolean;
}

const sas = "sv=2021-08-06&ss=b&srt=co&sp=rwdlac&st=2020-01-01T00:00:00Z&se=2020-01-02T00:00:00Z";

const cases: readonly BadStore[] = [
  {
    title: "a wrong password of a share",
    store: () => aShare({ password: wrong.password }),
    code: "StoreAuthRefused",
    message: /logon.*: check the user name and the password/,
  },
  {
    title: "a share that is not there",
    store: () => aShare({ path: "\\\\127.0.0.1\\nothing" }),
    code: "BackupPathNotFound",
    message: /no such share.*: correct its name, or create the share/,
  },
  {
    title: "a share that is read-only",
    store: () => aShare({ path: "\\\\127.0.0.1\\archive" }),
    code: "StoreReadOnly",
    message: /read-only.*: allow writing/,
  },
  {
    title: "a share that is full",
    prepare: () => {
      const file = join(service.folder, "filling");
      writeFileSync(file, randomBytes(1 << 20));
      for (let number = 0; number < 24; number += 1) {
        try {
          samba.smbclient(`put ${file} filling-${number}`, "small");
        } catch {
          return; // as full as it gets
        }
      }
    },
    store: () => aShare({ path: "\\\\127.0.0.1\\small" }),
    code: "StoreFull",
    message: /full.*: free space there or extend it/,
    skip: !canMount,
  },
  {
    title: "a host that nobody knows",
    store: () => aShare({ path: "\\\\nowhere.invalid\\backup", port: 445 }),
    code: "StoreUnreachable",
    message: /nowhere\.invalid.*(?:check|correct)/,
  },
  {
    title: "a host that is not allowed",
    store: () => aShare({ path: "\\\\files.example\\backup" }),
    code: "StoreHostNotAllowed",
    message: /files\.example.*add it to stores\.allowedHosts/,
  },
  {
    title: "a step up in a share",
    store: () => aShare({ path: "\\\\127.0.0.1\\backup\\..\\archive" }),
    code: "InvalidBackupPath",
    message: /"\.\." step: write where it leads to/,
  },
  {
    title: "a device's name",
    store: () => aShare({ path: "\\\\127.0.0.1\\backup\\aux" }),
    code: "InvalidBackupPath",
    message: /reserved for a device: choose another/,
  },
  {
    title: "a share of Azure Files as a container",
    store: () => aContainer({ containerUrl: "https://north.file.core.windows.net/backups" }),
    code: "InvalidBackupPath",
    message: /Azure Files.*use a container/,
  },
  {
    title: "a certificate that is not trusted",
    store: () => aBucket({ endpoint: untrusted.endpoint, sessionToken: wrong.session }),
    code: "StoreNotTrusted",
    message: /signed by itself.*: give the authority/,
  },
  {
    title: "a container whose certificate is not trusted",
    store: () => aContainer(),
    code: "StoreNotTrusted",
    message: /signed by itself.*: give the authority/,
  },
  {
    title: "a shared access signature that has expired",
    store: () => aContainer({ authentication: "Sas", sasToken: `${sas}&sig=${wrong.signature}` }),
    code: "StoreAccountProblem",
    message: /expired/,
  },
  {
    title: "a wrong access key",
    store: () => aBucket({ secretAccessKey: wrong.accessKey }),
    code: "StoreAuthRefused",
    message: /secret does not fit.*: check the access key/,
  },
  {
    title: "a server with another time",
    prepare: () => void (s3.skewMilliseconds = 3_600_000),
    store: () => aBucket(),
    code: "ClockMismatch",
    message: /clock/,
  },
  {
    title: "another host key",
    store: () => aFolder({ hostKey: `SHA256:${"A".repeat(43)}` }),
    code: "StoreNotTrusted",
    message: /key/,
  },
  {
    title: "a wrong password of an SFTP server",
    store: () => aFolder({ privateKey: undefined, password: wrong.password }),
    code: "StoreAuthRefused",
    message: /./,
  },
  {
    title: "an account that is locked out",
    prepare: async () => {
      samba.setPolicy("bad lockout attempt", 1);
      const guess = { store: aShare({ password: wrong.password }) };
      await putAndFail("bad-guess", { location: "north", properties: guess });
    },
    store: () => aShare(),
    code: "StoreAccountProblem",
    message: /locked out.*: ask the administrator of the account to unlock it/,
  },
];

describe("a store that is no good", () => {
  for (const { title, store, code, message, prepare, skip = false } of cases) {
    it(`is named with what to do, in the operation and the log: ${title}`, { skip }, async () => {
      await prepare?.();
      const name = `bad-${cases.findIndex((one) => one.title === title)}`;
      const recipients = [{ certificateBase64: certificate.certificateBase64 }];
      const properties = { store: store(), encryption: { recipients } };
      const error = await putAndFail(name, { location: "north", properties });
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
      await waitUntil(() => Promise.resolve(service.readLog().includes(`"${code}"`)));
      // It never was in force.
      const shown = (await api.get(pathOf(name))).body?.properties;
      assert.ok(shown === undefined || shown.provisioningState === "Failed");
    });
  }

  it("P5: has its secrets nowhere", () => {
    const known = { share: sambaAccount.password, bucket: s3.settings.secretAccessKey };
    const secrets = Object.entries({ ...wrong, ...known }).map(([name, text]) =>
      secretForms(name, Buffer.from(text)),
    );
    mkdirSync(join(service.folder, "said"));
    writeFileSync(join(service.folder, "said", "heard"), heard.join("\n"));
    for (const place of ["said", "state", "log"])
      assert.deepEqual(findSecrets(secrets, join(service.folder, place)), []);
  });
});

/** The refusal of the request, or the error of its operation. */
async function putAndFail(name: string, body: object): Promise<{ code: string; message: string }> {
  const answer = await api.put(pathOf(name), body);
  heard.push(answer.text);
  if (answer.status === 400) return answer.body.error as Json;
  const { statusAnswer, resultAnswer } = await api.finish(answer);
  heard.push(statusAnswer.text, resultAnswer.text);
  assert.equal(statusAnswer.body.status, "Failed", statusAnswer.text);
  return statusAnswer.body.error as Json;
}
