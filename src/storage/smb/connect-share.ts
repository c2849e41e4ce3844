import { isIPv6 } from "node:net";

import { utf16 } from "./bytes.ts";
import { Connection, defaultTimeLimits } from "./connection.ts";
import type { TimeLimits } from "./connection.ts";
import { access } from "./file-messages.ts";
import { logOn } from "./log-on.ts";
import { command, headerBytes } from "./message.ts";
import { PreauthHash, defaultOffer, negotiate } from "./negotiate.ts";
import type { Offer } from "./negotiate.ts";
import { SmbShare } from "./share.ts";
import { SmbError, nonsense } from "./smb-error.ts";

const diskShare = 1;

export interface ShareSettings {
  /** Name or address of the server, as it is known to itself. */
  readonly server: string;
  /** Where to connect when that was resolved and checked before; default: the server's name. */
  readonly address?: string;
  /** Default 445. */
  readonly port?: number;
  readonly share: string;
  /** Empty for a UPN (`user@realm`) or an account of the server itself. */
  readonly domain?: string;
  readonly user: string;
  readonly password: string;
  /** Default true: a server without encryption is refused. False accepts signing alone. */
  readonly requireEncryption?: boolean;
  readonly timeLimits?: Partial<TimeLimits>;
  readonly offer?: Offer;
}

/**
 * Connects to a share: SMB 3.1.1, signed always, encrypted whenever the server can. Throws
 * {@link SmbError}, or the signal's reason.
 */
export async function connectShare(
  settings: ShareSettings,
  signal?: AbortSignal,
): Promise<SmbShare> {
  const { address = settings.server, port = 445, offer = defaultOffer } = settings;
  const { domain = "", user, password, requireEncryption = true } = settings;
  if (user === "" || password === "") {
    throw new SmbError("unsupported", "Cannot log on without the name or password of an account");
  }
  const limits = { ...defaultTimeLimits, ...settings.timeLimits };
  const server = spellServer(settings.server);
  const connection = await Connection.open(address, port, limits, signal);
  try {
    const hash = new PreauthHash();
    const negotiated = await negotiate(connection, server, offer, hash, signal);
    // Before the logon: no proof of the password goes to a server we would not use.
    if (requireEncryption && negotiated.cipher === undefined) {
      throw new SmbError("unencrypted", "The server does not offer encryption");
    }
    await logOn(connection, negotiated, { domain, user, password }, server, hash, signal);
    const tree = await connectTree(connection, `\\\\${server}\\${settings.share}`, signal);
    return new SmbShare(connection, negotiated, tree.id, tree.isWritable);
  } catch (error) {
    connection.fail(new SmbError("unreachable", "The connection was given up"));
    throw error;
  }
}

async function connectTree(
  connection: Connection,
  path: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly id: number; readonly isWritable: boolean }> {
  const name = utf16(path);
  const body = Buffer.alloc(8);
  body.writeUInt16LE(9);
  body.writeUInt16LE(headerBytes + 8, 4);
  body.writeUInt16LE(name.length, 6);
  const request = {
    command: command.treeConnect,
    action: "open the share",
    body: Buffer.concat([body, name]),
  };
  const reply = await connection.request(request, signal);
  if (reply.body.u16(0) !== 16) throw nonsense("a share of another form");
  if (reply.body.u8(2) !== diskShare) throw new SmbError("unsupported", "The share holds no files");
  const isWritable = (reply.body.u32(12) & access.writeData) !== 0;
  return { id: reply.treeId, isWritable };
}

/** An address of IPv6 cannot stand in a UNC path; Microsoft gives it a name. */
function spellServer(server: string): string {
  if (!isIPv6(server)) return server;
  return `${server.replaceAll(":", "-").replace("%", "s")}.ipv6-literal.net`;
}
