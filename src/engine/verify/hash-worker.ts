import { parentPort } from "node:worker_threads";
import { hashObject, type HashJob } from "./hash-object.ts";

/** One thread that hashes objects. */
parentPort?.on("message", (job: HashJob) => parentPort?.postMessage(hashObject(job)));
