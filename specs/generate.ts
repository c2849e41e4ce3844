// Writes src/generated from the documents in specs/resource-manager, and conformance.md; see README.md beside
// this file.
// `node specs/generate.ts` writes, `--check` only tells (exit code 1) whether anything is stale, `--hash`
// prints the lines of published.sha256.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import type { OpenAPI3 } from "openapi-typescript";
import swagger2openapi from "swagger2openapi";
import { findAttackTests, readAttacks, writeAttacks } from "./attacks.ts";
import { hashDocument, readDocuments } from "./bundle.ts";
import type { BundledDocument, Node, SwaggerDocument } from "./bundle.ts";
import { countVerdicts, findProofs, readRules, writeConformance } from "./conformance.ts";
import { buildContract, listSecretProperties } from "./contract.ts";

const specsFolder = dirname(fileURLToPath(import.meta.url));
const targetFolder = join(specsFolder, "..", "src", "generated");

/** Every generated file's text by its name. */
export async function generateFiles(
  documents: readonly BundledDocument[],
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const bundled of documents) files.set(typesFileOf(bundled), await generateTypes(bundled));
  files.set("contracts.ts", generateContracts(documents));
  return files;
}

/** Two namespaces may have an api-version of the same date. */
function typesFileOf({ namespace, apiVersion }: BundledDocument): string {
  return namespace === insightsNamespace ? `api-insights-${apiVersion}.ts` : `api-${apiVersion}.ts`;
}

/** Names of generated files that differ from what the documents say now, or should not be there. */
export function findStale(
  files: ReadonlyMap<string, string>,
  folder: string = targetFolder,
): readonly string[] {
  const present = existsSync(folder)
    ? readdirSync(folder).filter((name) => /^(api-.*|contracts)\.ts$/.test(name))
    : [];
  const changed = [...files].filter(
    ([name, text]) => !present.includes(name) || readFileSync(join(folder, name), "utf8") !== text,
  );
  return [...changed.map(([name]) => name), ...present.filter((name) => !files.has(name))];
}

async function generateTypes(bundled: BundledDocument): Promise<string> {
  const { openapi } = await swagger2openapi.convertObj(stripExamples(bundled.document), {
    patch: false,
    warnOnly: false,
  });
  const tree = await openapiTS(openapi as OpenAPI3, {
    immutable: true,
    alphabetize: false,
    // A default is filled in by the provider, so a client may leave the property out.
    defaultNonNullable: false,
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    silent: true,
  });
  const head = `// Generated from specs/resource-manager by specs/generate.ts: change the document and run \`npm run generate\`.\n`;
  return `${head}/** Types of ${bundled.namespace} ${bundled.apiVersion}. */\n${astToString(tree)}`;
}

function generateContracts(documents: readonly BundledDocument[]): string {
  const all = documents.map((bundled) => buildContract(bundled, documents));
  const contracts = all.filter(({ namespace }) => namespace === backupNamespace);
  const insights = all.filter(({ namespace }) => namespace === insightsNamespace);
  const lifeCycle = all.filter(({ namespace }) => namespace === lifeCycleNamespace);
  return `${contractsHead}
import type { Contract } from "../arm/contract.ts";

/** Names of the properties that hold secrets, in any api-version. */
export const secretProperties: readonly string[] = ${JSON.stringify(listSecretProperties(documents), null, 1)};

/** One contract for each api-version, oldest first. */
export const contracts: readonly Contract[] = ${JSON.stringify(contracts, null, 1)};

/** What ARM itself tells a provider: the life cycle of subscriptions, in an api-version of its own. */
export const lifeCycleContracts: readonly Contract[] = ${JSON.stringify(lifeCycle, null, 1)};

/** Alerts and health in the shape that operators' tools read. */
export const insightsContracts: readonly Contract[] = ${JSON.stringify(insights, null, 1)};
`;
}

const backupNamespace = "Microsoft.Backup.Admin";
const insightsNamespace = "Microsoft.InfrastructureInsights.Admin";
const lifeCycleNamespace = "Microsoft.Resources";

const contractsHead = `// Generated from specs/resource-manager by specs/generate.ts: change the document and run \`npm run generate\`.
//
// How to compile the definitions with ajv (draft 2020-12, strict): formats of ajv-formats; the option
// \`discriminator: true\`; and the annotations \`x-ms-secret\` (boolean) and \`x-ms-mutability\` (array of
// "create", "read", "update") added as keywords without effect. \`readOnly\` is known to ajv.
//
// \`NameRequest\` is what a request body may be: unknown properties are refused, bounds hold, a read-only
// property passes with any value (old clients send back what they were given). A property of type "null"
// belongs to another api-version and may only be sent as null. \`Name\` is what an answer looks like: no
// bounds, and secrets are null. Property names are those of the wire, in its order.`;

// The converter would follow them; nothing generated needs them.
function stripExamples(document: SwaggerDocument): Node {
  const strip = (key: string, value: unknown): unknown =>
    key === "x-ms-examples" ? undefined : value;
  return JSON.parse(JSON.stringify(document, strip)) as Node;
}

async function run(option: string | undefined): Promise<void> {
  const documents = readDocuments(specsFolder);
  if (option === "--hash") {
    for (const bundled of documents) console.log(`${hashDocument(bundled)}  ${bundled.apiVersion}`);
    return;
  }
  const files = await generateFiles(documents);
  const stale = findStale(files);
  const stalePages = listPages().filter(({ file, text }) => {
    return !existsSync(file) || readFileSync(file, "utf8") !== text;
  });
  if (option === "--check") {
    const all = [...stale, ...stalePages.map(({ file }) => basename(file))];
    if (all.length === 0) return;
    console.error(`Stale: ${all.join(", ")}; run: npm run generate`);
    process.exitCode = 1;
    return;
  }
  mkdirSync(targetFolder, { recursive: true });
  for (const name of stale) {
    const text = files.get(name);
    if (text === undefined) rmSync(join(targetFolder, name));
    else writeFileSync(join(targetFolder, name), text);
  }
  for (const { file, text } of stalePages) writeFileSync(file, text);
  console.log(countVerdicts(readRules(specsFolder), readProofs()));
}

function readProofs(): ReadonlyMap<number, readonly string[]> {
  return findProofs(join(specsFolder, "..", "test"));
}

/** What `conformance.md` says by the rules and tests of now. */
export function conformancePage(): string {
  return writeConformance(readRules(specsFolder), readProofs());
}

/** The pages that tests write by their titles. */
function listPages(): readonly { readonly file: string; readonly text: string }[] {
  const tests = findAttackTests(join(specsFolder, "..", "test"));
  return [
    { file: join(specsFolder, "conformance.md"), text: conformancePage() },
    { file: join(specsFolder, "attacks.md"), text: writeAttacks(readAttacks(specsFolder), tests) },
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await run(process.argv[2]);
