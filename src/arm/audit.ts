import type { IncomingMessage } from "node:http";
import type { Logger } from "../base/log.ts";
import type { ArmAction, Caller } from "./access.ts";
import type { Aim } from "./read-address.ts";
import type { Answer } from "./answer.ts";
import type { RequestIds } from "./build-context.ts";
import { serviceUnavailable } from "./errors.ts";
import { fillTemplate } from "./path-template.ts";

/**
 * What one record of the audit log says. `Started`: a write that is about to be done; `Ended`: the same,
 * answered; `Refused`: a write that never began; `Denied`: somebody who may not.
 */
export interface AuditFacts {
  readonly event: "Started" | "Ended" | "Refused" | "Denied";
  readonly requestId: string;
  readonly correlationId: string;
  readonly clientRequestId?: string;
  /** Where the connection came from. */
  readonly address?: string;
  /** Where the front door says its user is. */
  readonly clientAddress?: string;
  readonly principalId?: string;
  readonly principalName?: string;
  readonly principalKind?: string;
  readonly tenantId?: string;
  readonly method: string;
  readonly resource?: string;
  readonly route?: string;
  readonly apiVersion?: string;
  /** The body as JSON; secrets and long texts as keyed hashes. */
  readonly content?: string;
  readonly status?: number;
  readonly errorCode?: string;
  readonly operationId?: string;
}

/** Where records go. */
export interface AuditLog {
  /** Durable when it resolves. */
  append(facts: AuditFacts): Promise<void>;
  /** The same for denials, of which many may become one record that counts them. */
  appendDenial(facts: AuditFacts): Promise<void>;
}

export interface AuditSettings {
  readonly log: AuditLog;
  /** Names of the properties that hold secrets. */
  readonly secretProperties: readonly string[];
  /** Whether bodies of a route have declared properties only: others may hold anything under any name. */
  readonly isDeclared: (route: string) => boolean;
  /** A keyed hash: tells equal texts from different ones, and nothing else to who lacks the key. */
  readonly hashText: (text: string) => string;
}

/** The audit of one exchange; each step tells what became known. */
export interface ExchangeAudit {
  aimedAt(aim: Aim): void;
  calledBy(caller: Caller): void;
  /** Before a write is done: rejects when it cannot be kept, and then it must not be done. Undefined: it is no write. */
  begin(body: unknown): Promise<void> | undefined;
  /** Before the answer goes out; never rejects, for what was done cannot be undone. Undefined: nothing is kept. */
  end(answer: Answer): Promise<void> | undefined;
}

/** Starts the audit of an exchange; without settings nothing is kept. */
export function auditExchange(
  settings: AuditSettings | undefined,
  request: IncomingMessage,
  ids: RequestIds,
  logger: Logger,
): ExchangeAudit {
  if (settings === undefined) return noAudit;
  return new KeptAudit(settings, request, ids, logger);
}

class KeptAudit implements ExchangeAudit {
  readonly #settings: AuditSettings;
  readonly #request: IncomingMessage;
  readonly #ids: RequestIds;
  readonly #logger: Logger;
  readonly #isWrite: boolean;
  // Of a connection that has ended nobody can ask any more.
  readonly #address: string | undefined;
  #aim: Aim | undefined;
  #who: Caller | undefined;
  #hasBegun = false;

  constructor(settings: AuditSettings, request: IncomingMessage, ids: RequestIds, logger: Logger) {
    this.#settings = settings;
    this.#request = request;
    this.#ids = ids;
    this.#logger = logger;
    this.#isWrite = request.method !== "GET" && request.method !== "HEAD";
    this.#address = request.socket.remoteAddress;
  }

  aimedAt(aim: Aim): void {
    this.#aim = aim;
  }

  calledBy(caller: Caller): void {
    this.#who = caller;
  }

  begin(body: unknown): Promise<void> | undefined {
    return this.#isWrite ? this.#beginWrite(body) : undefined;
  }

  async #beginWrite(body: unknown): Promise<void> {
    const content = describeContent(body, this.#settings, this.#aim?.action.path ?? "");
    try {
      await this.#settings.log.append({
        ...this.#describe(),
        event: "Started",
        ...optional({ content }),
      });
    } catch (error) {
      throw serviceUnavailable(error);
    }
    this.#hasBegun = true;
  }

  end({ status, errorCode, operationId }: Answer): Promise<void> | undefined {
    const isKnownWrite = this.#isWrite && this.#who !== undefined;
    const event = this.#hasBegun ? "Ended" : eventOf(status, isKnownWrite);
    if (event === undefined) return undefined;
    const result = { status, ...optional({ errorCode, operationId }) };
    const record: AuditFacts = { ...this.#describe(), event, ...result };
    const { log } = this.#settings;
    const kept = event === "Denied" ? log.appendDenial(record) : log.append(record);
    return kept.catch(() =>
      this.#logger.error("An audit record is lost", { requestId: this.#ids.requestId, status }),
    );
  }

  #describe(): Omit<AuditFacts, "event"> {
    return describeExchange(this.#request, this.#ids, this.#address, this.#who, this.#aim);
  }
}

/** What an exchange was in which nothing began; nothing to keep of most. */
function eventOf(status: number, isKnownWrite: boolean): "Denied" | "Refused" | undefined {
  if (status === 401 || status === 403) return "Denied";
  // Whoever sends too much must not fill the log with it.
  return isKnownWrite && status !== 429 ? "Refused" : undefined;
}

const noAudit: ExchangeAudit = {
  aimedAt: () => undefined,
  calledBy: () => undefined,
  begin: () => undefined,
  end: () => undefined,
};

/** Put together only when there is something to keep: most requests read. */
function describeExchange(
  request: IncomingMessage,
  ids: RequestIds,
  address: string | undefined,
  who: Caller | undefined,
  aim: Aim | undefined,
): Omit<AuditFacts, "event"> {
  return {
    ...describeRequest(request, ids, address),
    ...(who === undefined ? {} : describeCaller(who, request)),
    ...(aim === undefined ? {} : describeAction(aim.action, aim.apiVersion)),
  };
}

function describeRequest(
  request: IncomingMessage,
  ids: RequestIds,
  address: string | undefined,
): Omit<AuditFacts, "event"> & { readonly method: string } {
  const { requestId, correlationId, clientRequestId } = ids;
  return {
    requestId,
    correlationId,
    ...optional({ clientRequestId, address }),
    method: request.method ?? "GET",
  };
}

function describeAction({ path, params }: ArmAction, apiVersion: string): Partial<AuditFacts> {
  const resource = fillTemplate(path, (name) => params[name] ?? "");
  return { resource: resource.slice(0, maximumResourceLength), route: path, apiVersion };
}

function describeCaller(
  { principal, tenantId, isFrontDoor }: Caller,
  { headers }: IncomingMessage,
): Partial<AuditFacts> {
  const sent = isFrontDoor ? headers["x-ms-client-ip-address"] : undefined;
  const clientAddress = typeof sent === "string" ? sent.slice(0, maximumAddressLength) : undefined;
  return {
    principalId: principal.id,
    principalName: principal.name,
    principalKind: principal.kind,
    ...optional({ tenantId, clientAddress }),
  };
}

const maximumResourceLength = 2048;
const maximumAddressLength = 64;
const maximumTextLength = 200;
const maximumContentLength = 8192;

/**
 * The body with hashes for secrets and for what may hold one: long texts, and addresses with a query or a
 * user.
 */
function describeContent(
  body: unknown,
  { secretProperties, isDeclared, hashText }: AuditSettings,
  route: string,
): string | undefined {
  if (body === undefined) return undefined;
  const hash = (text: string): string => `hash:${hashText(text)}`;
  if (!isDeclared(route)) return JSON.stringify(hash(JSON.stringify(body)));
  const mayTell = (text: string): boolean =>
    text.length <= maximumTextLength && !/[?@]|BEGIN/.test(text);
  const text = JSON.stringify(body, (name, value: unknown) => {
    if (value === null || value === "") return value;
    if (secretProperties.includes(name)) return hash(JSON.stringify(value));
    return typeof value === "string" && !mayTell(value) ? hash(value) : value;
  });
  return text.length <= maximumContentLength ? text : JSON.stringify(hash(text));
}

function optional<T extends Readonly<Record<string, string | undefined>>>(
  fields: T,
): { readonly [Name in keyof T]?: string } {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { readonly [Name in keyof T]?: string };
}
