import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** Any JSON object of a document. */
export type Node = { readonly [key: string]: unknown };

export interface BundledDocument {
  readonly namespace: string;
  readonly apiVersion: string;
  /** The file it was read from. */
  readonly file: string;
  /** OpenAPI 2.0 whose every `$ref` is local; references to examples are left as they are. */
  readonly document: SwaggerDocument;
}

export interface SwaggerDocument extends Node {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly parameters: Readonly<Record<string, Node>>;
  readonly definitions: Readonly<Record<string, Node>>;
}

export interface Operation extends Node {
  readonly operationId: string;
  readonly parameters: readonly Node[];
  readonly responses: Readonly<Record<string, Node>>;
}

/** Reads every document below `specs/resource-manager`, by namespace, oldest api-version first. */
export function readDocuments(specsFolder: string): readonly BundledDocument[] {
  const root = join(specsFolder, "resource-manager");
  const found: BundledDocument[] = [];
  for (const namespace of readdirSync(root).filter((name) => name.includes("."))) {
    for (const stage of ["stable", "preview"]) {
      const folder = join(root, namespace, stage);
      if (!existsSync(folder)) continue;
      for (const apiVersion of readdirSync(folder)) {
        const file = findDocument(join(folder, apiVersion));
        found.push({ namespace, apiVersion, file, document: bundleDocument(file) });
      }
    }
  }
  const order = (one: BundledDocument): string => `${one.namespace} ${one.apiVersion}`;
  return found.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

function findDocument(folder: string): string {
  const [name, ...others] = readdirSync(folder).filter((one) => one.endsWith(".json"));
  if (name === undefined || others.length > 0) throw new Error(`Not one document in '${folder}'`);
  return join(folder, name);
}

/** A document with everything it takes from other files copied into it. */
export function bundleDocument(file: string): SwaggerDocument {
  const main = readJson(file);
  const bundle = {
    ...main,
    parameters: copyOf(main, "parameters"),
    definitions: copyOf(main, "definitions"),
  };
  const origins = new Map<string, string>();
  const bring = (from: string, pointer: string): string => {
    const [, section, name] = pointer.split("/") as [string, "parameters" | "definitions", string];
    const key = `${section}/${name}`;
    if (origins.get(key) === from || from === file) return `#/${key}`;
    if (bundle[section][name] !== undefined)
      throw new Error(`Two meanings of '${key}' meet in '${file}': rename one`);
    origins.set(key, from);
    const target = (readJson(from)[section] as Node | undefined)?.[name];
    if (target === undefined) throw new Error(`No '${key}' in '${from}', named by '${file}'`);
    bundle[section][name] = {};
    bundle[section][name] = localise(target, from, bring);
    return `#/${key}`;
  };
  return localise(bundle, file, bring, bundle) as SwaggerDocument;
}

/** Identifies what a document means to a client: the hash of its bundled form, whatever file holds which part. */
export function hashDocument({ document }: BundledDocument): string {
  return createHash("sha256").update(JSON.stringify(document)).digest("hex");
}

/** The example files of an operation by their titles. */
export function readExamples(
  documentFile: string,
  operation: Operation,
): Readonly<Record<string, Node>> {
  const examples = (operation["x-ms-examples"] ?? {}) as Record<string, { $ref: string }>;
  return Object.fromEntries(
    Object.entries(examples).map(([title, { $ref }]) => [
      title,
      readJson(resolve(dirname(documentFile), $ref)),
    ]),
  );
}

type Bring = (file: string, pointer: string) => string;

function localise(
  value: unknown,
  file: string,
  bring: Bring,
  bundle?: Record<string, unknown>,
): unknown {
  if (Array.isArray(value)) return value.map((item) => localise(item, file, bring));
  if (value === null || typeof value !== "object") return value;
  const node = value as Node;
  if (typeof node["$ref"] === "string" && !node["$ref"].includes("/examples/")) {
    const [other, pointer] = node["$ref"].split("#") as [string, string];
    return { ...node, $ref: bring(other === "" ? file : resolve(dirname(file), other), pointer) };
  }
  // Sections of the bundle itself grow while it is walked, so they are written in place.
  const target: Record<string, unknown> = bundle ?? {};
  for (const [key, item] of Object.entries(node)) {
    const isSection = bundle !== undefined && (key === "parameters" || key === "definitions");
    target[key] = localise(
      item,
      file,
      bring,
      isSection ? (item as Record<string, unknown>) : undefined,
    );
  }
  return target;
}

function copyOf(document: Node, section: string): Record<string, unknown> {
  return { ...(document[section] as Node | undefined) };
}

function readJson(file: string): Node {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Node;
  } catch (cause) {
    throw new Error(`Cannot read '${basename(file)}' as JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}
