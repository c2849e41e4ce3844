import { randomUUID } from "node:crypto";
import { AppError, isAppError } from "../../base/errors.ts";
import type { DeploymentInfo, Recipient } from "../../engine/model.ts";
import type { ObjectStore } from "../../engine/object-store.ts";
import { newRepositoryKeys, prepareRepository, readConfig } from "../../engine/repository.ts";
import { makeRepositoryFolder } from "../make-folder.ts";
import { openRepositoryStore } from "../open-repository-store.ts";
import { usageError } from "../arguments.ts";
import { certificateToBase64 } from "../certificate-text.ts";
import type { Arguments, Cli, Command } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { lockKeys } from "../keys-lock.ts";
import { loadKeys, saveKeys, type KeysFile } from "../keys-file.ts";
import {
  engineHost,
  keysPath,
  repositoryOptions,
  repositoryPath,
  signingKeyId,
} from "../open-repository.ts";
import { readNamedFile } from "../private-file.ts";
import { readPreSharedKey } from "../read-opener.ts";

export const repoInit: Command = {
  name: "repo init",
  summary: "Prepares a folder for backups, or changes who can open the backups made from now on",
  examples: [
    [
      "Whoever has the private key of this certificate can open the backups",
      "holdfast repo init --repo /mnt/backup --cert keys/holdfast.cer",
    ],
    [
      "Two certificates: each alone opens them",
      "holdfast repo init --repo /mnt/backup --cert ours.cer --cert escrow.cer",
    ],
  ],
  options: {
    ...repositoryOptions,
    cert: { summary: "Certificate of who can open backups", value: "FILE.cer", multiple: true },
    "psk-file": { summary: "Instead: file with a pre-shared key in base64", value: "FILE" },
    "deployment-id": { summary: "GUID of what is backed up; default: a new one", value: "GUID" },
    region: { summary: 'Its region; default: "local"', value: "NAME" },
  },
  run: runInit,
};

async function runInit(args: Arguments, cli: Cli): Promise<ExitCode> {
  const path = repositoryPath(args);
  const file = keysPath(args, cli);
  const recipients = await readRecipients(args, cli);
  await makeRepositoryFolder(path, cli);
  const store = await openRepositoryStore(path, cli, "write");
  try {
    report(cli, path, file, await prepare(args, cli, store, recipients));
  } finally {
    await store.close();
  }
  return exitCodes.done;
}

async function prepare(
  args: Arguments,
  cli: Cli,
  store: ObjectStore,
  recipients: readonly Recipient[],
): Promise<KeysFile> {
  const file = keysPath(args, cli);
  const lock = await lockKeys(file);
  try {
    const before = (await loadKeys(file)) ?? (await createKeys(args, cli, store));
    // Kept before anything is written: a repository whose keys were lost would be of no use to anybody.
    await saveKeys(file, before);
    const host = engineHost(cli);
    const keys = await prepareRepository(store, before.keys, recipients, before.deployment, host);
    await saveKeys(file, { ...before, keys });
    return { ...before, keys };
  } finally {
    lock.release();
  }
}

async function readRecipients(args: Arguments, cli: Cli): Promise<readonly Recipient[]> {
  const files = args.texts("cert");
  const psk = args.text("psk-file");
  if (files.length > 0 === (psk !== undefined)) {
    throw usageError("Say who can open the backups: --cert FILE.cer (or --psk-file FILE)");
  }
  if (psk !== undefined)
    return [{ kind: "pre-shared-key", keyBase64: await readPreSharedKey(psk) }];
  const { readCertificate } = await import("../../identity/certificates.ts");
  const recipients: Recipient[] = [];
  for (const file of files) {
    const text = certificateToBase64(await readNamedFile(file, "certificate"));
    const { certificateBase64 } = readCertificate(text, cli.clock.now());
    recipients.push({ kind: "certificate", certificateBase64 });
  }
  return recipients;
}

async function createKeys(args: Arguments, cli: Cli, store: ObjectStore): Promise<KeysFile> {
  await refuseForeignRepository(store);
  const deployment: DeploymentInfo = {
    deploymentId: args.text("deployment-id")?.toLowerCase() ?? randomUUID(),
    region: args.text("region") ?? "local",
    stampVersion: null,
    oemVersion: null,
  };
  const keys = newRepositoryKeys(engineHost(cli));
  return { installationId: randomUUID(), fence: 0, deployment, keys, ledgerHead: undefined };
}

/** Says so before new keys are saved that would fit nothing. */
async function refuseForeignRepository(store: ObjectStore): Promise<void> {
  try {
    await readConfig(store);
  } catch (error) {
    if (isAppError(error, "RepositoryNotFound")) return;
    throw error;
  }
  throw new AppError(
    "RepositoryExists",
    "The folder already holds a repository whose keys are not here: name its keys file with --keys, or choose another folder",
  );
}

function report(cli: Cli, path: string, file: string, content: KeysFile): void {
  const { keys, installationId, deployment } = content;
  const keyId = signingKeyId(keys.signingPublicKey);
  const recipients = keys.epochs.at(-1)?.recipients ?? [];
  if (cli.output.isJson) {
    const { repositoryId } = keys;
    cli.output.printJson({
      message_type: "initialized",
      repository: path,
      repositoryId,
      signingKeyId: keyId,
      keysFile: file,
      installationId,
      deployment,
      recipients,
    });
    return;
  }
  const { print } = cli.output;
  print(`Repository ${keys.repositoryId} is ready in ${path}`);
  print(`Signed with key ${keyId}`);
  for (const { kind, subject, thumbprint } of recipients) {
    print(
      `Opened by ${kind === "certificate" ? `${subject ?? ""} (${thumbprint ?? ""})` : "the pre-shared key"}`,
    );
  }
  print(`Keys for writing in ${file}: keep them secret; backups open without them`);
}
