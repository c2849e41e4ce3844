import type { S3Client } from "@aws-sdk/client-s3";

import { AppError } from "../base/errors.ts";
import type { S3Library } from "./s3-library.ts";
import type { WebAgent } from "./web-agent.ts";
import { parseEndpoint } from "./web-endpoint.ts";

export interface S3StoreSettings {
  /** Scheme, host and port of the service. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Folders above our objects: `a/b`, or empty. */
  readonly prefix: string;
  readonly accessKeyId: string;
  /** Secret. */
  readonly secretAccessKey: string;
  /** Secret; of temporary credentials. */
  readonly sessionToken?: string | undefined;
  /** `https://host/bucket/…` instead of `https://bucket.host/…`. */
  readonly usesPathStyle: boolean;
}

/** The library would warn on the console of each refused upload. */
const say = (): void => undefined;
const silent = { trace: say, debug: say, info: say, warn: say, error: say };

export interface LoadedS3 {
  readonly library: S3Library;
  readonly client: S3Client;
}

/** Throws `InvalidArgument` naming the setting that no service could take. */
export function checkS3Settings(settings: S3StoreSettings): URL {
  const url = parseEndpoint(settings.endpoint, "InvalidArgument", "endpoint");
  if (url.pathname !== "/") throw bad("endpoint", "it has a path; give scheme, host and port only");
  const { bucket, region, accessKeyId, secretAccessKey, sessionToken } = settings;
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || bucket.includes("..")) {
    throw bad("bucket", "names of buckets are 3 to 63 small letters, digits, dots and hyphens");
  }
  if (!/^[A-Za-z0-9-]{1,64}$/.test(region)) throw bad("region", `write it as "us-east-1"`);
  if (!/^[\w+=,.@/-]{1,256}$/.test(accessKeyId))
    throw bad("accessKeyId", "it is not an access key");
  for (const [name, secret] of Object.entries({
    secretAccessKey,
    sessionToken: sessionToken ?? "-",
  })) {
    // Only said, never shown.
    if (!/^[\x21-\x7e]{1,8192}$/.test(secret)) throw bad(name, "it is empty or holds spaces");
  }
  return url;
}

/** A client of the service. The library is loaded here, so that local repositories start without it. */
export async function createS3Client(
  settings: S3StoreSettings,
  url: URL,
  agent: WebAgent,
): Promise<LoadedS3> {
  const { s3Library: library } = await import("./s3-library.ts");
  const { region, accessKeyId, secretAccessKey, sessionToken, usesPathStyle } = settings;
  const client = new library.S3Client({
    endpoint: url.origin,
    region,
    forcePathStyle: usesPathStyle,
    credentials: {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
    maxAttempts: 1, // the retrying decorator repeats, for all kinds of stores alike
    followRegionRedirects: false,
    // Services like S3 know Content-MD5; few know the checksums that the library would add.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    expectContinueHeader: false,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    useAccelerateEndpoint: false,
    disableMultiregionAccessPoints: true,
    defaultsMode: "standard",
    customUserAgent: "holdfast",
    logger: silent,
    // Its own limits are off: the agent cuts silent connections off.
    requestHandler: {
      httpAgent: agent,
      httpsAgent: agent,
      requestTimeout: 0,
      connectionTimeout: 0,
    },
  });
  return { library, client };
}

function bad(target: string, why: string): AppError {
  return new AppError(
    "InvalidArgument",
    `Cannot use the setting "${target}" of the store: ${why}`,
    {
      target,
    },
  );
}
