import { BlockList, isIP } from "node:net";
import { AppError, type ErrorCode } from "../base/errors.ts";

/** Which hosts stores may be on. Nothing is sent to a host that it refuses, not even a name to look up. */
export interface HostPolicy {
  /** Throws `StoreHostNotAllowed`; asks nobody. */
  check(host: string, port: number, isPlainHttp: boolean): void;
  /**
   * The address to connect to, looked up once: a name that leads to a refused address is refused. Throws
   * `StoreHostNotAllowed`, `StoreUnreachable`.
   */
  resolve(host: string, port: number): Promise<ResolvedHost>;
}

export interface ResolvedHost {
  readonly address: string;
  readonly family: 4 | 6;
}

/** What hosts are judged for: the words of a refusal. */
export interface HostPurpose {
  /** Name of the setting that lists hosts. */
  readonly setting: string;
  /** `a store`. */
  readonly thing: string;
  readonly code: ErrorCode;
}

const forStores: HostPurpose = {
  setting: "stores.allowedHosts",
  thing: "a store",
  code: "StoreHostNotAllowed",
};

/** Looks a name up; tests bring their own. */
export type NameLookup = (host: string) => Promise<readonly ResolvedHost[]>;

/**
 * The policy of the configuration's `stores.allowedHosts`, or of another list for another purpose. Entries are
 * `host`, `host:port` or `http://host:port` (the only way to allow plain HTTP; `plain://` says it of other
 * protocols). With a list only its hosts are allowed; without one every host is, but for
 * this machine itself, link-local and metadata addresses, which always have to be listed.
 */
export function createHostPolicy(
  entries: readonly string[] | undefined,
  lookUp: NameLookup = lookUpName,
  purpose: HostPurpose = forStores,
): HostPolicy {
  const rules = entries?.map((entry) => parseRule(entry, purpose.setting));
  const refused = (host: string, why: string): AppError => refusal(purpose, host, why);
  return {
    check: (host, port, isPlainHttp) => {
      const rule = findRule(rules, host, port, isPlainHttp);
      if (rule !== undefined) return;
      if (isPlainHttp) throw refused(host, "it would be spoken to without TLS");
      if (rules !== undefined) throw refused(host, "it is not in the list of allowed hosts");
      const plain = stripBrackets(host).toLowerCase();
      const isOwn = plain === "localhost" || plain.endsWith(".localhost");
      if (isOwn || isSpecialAddress(plain)) throw refused(host, special);
      if (metadataNames.has(plain)) throw refused(host, special);
    },
    resolve: async (host, port) => {
      const plain = stripBrackets(host);
      const isListed = findRule(rules, host, port, undefined) !== undefined;
      const found = isIP(plain) === 0 ? await lookUp(plain) : [ownAddress(plain)];
      const [first] = found;
      if (first === undefined) throw unknownHost(plain, undefined);
      if (!isListed && found.some(({ address }) => isSpecialAddress(address)))
        throw refused(host, special);
      return first;
    },
  };
}

/** Lets everything pass: for the command line, where the caller names the host and gives the secret. */
export function openHostPolicy(lookUp: NameLookup = lookUpName): HostPolicy {
  return {
    check: () => undefined,
    resolve: async (host) => {
      const plain = stripBrackets(host);
      const [first] = isIP(plain) === 0 ? await lookUp(plain) : [ownAddress(plain)];
      if (first === undefined) throw unknownHost(plain, undefined);
      return first;
    },
  };
}

/** The port an entry fixes for a host, for stores whose address has no place for one (`\\server\share`). */
export function portRule(entries: readonly string[] | undefined, host: string): number | undefined {
  return entries
    ?.map((entry) => parseRule(entry, forStores.setting))
    .find(
      (rule) => rule.host === host.toLowerCase() && !rule.isPlainHttp && rule.port !== undefined,
    )?.port;
}

interface HostRule {
  readonly host: string;
  readonly port: number | undefined;
  readonly isPlainHttp: boolean;
}

/** Throws `InvalidConfiguration`. */
function parseRule(entry: string, setting: string): HostRule {
  const text = entry.replace(/^(?:http|plain):\/\//, "");
  const isPlainHttp = text !== entry;
  const match = /^(\[[0-9a-fA-F:.]+(?:%[0-9A-Za-z]+)?\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(
    text,
  );
  const port = match?.[2] === undefined ? undefined : Number(match[2]);
  if (match?.[1] === undefined || (port !== undefined && (port < 1 || port > 65_535))) {
    throw new AppError(
      "InvalidConfiguration",
      `Setting "${setting}" has an entry ${JSON.stringify(entry)}: write "host", "host:port" or "http://host:port"`,
      { target: setting },
    );
  }
  return { host: stripBrackets(match[1]).toLowerCase(), port, isPlainHttp };
}

/** A plain-HTTP entry allows plain HTTP only; another entry allows everything else. */
function findRule(
  rules: readonly HostRule[] | undefined,
  host: string,
  port: number,
  isPlainHttp: boolean | undefined,
): HostRule | undefined {
  const plain = stripBrackets(host).toLowerCase();
  return rules?.find(
    (rule) =>
      rule.host === plain &&
      (rule.port === undefined || rule.port === port) &&
      (isPlainHttp === undefined || rule.isPlainHttp === isPlainHttp),
  );
}

const special = "its address is this machine's own, link-local or a metadata service's";
const metadataNames: ReadonlySet<string> = new Set(["metadata", "metadata.google.internal"]);

/** Loopback, unspecified, link-local, metadata, multicast; also inside IPv6 forms of IPv4 addresses. */
let specialAddresses: BlockList | undefined;

function listSpecialAddresses(): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of [
    ["0.0.0.0", 8],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
    ["168.63.129.16", 32], // Azure's wire server
    ["100.100.100.200", 32], // metadata of another cloud
    ["224.0.0.0", 4],
    ["240.0.0.0", 4],
  ] as const)
    list.addSubnet(net, prefix, "ipv4");
  for (const [net, prefix] of [
    ["::", 127],
    ["fe80::", 10],
    ["fd00:ec2::254", 128], // metadata over IPv6
    ["ff00::", 8],
    ["64:ff9b::", 96], // NAT64 hides an IPv4 address
    ["2002::", 16], // so does 6to4
  ] as const)
    list.addSubnet(net, prefix, "ipv6");
  return list;
}

function isSpecialAddress(text: string): boolean {
  const version = isIP(text);
  if (version === 0) return false;
  // BlockList looks into IPv4-mapped addresses by itself; which line a link-local one is on does not matter.
  specialAddresses ??= listSpecialAddresses();
  return specialAddresses.check(text.replace(/%.*$/, ""), version === 6 ? "ipv6" : "ipv4");
}

async function lookUpName(host: string): Promise<readonly ResolvedHost[]> {
  try {
    const { lookup } = await import("node:dns/promises");
    const found = await lookup(host, { all: true });
    return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
  } catch (cause) {
    throw unknownHost(host, cause);
  }
}

function ownAddress(address: string): ResolvedHost {
  return { address, family: isIP(address) === 6 ? 6 : 4 };
}

function stripBrackets(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}

function refusal({ code, thing, setting }: HostPurpose, host: string, why: string): AppError {
  return new AppError(
    code,
    `Cannot use ${thing} on "${host}": ${why}; add it to ${setting} in the configuration of the service if it is meant`,
    { target: host },
  );
}

function unknownHost(host: string, cause: unknown): AppError {
  const nativeCode = (cause as NodeJS.ErrnoException | undefined)?.code;
  return new AppError(
    "StoreUnreachable",
    `Cannot find the host "${host}": check its spelling and the name servers of this machine`,
    {
      ...(cause === undefined ? {} : { cause }),
      ...(nativeCode === undefined ? {} : { nativeCode }),
      // A name that does not exist stays so; a name server that failed may answer later.
      retryable: nativeCode === "EAI_AGAIN",
      target: host,
    },
  );
}
