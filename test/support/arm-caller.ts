import { setTimeout as sleep } from "node:timers/promises";
import assert from "node:assert/strict";

/** Calls the service over HTTP as clients of ARM do, in one api-version. */
export interface ArmCaller {
  get(path: string): Promise<Answer>;
  put(path: string, body: unknown): Promise<Answer>;
  patch(path: string, body: unknown): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  remove(path: string): Promise<Answer>;
  /** Anything else; the query is added unless the path has one. */
  send(method: string, path: string, init?: RequestInit): Promise<Answer>;
  /** Asks the status address until the operation has ended, and the Location for what it led to. */
  finish(accepted: Answer): Promise<Ended>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Json;
}

/** Parsed JSON, as tests look into it. */
export type Json = ReturnType<typeof JSON.parse>;

export interface Ended {
  readonly status: "Succeeded" | "Failed" | "Canceled";
  readonly error?: { readonly code: string; readonly message: string };
  /** The last answer on each of the two addresses. */
  readonly statusAnswer: Answer;
  readonly resultAnswer: Answer;
}

const subscription = "/subscriptions/5c17f2a0-6f0b-4d3e-9a55-0c8f4e1b7d21";

/** The path of a location, or of something below it. */
export function pathOf(location: string, below = ""): string {
  return `${subscription}/resourceGroups/system.north/providers/Microsoft.Backup.Admin/backupLocations/${location}${below}`;
}

// Answers name a time of seconds to come again; asking sooner is allowed, and tests are in a hurry.
const firstPauseMilliseconds = 20;
const longestPauseMilliseconds = 150;
const patienceMilliseconds = 120_000;

/** The address is asked for at each call: it changes when the service restarts. */
export function createArmCaller(readUrl: () => string, apiVersion: string): ArmCaller {
  const send: ArmCaller["send"] = async (method, path, init = {}) => {
    // Poll addresses are absolute and may name the port of an earlier start.
    const asked = new URL(path, readUrl());
    const url = new URL(`${asked.pathname}${asked.search}`, readUrl());
    if (url.search === "") url.searchParams.set("api-version", apiVersion);
    const response = await fetch(url, { method, ...init });
    const text = await response.text();
    const body: Json = text === "" ? undefined : JSON.parse(text);
    return { status: response.status, headers: response.headers, text, body };
  };
  const sendJson = (method: string, path: string, body: unknown): Promise<Answer> =>
    send(method, path, {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  return {
    send,
    get: (path) => send("GET", path),
    put: (path, body) => sendJson("PUT", path, body),
    patch: (path, body) => sendJson("PATCH", path, body),
    post: (path, body) => (body === undefined ? send("POST", path) : sendJson("POST", path, body)),
    remove: (path) => send("DELETE", path),
    finish: (accepted) => pollToEnd(send, accepted),
  };
}

async function pollToEnd(send: ArmCaller["send"], accepted: Answer): Promise<Ended> {
  assert.ok([200, 201, 202].includes(accepted.status), `${accepted.status} ${accepted.text}`);
  const statusUrl = accepted.headers.get("azure-asyncoperation") ?? "";
  const resultUrl = accepted.headers.get("location") ?? "";
  assert.match(accepted.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
  const deadline = performance.now() + patienceMilliseconds;
  for (let pause = firstPauseMilliseconds; ; pause = nextPause(pause)) {
    const statusAnswer = await send("GET", statusUrl);
    assert.equal(statusAnswer.status, 200, statusAnswer.text);
    const { status, error } = statusAnswer.body as Pick<Ended, "status" | "error">;
    if (["Succeeded", "Failed", "Canceled"].includes(status)) {
      const resultAnswer = await send("GET", resultUrl);
      assert.notEqual(resultAnswer.status, 202, "The two poll addresses disagree");
      return { status, statusAnswer, resultAnswer, ...(error === undefined ? {} : { error }) };
    }
    assert.ok(performance.now() < deadline, `The operation does not end: ${statusAnswer.text}`);
    await sleep(pause);
  }
}

function nextPause(pause: number): number {
  return Math.min(pause * 1.5, longestPauseMilliseconds);
}

/** Finishes and insists on success. */
export async function succeed(caller: ArmCaller, accepted: Answer): Promise<Ended> {
  const ended = await caller.finish(accepted);
  assert.equal(ended.status, "Succeeded", ended.statusAnswer.text);
  return ended;
}
