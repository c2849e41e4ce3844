import assert from "node:assert/strict";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathOf, type Json } from "./arm-caller.ts";
import type { Service } from "./service.ts";
import { makeCertificate } from "./test-certificates.ts";

/** A long-running call as a client library makes it: the first request, then every poll it thinks right. */
export type RunCall = (call: PollerCall) => Promise<PollerOutcome>;

export interface PollerCall {
  readonly method: "PUT" | "PATCH" | "POST" | "DELETE";
  readonly url: string;
  readonly body?: object;
  readonly via: FinalStateVia;
}

/** Where the specification of the call says the result is found; what a client does without being told. */
export type FinalStateVia = "default" | "location" | "azure-async-operation";

/** What the caller of the library gets: the parsed result, or the error it is told. */
export type PollerOutcome =
  | { readonly ok: true; readonly body: Json }
  | { readonly ok: false; readonly code: string | undefined; readonly message: string };

export const allVersions = ["2016-05-01", "2018-09-01", "2021-09-01", "2026-12-01"] as const;
export type Version = (typeof allVersions)[number];

/** Settings for services that pollers are tried on: nobody wants to wait for ten seconds each time. */
export const pollerConfig: Readonly<Record<string, unknown>> = { maximumRetryAfterSeconds: 1 };

/**
 * Configures a location, backs up, patches, deletes, and fails twice, through one client in one api-version; every
 * outcome is what the contract says. `name` keeps runs apart that share a service.
 */
export async function tellStory(
  service: Service,
  name: string,
  version: Version,
  via: FinalStateVia,
  run: RunCall,
): Promise<void> {
  const address = (below = ""): string =>
    `${service.url}${pathOf(name, below)}?api-version=${version}`;
  const store = join(service.folder, name);
  mkdirSync(store);
  const put = (path: string): Promise<PollerOutcome> =>
    run({ method: "PUT", url: address(), body: aLocation(service, name, version, path), via });
  const createBackup = (): Promise<PollerOutcome> =>
    run({ method: "POST", url: address("/createBackup"), via });

  const made = expectSuccess(await put(store));
  assert.equal(made.properties.provisioningState, "Succeeded", JSON.stringify(made));
  const backup = expectSuccess(await createBackup());
  const { properties } = backup;
  const status = version === "2026-12-01" ? properties.status : properties.backupInfo.status;
  assert.equal(status, "Succeeded", JSON.stringify(backup));

  const other = `${store}-other`;
  const current = version >= "2021-09-01" ? other : store;
  mkdirSync(other);
  const patch = { method: "PATCH", url: address(), body: aPatch(version, other), via } as const;
  if (current === other) {
    const patched = expectSuccess(await run(patch));
    assert.equal(patched.properties.provisioningState, "Succeeded", JSON.stringify(patched));
    assert.ok(JSON.stringify(patched).includes(other));
  }

  const spoilt = join(service.folder, `${name}-spoilt`);
  mkdirSync(spoilt);
  // Found only when the work has begun, so that the failure is the operation's and not the request's.
  writeFileSync(join(spoilt, "holdfast"), "not a folder");
  expectFailure(await put(spoilt), /a link or device stands there/);
  renameSync(current, `${current}-away`);
  expectFailure(await createBackup(), /Cannot find the folder .*: create it or mount it/);
  renameSync(`${current}-away`, current);

  if (version === "2026-12-01") {
    const gone = await run({ method: "DELETE", url: address(), via });
    assert.equal(gone.ok, true, JSON.stringify(gone));
  }
}

/** A location with a local store, as the version writes it. */
export function aLocation(service: Service, name: string, version: Version, path: string): object {
  const properties =
    version === "2026-12-01"
      ? {
          store: { kind: "Local", path },
          encryption: { recipients: [{ certificateBase64: certificateOf(service) }] },
        }
      : { externalStoreDefault: { path, ...keyOf(service, version) } };
  return { location: "north", name, properties };
}

function aPatch(version: Version, path: string): object {
  return {
    properties:
      version === "2026-12-01"
        ? { store: { kind: "Local", path } }
        : { externalStoreDefault: { path } },
  };
}

function keyOf(service: Service, version: Version): object {
  if (version === "2016-05-01")
    return { encryptionKeyBase64: Buffer.alloc(32, "key").toString("base64") };
  return { encryptionCertBase64: certificateOf(service) };
}

const certificates = new Map<string, string>();

function certificateOf({ folder }: Service): string {
  const made =
    certificates.get(folder) ?? makeCertificate(folder, "P-256", "P-256").certificateBase64;
  certificates.set(folder, made);
  return made;
}

function expectSuccess(outcome: PollerOutcome): Json {
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.body;
}

/** A caller learns what happened, and what to do about it. */
function expectFailure(outcome: PollerOutcome, message: RegExp): void {
  assert.ok(!outcome.ok, JSON.stringify(outcome));
  assert.match(outcome.message, message);
}
