import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";

import {
  CreateBucketCommand,
  PutBucketPolicyCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
} from "@aws-sdk/client-s3";

import type { ObjectStore } from "../../src/engine/object-store.ts";
import type { WebStoreOptions } from "../../src/storage/azure-blob.ts";
import { checkStore } from "../../src/storage/check-store.ts";
import { openS3Store } from "../../src/storage/s3.ts";
import type { S3StoreSettings } from "../../src/storage/s3-client.ts";
import { describeObjectStore } from "../contracts/describe-object-store.ts";
import { someBytes } from "../contracts/object-store.ts";
import type { StoreUnderTest } from "../contracts/object-store.ts";
import type { StoreBehindRelay } from "../contracts/store-entry.ts";
import { startFaultRelay } from "../support/fault-relay.ts";
import { startRadosGateway } from "../support/rados-gateway.ts";
import type { RadosGateway, S3User } from "../support/rados-gateway.ts";

let gateway: RadosGateway;
let user: S3User;
let admin: S3Client;

before(async () => {
  gateway = await startRadosGateway();
  user = await gateway.createUser("writer", "--max-buckets=0");
  admin = connectAdmin(user);
});
after(async () => {
  admin.destroy();
  await gateway.stop();
});

function connectAdmin(credentials: S3User): S3Client {
  const endpoint = gateway.url;
  return new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
}

async function makeBucket(client: S3Client): Promise<string> {
  const bucket = `b${randomBytes(8).toString("hex")}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return bucket;
}

function describeStore(bucket: string, account: S3User, endpoint = gateway.url): S3StoreSettings {
  const region = "us-east-1";
  return { endpoint, region, bucket, prefix: "site/a", usesPathStyle: true, ...account };
}

async function openGateway(options: WebStoreOptions = {}): Promise<StoreUnderTest> {
  const settings = describeStore(await makeBucket(admin), user);
  const reopen = (): Promise<ObjectStore> => openS3Store(settings, { namesPerPage: 250 });
  const store = await openS3Store(settings, { namesPerPage: 250, ...options });
  return {
    store,
    reopen,
    fill: async (names) => {
      const left = names.values();
      const work = async (): Promise<void> => {
        for (const name of left) await store.put(name, Buffer.from(name));
      };
      await Promise.all(Array.from({ length: 8 }, work));
    },
    dispose: () => store.close(),
  };
}

/** A bucket whose owner may hold 4 MB in it. */
async function openFull(): Promise<StoreUnderTest> {
  const account = await gateway.createUser("limited");
  const scope = ["--uid=limited", "--quota-scope=bucket"];
  await gateway.administer("quota", "set", ...scope, "--max-size=4M");
  await gateway.administer("quota", "enable", ...scope);
  const client = connectAdmin(account);
  const settings = describeStore(await makeBucket(client), account);
  client.destroy();
  const store = await openS3Store(settings);
  return { store, reopen: () => openS3Store(settings), dispose: () => store.close() };
}

/** A bucket whose policy forbids to write, once its first object is there. */
async function openDenied(): Promise<StoreUnderTest> {
  const settings = describeStore(await makeBucket(admin), user);
  const store = await openS3Store(settings);
  await store.put("present", someBytes(77));
  const statement = {
    Effect: "Deny",
    Principal: "*",
    Action: ["s3:PutObject"],
    Resource: [`arn:aws:s3:::${settings.bucket}/*`],
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await admin.send(new PutBucketPolicyCommand({ Bucket: settings.bucket, Policy }));
  return { store, reopen: () => openS3Store(settings), dispose: () => store.close() };
}

async function openWrong(): Promise<StoreUnderTest> {
  const account = { ...user, secretAccessKey: wrongSecret };
  const store = await openS3Store(describeStore(await makeBucket(admin), account));
  return { store, reopen: async () => store, dispose: () => store.close() };
}

async function openBehindRelay(): Promise<StoreBehindRelay> {
  const relay = await startFaultRelay(Number(new URL(gateway.url).port));
  const bucket = await makeBucket(admin);
  const url = `http://127.0.0.1:${relay.port}`;
  const store = await openS3Store(describeStore(bucket, user, url));
  return {
    store,
    relay,
    reopen: () => openS3Store(describeStore(bucket, user)),
    killServer: () => gateway.kill(),
    startServer: () => gateway.start(),
    dispose: async () => {
      await store.close();
      await relay.close();
    },
  };
}

const wrongSecret = "an-entirely-wrong-secret";

describeObjectStore("S3 (Ceph RADOS gateway)", {
  open: () => openGateway(),
  manyObjects: 600,
  full: openFull,
  denied: openDenied,
  wrongSecret: { secret: wrongSecret, open: openWrong },
  skewed: (clock) => openGateway({ clock }),
  network: openBehindRelay,
  mayArriveLate: "S3 names an object by the upload itself, so one that left whole may still arrive",
  seesFlippedBits: false,
});

describe("A92: a bucket that locks all objects for a day", () => {
  it("is refused by this gateway's fault: with versions it ignores conditions", async () => {
    const bucket = `b${randomBytes(8).toString("hex")}`;
    await admin.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }));
    const DefaultRetention = { Mode: "COMPLIANCE", Days: 1 } as const;
    const rule = { ObjectLockEnabled: "Enabled", Rule: { DefaultRetention } } as const;
    await admin.send(
      new PutObjectLockConfigurationCommand({ Bucket: bucket, ObjectLockConfiguration: rule }),
    );
    const { steps } = await checkStore(() => openS3Store(describeStore(bucket, user)));
    const failed = steps.find(({ status }) => status === "Failed");
    assert.equal(failed?.code, "StoreUnsupported");
    assert.match(failed.message, /ignores If-None-Match.*use a store that honours/);
  });
});
