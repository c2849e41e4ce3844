import type { Clock } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";

/** Where a machine in Azure asks for tokens of its own identity; the address is the same on all of them. */
const metadataEndpoint = "http://169.254.169.254";
const tokenResource = "https://storage.azure.com/";
const answerMilliseconds = 10_000;
const largestAnswerBytes = 64 * 1024;

export interface AccessToken {
  /** Secret. */
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresOnTimestamp: number;
}

export interface ManagedIdentity {
  /** One of several identities of the machine; undefined for its only one. */
  readonly clientId: string | undefined;
  /** For tests. */
  readonly endpoint?: string;
}

/** Asks the machine's metadata service for a token for storage. Throws `StoreAccountProblem`, `StoreUnreachable`. */
export async function requestToken(
  { clientId, endpoint = metadataEndpoint }: ManagedIdentity,
  clock: Clock,
): Promise<AccessToken> {
  const url = new URL("/metadata/identity/oauth2/token", endpoint);
  url.searchParams.set("api-version", "2018-02-01");
  url.searchParams.set("resource", tokenResource);
  if (clientId !== undefined) url.searchParams.set("client_id", clientId);
  try {
    const answer = await fetch(url, {
      headers: { Metadata: "true" },
      redirect: "error",
      signal: AbortSignal.timeout(answerMilliseconds),
    });
    const body = await readSmallBody(answer);
    if (answer.status !== 200) throw refusal(answer.status);
    return readToken(body, clock.now());
  } catch (error) {
    if (isAppError(error)) throw error;
    // The library's error may hold parts of the answer: not kept.
    throw new AppError(
      "StoreUnreachable",
      `Cannot get a token of the managed identity: the metadata service of this machine does not answer; give the machine an identity, or use an account key or a shared access signature`,
      { target: "managedIdentity", retryable: true },
    );
  }
}

function refusal(status: number): AppError {
  // 404, 410 and 429 are what the service answers while it is starting or busy.
  const retryable = [404, 410, 429].includes(status) || status >= 500;
  return new AppError(
    retryable ? "StoreUnreachable" : "StoreAccountProblem",
    `Cannot get a token of the managed identity: the metadata service of this machine refused (HTTP ${status}); check that the identity is assigned to this machine and its client id is right`,
    { target: "managedIdentity", retryable, nativeCode: `HTTP ${status}` },
  );
}

function readToken(body: string, now: number): AccessToken {
  const answer = parseObject(body);
  const token = answer["access_token"];
  const seconds = Number(answer["expires_in"]);
  if (typeof token === "string" && token !== "" && Number.isFinite(seconds) && seconds > 0) {
    return { token, expiresOnTimestamp: now + seconds * 1000 };
  }
  throw new AppError(
    "StoreAccountProblem",
    "Cannot get a token of the managed identity: the metadata service of this machine gave no token; check that it is the one of Azure",
    { target: "managedIdentity" },
  );
}

function parseObject(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

async function readSmallBody(answer: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  for await (const piece of answer.body ?? []) {
    total += piece.length;
    if (total > largestAnswerBytes) throw new Error("the answer is too long");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
