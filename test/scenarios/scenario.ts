import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AppError, type ErrorCode } from "../../src/base/errors.ts";
import {
  startProviderServer,
  type ProviderServer,
  publicBaseUrl,
} from "../support/provider-server.ts";
import { aGate } from "../support/provider-steps.ts";
import { waitUntil } from "../support/worker-world.ts";
import { matchValue, type Bindings } from "./match.ts";

/** One numbered file of a scenario: what happens first, one request, what must come back. */
export interface Step {
  readonly before?: {
    /** The engine's next work waits until `release`. */
    readonly hold?: boolean;
    readonly release?: boolean;
    /** The engine fails with this, until told otherwise; an empty text heals it. */
    readonly fail?: { readonly code: ErrorCode | ""; readonly message?: string };
    /** Waits until no job is left to do. */
    readonly settle?: boolean;
    readonly advanceSeconds?: number;
  };
  readonly request: {
    readonly method: string;
    /** Path and query, or a bound address such as `${location}`. */
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    /** The body to the letter, where a client's blanks are the point. */
    readonly text?: string;
  };
  readonly response: {
    readonly status: number;
    /** Those that must be there; `null` for one that must not. */
    readonly headers?: Readonly<Record<string, string | null>>;
    /** The whole body, in the order of its properties; absent means no body at all. */
    readonly body?: unknown;
    /** Some of its properties, when the rest is not the point. */
    readonly bodyHas?: unknown;
  };
}

/** Folders with numbered steps, below `test/scenarios`. */
export function listScenarios(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^\d\d-.*\.json$/.test(entry.name))
    .map((entry) => entry.parentPath)
    .filter((folder, index, all) => all.indexOf(folder) === index)
    .sort();
}

/** Plays the steps of a folder in their order against a fresh world. */
export async function playScenario(folder: string): Promise<void> {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort();
  const arm = await startProviderServer();
  const bindings: Bindings = new Map([["host", publicBaseUrl]]);
  const stage = createStage(arm);
  try {
    for (const file of files) {
      const step = JSON.parse(readFileSync(join(folder, file), "utf8")) as Step;
      await stage(step);
      await playStep(arm, step, bindings, file);
    }
  } finally {
    await stage({ before: { release: true } } as Step);
    await arm.close();
  }
}

/** Sets the scene before a request. */
function createStage({ world }: ProviderServer): (step: Step) => Promise<void> {
  let gate: ReturnType<typeof aGate> | undefined;
  return async ({ before = {} }) => {
    if (before.release === true) {
      world.engine.behavior = {};
      gate?.open();
    }
    // What was asked for earlier ends before the scene is another one.
    if (before.settle === true) {
      await waitUntil(async () => (await world.store.listJobs(["queued", "running"])).length === 0);
    }
    if (before.hold === true) {
      const held = aGate();
      gate = held;
      const wait = (): Promise<void> => held.opened;
      world.engine.behavior = {
        ...{ probe: wait, backup: wait, restore: wait, verify: wait, prune: wait },
      };
    }
    const { fail } = before;
    if (fail !== undefined) {
      const { code, message = "" } = fail;
      const refuse = (): never => {
        throw new AppError(code === "" ? "Internal" : code, message);
      };
      world.engine.behavior =
        code === "" ? {} : { probe: refuse, backup: refuse, restore: refuse, verify: refuse };
    }
    if (before.advanceSeconds !== undefined)
      await world.clock.advance(before.advanceSeconds * 1000);
  };
}

async function playStep(
  arm: ProviderServer,
  step: Step,
  bindings: Bindings,
  file: string,
): Promise<void> {
  const { request, response: expected } = step;
  const path = fill(request.path, bindings).replace(publicBaseUrl, "");
  const headers = {
    ...(request.body === undefined ? {} : { "Content-Type": "application/json" }),
    ...request.headers,
  };
  const template = request.text ?? JSON.stringify(request.body);
  const body = template === undefined ? undefined : fill(template, bindings, JSON.stringify);
  const url = `${arm.address}${path}`;
  const init = { method: request.method, headers };
  const response = await fetch(url, body === undefined ? init : { ...init, body });
  const text = await response.text();
  assert.equal(response.status, expected.status, `${file}: status; body ${text}`);
  for (const [name, value] of Object.entries(expected.headers ?? {})) {
    const actual = response.headers.get(name);
    if (value === null) assert.equal(actual, null, `${file}: header ${name}`);
    else matchValue(actual, value, bindings, `${file}: header ${name}`, "whole");
  }
  if (expected.bodyHas !== undefined) {
    matchValue(JSON.parse(text), expected.bodyHas, bindings, `${file}: body`, "part");
  } else if (expected.body !== undefined) {
    matchValue(JSON.parse(text), expected.body, bindings, `${file}: body`, "whole");
  } else {
    assert.equal(text, "", `${file}: body`);
    assert.equal(response.headers.get("content-type"), null, `${file}: content type`);
  }
}

/** Puts bound values in the place of `${name}`. */
function fill(
  text: string,
  bindings: Bindings,
  encode: (value: string) => string = (value) => JSON.stringify(value),
): string {
  return text.replaceAll(/\$\{(\w+)\}/g, (_whole, name: string) => {
    const value = bindings.get(name);
    assert.ok(value !== undefined, `Nothing is bound to "${name}"`);
    return encode(value).slice(1, -1);
  });
}
