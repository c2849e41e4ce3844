import { X509Certificate } from "node:crypto";
import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { createSecureContext } from "node:tls";
import { parseArgs } from "node:util";
import { systemClock } from "./base/clock.ts";
import { readFreeSpace } from "./base/free-space.ts";
import { filesOf, loadConfig, type Config } from "./config.ts";
import { openSealingKey, type SecretSealer } from "./identity/sealed-secrets.ts";
import { readCertificate, readThumbprint } from "./identity/certificates.ts";
import { openPfx } from "./identity/pfx.ts";
import { checkOf, passed, troubled, type Check } from "./provider/diagnosis/check.ts";
import { diagnose } from "./provider/diagnosis/diagnose.ts";
import { parseRoles, type RoleConfig } from "./roles/role-config.ts";
import { readCertificatePair } from "./server/watch-certificate.ts";
import { inspectSqliteState } from "./state/inspect-sqlite.ts";
import { openSqliteStore } from "./state/sqlite-store.ts";
import { createHostPolicy } from "./storage/host-policy.ts";
import { createAddressReader } from "./storage/store-addresses.ts";

/**
 * A look at an installation from its own machine: settings, folders, keys and, with `--state`, everything the
 * service would say of itself. Writes a JSON list of checks; `holdfast doctor` runs it, for the service may be down.
 */
async function checkInstallation(args: readonly string[]): Promise<readonly Check[]> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: "string", default: "holdfast.yaml" },
      state: { type: "boolean", default: false },
    },
  });
  const found: { config?: Config; roles?: readonly RoleConfig[] } = {};
  const settings = await checkOf("settings", () => {
    found.config = loadConfig(values.config, {});
    found.roles = parseRoles(found.config.roles);
    for (const { allowedHosts } of [found.config.stores, found.config.notifications])
      createHostPolicy(allowedHosts);
    return passed("settings", `The settings in "${values.config}" are valid`);
  });
  const { config, roles = [] } = found;
  if (config === undefined) return [settings];
  const { stateFile } = filesOf(config);
  return [
    settings,
    await checkOf("folders", () => checkFolders(config)),
    await checkOf("sources", () => checkSources(roles)),
    ...(config.tls === undefined ? [] : [await checkOf("tls", () => checkTls(config.tls))]),
    await checkOf("sealing-key", () => checkSealingKey(config, stateFile)),
    await checkOf("state-file", () => checkStateFile(stateFile)),
    ...(values.state ? await diagnoseState(config, stateFile) : []),
  ];
}

function checkFolders({ stateDirectory, restoreRoot }: Config): Check {
  for (const folder of [stateDirectory, restoreRoot]) {
    try {
      accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      const { code = "unknown" } = error as NodeJS.ErrnoException;
      const what = `The folder "${folder}" cannot be used: the system says "${code}"`;
      const remedy =
        code === "ENOENT"
          ? "Start the service once, as its own user: it makes the folder"
          : "Run this as the user of the service, and give that user the folder";
      return troubled("folders", "Failed", what, remedy);
    }
  }
  if ((statSync(stateDirectory).mode & 0o077) === 0)
    return passed("folders", "The folders of state and restores can be used");
  const message = `Other users of the machine may look into "${stateDirectory}"`;
  return troubled("folders", "Warning", message, `Close it: chmod 700 ${stateDirectory}`);
}

/** The paths that roles read; what is not there now may be mounted later. */
function checkSources(roles: readonly RoleConfig[]): Check {
  const unreadable = roles.flatMap((role) => {
    const place = role.adapter === "command" ? role.settings.command : role.settings.path;
    // A program without a folder is looked for on the path, when it is run.
    return !isAbsolute(place) || canRead(place) ? [] : [`"${place}" of role "${role.name}"`];
  });
  if (unreadable.length === 0) return passed("sources", "Everything that roles name can be read");
  const message = `Cannot be read: ${unreadable.join(", ")}`;
  const remedy = "Correct the path in the settings, or give the service's user the right to read";
  return troubled("sources", "Failed", message, remedy);
}

function canRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

const warningDays = 30;

/** The certificate that callers see. */
function checkTls(files: Config["tls"]): Check {
  if (files === undefined) return passed("tls", "The service speaks HTTP");
  const { certPem, keyPem } = readCertificatePair(files);
  const renew = `Renew ${files.certificateFile}; the service notices within half a minute`;
  try {
    createSecureContext({ cert: certPem, key: keyPem });
  } catch {
    const message = "The certificate and the key of the listener do not fit together";
    return troubled("tls", "Failed", message, "Name a certificate and its own key in tls");
  }
  const { validTo } = new X509Certificate(certPem);
  const days = (Date.parse(validTo) - systemClock.now()) / 86_400_000;
  const words = `The certificate of the listener ends on ${new Date(validTo).toISOString()}`;
  if (days > warningDays) return passed("tls", words);
  return troubled("tls", days <= 0 ? "Failed" : "Warning", words, renew);
}

/** Opening would make a key where there is none: with a state beside it, that would hide what is lost. */
function checkSealingKey(config: Config, stateFile: string): Check {
  const file = filesOf(config).sealingKeyFile;
  if (statSync(file, { throwIfNoEntry: false }) !== undefined) {
    openSealingKey(file);
    return passed("sealing-key", "The sealing key is there, and only its owner may read it");
  }
  const hasState = statSync(stateFile, { throwIfNoEntry: false }) !== undefined;
  if (!hasState) return passed("sealing-key", "The service makes the key at its first start");
  return troubled(
    "sealing-key",
    "Failed",
    `The sealing key "${file}" is gone: no stored secret can be opened without it`,
    "Bring it back from the copy you keep, before the service starts and makes another",
    "Or enter every secret again afterwards",
  );
}

function checkStateFile(file: string): Check {
  const state = inspectSqliteState(file);
  if (state.kind === "absent") {
    const remedy = "Start it: holdfast serve --config FILE";
    return troubled("state-file", "Warning", "The service has not run here yet", remedy);
  }
  return passed("state-file", "The state file is intact");
}

/** What the service would say of itself. Only with a state and a key as they are: looking makes and changes neither. */
async function diagnoseState(config: Config, stateFile: string): Promise<readonly Check[]> {
  const sealer = openExistingKey(filesOf(config).sealingKeyFile);
  if (sealer === undefined || !isOurState(stateFile)) return [];
  const clock = systemClock;
  const store = await openSqliteStore({ file: stateFile, clock });
  try {
    const { allowedHosts } = config.stores;
    return await diagnose({
      store,
      clock,
      identity: { readCertificate, readThumbprint, openPfx, ...sealer },
      addresses: createAddressReader(createHostPolicy(allowedHosts), allowedHosts),
      freeSpace: () => readFreeSpace(config.stateDirectory),
    });
  } finally {
    await store.close();
  }
}

function openExistingKey(file: string): SecretSealer | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false }) && openSealingKey(file);
  } catch {
    return undefined;
  }
}

function isOurState(file: string): boolean {
  try {
    const state = inspectSqliteState(file);
    return state.kind === "intact" && state.isOurs;
  } catch {
    return false;
  }
}

if (import.meta.main)
  process.stdout.write(`${JSON.stringify(await checkInstallation(process.argv.slice(2)))}\n`);
