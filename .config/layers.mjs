// Checks the law of imports (layers.cjs) on the src folder below the working directory, and that the
// picture of the layers in src/README.md is the truth (without base, which everybody may import). With
// --write, redraws that picture.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cruise } from "dependency-cruiser";
import configuration from "./layers.cjs";

const readme = "src/README.md";
const [opening, closing] = ["<!-- layers: begin -->", "<!-- layers: end -->"];

// Where a program starts: nothing needs to import these.
const entryPoints = ["main", "cli", "engine-process", "check-installation"];

const { modules, violations } = await cruiseSources();
const graph = collectLayers(modules);
const problems = [...violations, ...findOrphans(graph), ...checkPicture(drawLayers(graph))];
for (const problem of problems) console.log(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

async function cruiseSources() {
  const { options, ...ruleSet } = configuration;
  const { output } = await cruise(["src"], { ...options, ruleSet, validate: true });
  return { modules: output.modules, violations: output.summary.violations.map(describeViolation) };
}

function describeViolation({ from, to, cycle }) {
  if (cycle !== undefined) {
    return `Cycle: ${[from, ...cycle.map(({ name }) => name)].join(" → ")}`;
  }
  if (to.startsWith(".") && !existsSync(to)) return `${from} imports ${to}, which does not exist`;
  return `${from} may not import ${to}: see .config/layers.cjs`;
}

/** Layer → the other layers that it imports. */
function collectLayers(modules) {
  const graph = new Map();
  for (const { source, dependencies } of modules) {
    const from = layerOf(source);
    if (from === undefined) continue;
    if (!graph.has(from)) graph.set(from, new Set());
    for (const { resolved } of dependencies) {
      const to = layerOf(resolved);
      if (to !== undefined && to !== from) graph.get(from).add(to);
    }
  }
  return graph;
}

function layerOf(path) {
  return /^src\/([^/]+?)(\.ts|\/.*)$/.exec(path)?.[1];
}

function findOrphans(graph) {
  const layers = [...graph.keys()];
  const isLawful = (layer) =>
    configuration.allowed.some(({ from }) =>
      [`src/${layer}/`, `src/${layer}.ts`].some((path) => new RegExp(from.path ?? "^$").test(path)),
    );
  const isUsed = (layer) =>
    entryPoints.includes(layer) || layers.some((other) => graph.get(other).has(layer));
  return [
    ...layers.filter((layer) => !isLawful(layer)).map((layer) => `${layer} is no known layer`),
    ...layers.filter((layer) => !isUsed(layer)).map((layer) => `No layer imports ${layer}`),
  ];
}

function drawLayers(graph) {
  const rows = [...graph].map(([from, to]) => [from, [...to].filter((name) => name !== "base")]);
  const arrows = rows
    .filter(([, to]) => to.length > 0)
    .map(([from, to]) => `  ${from} --> ${to.toSorted().join(" & ")}`);
  return ["```mermaid", "flowchart TD", ...arrows.toSorted(), "```"].join("\n");
}

function checkPicture(picture) {
  if (!existsSync(readme)) return [];
  const text = readFileSync(readme, "utf8");
  const [start, end] = [text.indexOf(opening), text.indexOf(closing)];
  if (start === -1 || end < start) return [`${readme} lacks the lines ${opening} and ${closing}`];
  const drawn = `${text.slice(0, start)}${opening}\n\n${picture}\n\n${text.slice(end)}`;
  if (drawn === text) return [];
  if (!process.argv.includes("--write")) {
    return [`The picture in ${readme} is stale: run npm run ok -- --write`];
  }
  writeFileSync(readme, drawn);
  return [];
}
