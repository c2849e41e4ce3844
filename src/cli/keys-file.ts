import { readFile } from "node:fs/promises";
import { AppError } from "../base/errors.ts";
import type { DeploymentInfo, LedgerHead, RepositoryKeys } from "../engine/model.ts";
import { savePrivateFile } from "./private-file.ts";

/** What a writer without the service keeps of a repository. Secret. */
export interface KeysFile {
  /** Which installation writes: a GUID. */
  readonly installationId: string;
  /** Where the keys lay when the installation wrote last: elsewhere they are another installation's. */
  readonly place?: string;
  /** Grows with every run, so that a run that was overtaken cannot publish. */
  readonly fence: number;
  readonly deployment: DeploymentInfo;
  readonly keys: RepositoryKeys;
  /** The newest backup made, so that a rolled-back store shows. */
  readonly ledgerHead: LedgerHead | undefined;
}

const format = "holdfast-keys";
const version = 1;

/** Writes the keys, durable when it resolves. */
export async function saveKeys(path: string, content: KeysFile): Promise<void> {
  const { ledgerHead, ...rest } = content;
  const document = { format, version, ...rest, ledgerHead: ledgerHead ?? null };
  await savePrivateFile(path, `${JSON.stringify(document, null, 2)}\n`);
}

/** The keys in a file, or undefined when there is no such file. */
export async function loadKeys(path: string): Promise<KeysFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "EIO";
    if (code === "ENOENT") return undefined;
    const message = `Cannot read the keys in "${path}" (${code}): check who may read it`;
    throw new AppError("InvalidArgument", message, { cause, target: path, nativeCode: code });
  }
  return parseKeys(text, path);
}

/** The keys in a file that must be there. */
export async function requireKeys(path: string): Promise<KeysFile> {
  const keys = await loadKeys(path);
  if (keys !== undefined) return keys;
  throw new AppError(
    "RepositoryNotFound",
    `Cannot find the keys of the repository at "${path}": run "holdfast repo init" first, or name them with --keys`,
    { target: path },
  );
}

function parseKeys(text: string, path: string): KeysFile {
  const document = parseDocument(text);
  const isOurs =
    document?.["format"] === format &&
    isObject(document["keys"]) &&
    isObject(document["deployment"]) &&
    typeof document["installationId"] === "string" &&
    Number.isSafeInteger(document["fence"]);
  if (document === undefined || !isOurs) {
    const message = `Cannot use "${path}" as keys: it is not a keys file of holdfast`;
    throw new AppError("InvalidArgument", message, { target: path });
  }
  if (document["version"] !== version) {
    const message = `Cannot use the keys in "${path}": a newer program wrote them; use that one`;
    throw new AppError("UnsupportedFormat", message, { target: path });
  }
  const file = document as unknown as KeysFile & { readonly ledgerHead: LedgerHead | null };
  return { ...file, ledgerHead: file.ledgerHead ?? undefined };
}

function parseDocument(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
