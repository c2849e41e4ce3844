import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { readAuthorityFile } from "./base/authority-file.ts";
import { processPriorities, type ProcessPriority } from "./base/background-process.ts";
import { AppError } from "./base/errors.ts";
import { readAuthentication, type AuthenticationConfig } from "./config-authentication.ts";
import {
  guid,
  integer,
  invalid,
  oneOf,
  path,
  section,
  text,
  texts,
  webAddress,
} from "./config-values.ts";

/** Everything the service is told from outside, read once, checked, frozen. `deploy/config.example.yaml` shows it. */
export interface Config {
  readonly listen: { readonly host: string; readonly port: number };
  /** Present: HTTPS with this certificate and key (PEM files). */
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
  /** Scheme and host of the links we hand out; absent: what the listener is bound to. */
  readonly publicBaseUrl?: string;
  /** Absolute folder of state, sealing key, cache and scratch files. */
  readonly stateDirectory: string;
  /** Absolute folder below which restores are written. */
  readonly restoreRoot: string;
  /** How callers sign in. */
  readonly authentication: AuthenticationConfig;
  /** Requests a second of one caller in one subscription. */
  readonly limits: Limits;
  readonly deployment: {
    readonly id?: string;
    readonly region: string;
    readonly stampVersion: string | null;
    readonly oemVersion: string | null;
  };
  /** As written; `roles/role-config.ts` reads it. */
  readonly roles: unknown;
  readonly log: {
    readonly format: "json" | "pretty";
    readonly level: "error" | "warn" | "info" | "debug";
  };
  readonly stores: {
    /** Hosts that stores may be on; absent: every host but this machine's own and special addresses. */
    readonly allowedHosts?: readonly string[];
    /** PEM of authorities that https stores may be certified by, besides those of the system. */
    readonly authorities?: string;
  };
  /** Health and metrics on a listener of their own, for the machine or its network only; absent: health beside the API, no metrics. */
  readonly internal?: { readonly host: string; readonly port: number };
  /** What becomes of writes in subscriptions that the front door has not announced. */
  readonly unknownSubscriptions: "take" | "refuse";
  /** How long the audit log keeps its records, and how many. */
  readonly audit: { readonly retentionDays: number; readonly maximumRecords: number };
  readonly notifications: {
    /** Hosts that notifications may go to; absent: every host but this machine's own and special addresses. */
    readonly allowedHosts?: readonly string[];
    /** PEM of authorities that receivers may be certified by, besides those of the system. */
    readonly authorities?: string;
  };
  /** Where traces are sent; absent: there are none. */
  readonly tracing?: Config["stores"] & { readonly endpoint: string };
  /** Threads of a backup or restore. */
  readonly workers: number;
  /** How what the engine does stands to requests and to other programs of this machine. */
  readonly enginePriority: ProcessPriority;
  /** Seconds between polls for work; tests set it low. */
  readonly pollSeconds: number;
  readonly leaseSeconds: number;
  /** Seconds from one look of the watchdog to the next. */
  readonly watchSeconds: number;
  /** Seconds from one look at a store to the next, between backups; 0: never. */
  readonly storeProbeSeconds: number;
  /** Caps every Retry-After, for demonstrations; absent: what the contract says. */
  readonly maximumRetryAfterSeconds?: number;
  /** Test builds only: the step at which the process kills itself. */
  readonly failpoint?: string;
}

/** The files in the state folder that the service cannot do without. */
export function filesOf({ stateDirectory }: Config): {
  readonly stateFile: string;
  readonly sealingKeyFile: string;
} {
  return {
    stateFile: join(stateDirectory, "holdfast.db"),
    sealingKeyFile: join(stateDirectory, "sealing.key"),
  };
}

/** Reads a YAML file. Throws `InvalidConfiguration` naming the setting and what to write instead. */
export function loadConfig(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Config {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new AppError(
      "InvalidConfiguration",
      `Cannot read the configuration file "${file}": name an existing file with --config`,
      { cause, target: file },
    );
  }
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw new AppError(
      "InvalidConfiguration",
      `The configuration file "${file}" is not YAML: ${cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : ""}`,
      { cause, target: file },
    );
  }
  return parseConfig(value, resolve(file, ".."), environment);
}

const settings: readonly string[] = [
  "listen",
  "tls",
  "publicBaseUrl",
  "stateDirectory",
  "restoreRoot",
  "authentication",
  "limits",
  "deployment",
  "roles",
  "log",
  "stores",
  "notifications",
  "audit",
  "tracing",
  "internal",
  "unknownSubscriptions",
  "workers",
  "enginePriority",
  "pollSeconds",
  "leaseSeconds",
  "watchSeconds",
  "storeProbeSeconds",
  "maximumRetryAfterSeconds",
];

/** Checks plain data; relative folders count from `folder`. */
export function parseConfig(
  value: unknown,
  folder: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): Config {
  const root = section(value, "configuration", settings);
  const publicBaseUrl = optionalUrl(root["publicBaseUrl"]);
  const failpoint = environment["HOLDFAST_TEST_FAILPOINT"];
  const listen = readListen(root["listen"] ?? {}, "listen");
  const listening = { host: listen.host, hasTls: root["tls"] !== undefined };
  return Object.freeze({
    listen,
    ...(root["tls"] === undefined ? {} : { tls: readTls(root["tls"], folder) }),
    ...(publicBaseUrl === undefined ? {} : { publicBaseUrl }),
    stateDirectory: path(root["stateDirectory"], "stateDirectory", folder),
    restoreRoot: path(root["restoreRoot"], "restoreRoot", folder),
    authentication: readAuthentication(root["authentication"] ?? {}, listening),
    limits: readLimits(root["limits"] ?? {}),
    deployment: readDeployment(root["deployment"]),
    roles: root["roles"],
    log: readLog(root["log"] ?? {}),
    stores: readPeers(root["stores"] ?? {}, "stores", folder),
    ...(root["internal"] === undefined
      ? {}
      : { internal: readListen(root["internal"], "internal") }),
    unknownSubscriptions: oneOf(root["unknownSubscriptions"] ?? "take", "unknownSubscriptions", [
      "take",
      "refuse",
    ]),
    notifications: readPeers(root["notifications"] ?? {}, "notifications", folder),
    audit: readAudit(root["audit"] ?? {}),
    ...readTracing(root["tracing"], folder),
    ...readPace(root),
    ...readRetryCap(root["maximumRetryAfterSeconds"]),
    ...(failpoint === undefined || failpoint === "" ? {} : { failpoint }),
  });
}

function readPace(
  root: Readonly<Record<string, unknown>>,
): Pick<
  Config,
  | "workers"
  | "enginePriority"
  | "pollSeconds"
  | "leaseSeconds"
  | "watchSeconds"
  | "storeProbeSeconds"
> {
  return {
    enginePriority: oneOf(root["enginePriority"] ?? "low", "enginePriority", processPriorities),
    workers: integer(root["workers"] ?? 2, "workers", 1, 64),
    pollSeconds: integer(root["pollSeconds"] ?? 5, "pollSeconds", 1, 3600),
    leaseSeconds: integer(root["leaseSeconds"] ?? 30, "leaseSeconds", 2, 3600),
    watchSeconds: integer(root["watchSeconds"] ?? 30, "watchSeconds", 1, 3600),
    storeProbeSeconds: integer(root["storeProbeSeconds"] ?? 900, "storeProbeSeconds", 0, 86_400),
  };
}

function readRetryCap(value: unknown): Pick<Config, "maximumRetryAfterSeconds"> {
  if (value === undefined) return {};
  return { maximumRetryAfterSeconds: integer(value, "maximumRetryAfterSeconds", 1, 600) };
}

function readListen(value: unknown, name: "listen" | "internal"): Config["listen"] {
  const listen = section(value, name, ["host", "port"]);
  const usualPort = name === "listen" ? 8443 : 8081;
  return {
    host: text(listen["host"] ?? "127.0.0.1", `${name}.host`),
    port: integer(listen["port"] ?? usualPort, `${name}.port`, 0, 65_535),
  };
}

interface Limits {
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
  readonly deletesPerSecond: number;
}

function readLimits(value: unknown): Limits {
  const usual: Limits = { readsPerSecond: 100, writesPerSecond: 20, deletesPerSecond: 20 };
  const limits = section(value, "limits", Object.keys(usual));
  const read = (name: keyof Limits): number =>
    integer(limits[name] ?? usual[name], `limits.${name}`, 1, 1_000_000);
  return {
    readsPerSecond: read("readsPerSecond"),
    writesPerSecond: read("writesPerSecond"),
    deletesPerSecond: read("deletesPerSecond"),
  };
}

function readDeployment(value: unknown): Config["deployment"] {
  const known = ["id", "region", "stampVersion", "oemVersion"];
  const deployment = section(value, "deployment", known);
  const version = (name: "stampVersion" | "oemVersion"): string | null =>
    deployment[name] === undefined ? null : text(deployment[name], `deployment.${name}`);
  return {
    ...(deployment["id"] === undefined ? {} : { id: guid(deployment["id"], "deployment.id") }),
    region: text(deployment["region"], "deployment.region", "the name of a region"),
    stampVersion: version("stampVersion"),
    oemVersion: version("oemVersion"),
  };
}

function readLog(value: unknown): Config["log"] {
  const log = section(value, "log", ["format", "level"]);
  return {
    format: oneOf(log["format"] ?? "json", "log.format", ["json", "pretty"]),
    level: oneOf(log["level"] ?? "info", "log.level", ["error", "warn", "info", "debug"]),
  };
}

/** Who may be spoken to, and who vouches for them; `storage/host-policy.ts` reads the hosts. */
function readPeers(
  value: unknown,
  name: "stores" | "notifications" | "tracing",
  folder: string,
): Config["stores"] {
  const { allowedHosts, caFile } = section(value, name, ["allowedHosts", "caFile"]);
  const setting = `${name}.caFile`;
  const trust =
    caFile === undefined
      ? {}
      : { authorities: readAuthorityFile(path(caFile, setting, folder), setting) };
  if (allowedHosts === undefined) return trust;
  return { ...trust, allowedHosts: texts(allowedHosts, `${name}.allowedHosts`) };
}

function readTracing(value: unknown, folder: string): Pick<Config, "tracing"> {
  if (value === undefined) return {};
  const known = ["endpoint", "allowedHosts", "caFile"];
  const { endpoint, ...peers } = section(value, "tracing", known);
  const address = webAddress(endpoint, "tracing.endpoint");
  return { tracing: { endpoint: address, ...readPeers(peers, "tracing", folder) } };
}

function readAudit(value: unknown): Config["audit"] {
  const audit = section(value, "audit", ["retentionDays", "maximumRecords"]);
  return {
    retentionDays: integer(audit["retentionDays"] ?? 400, "audit.retentionDays", 1, 3650),
    maximumRecords: integer(
      audit["maximumRecords"] ?? 500_000,
      "audit.maximumRecords",
      1000,
      10_000_000,
    ),
  };
}

/** A deployment id for a service that was not given one; main keeps it in the state. */
export function newDeploymentId(): string {
  return randomUUID();
}

function readTls(value: unknown, folder: string): { certificateFile: string; keyFile: string } {
  const tls = section(value, "tls", ["certificateFile", "keyFile"]);
  return {
    certificateFile: path(tls["certificateFile"], "tls.certificateFile", folder),
    keyFile: path(tls["keyFile"], "tls.keyFile", folder),
  };
}

function optionalUrl(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const given = text(value, "publicBaseUrl");
  const url = URL.parse(given);
  if (
    url === null ||
    !["http:", "https:"].includes(url.protocol) ||
    url.pathname !== "/" ||
    url.search !== "" ||
    url.username !== ""
  ) {
    throw invalid(
      "publicBaseUrl",
      'it must be scheme and host only, for example "https://backup.example"',
    );
  }
  return url.origin;
}
