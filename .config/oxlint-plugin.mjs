// Lint rules of our own, for what no rule of oxlint expresses.
import { isBuiltin } from "node:module";

const isNamed = (node, name) => node?.type === "Identifier" && node.name === name;
const isMember = (node, object, property) =>
  node?.type === "MemberExpression" &&
  isNamed(node.object, object) &&
  (isNamed(node.property, property) || node.property.value === property);

/** Time is an argument (the Clock port): nobody looks at the wall clock alone. */
const noWallClock = {
  create(context) {
    const report = (node) =>
      context.report({ node, message: "Take a Clock as argument instead of the wall clock" });
    return {
      MemberExpression(node) {
        if (isMember(node, "Date", "now")) report(node);
      },
      NewExpression(node) {
        if (isNamed(node.callee, "Date") && node.arguments.length === 0) report(node);
      },
      CallExpression(node) {
        if (isNamed(node.callee, "Date")) report(node);
      },
    };
  },
};

/** The environment is read once, at the rim. */
const noEnvironment = {
  create(context) {
    const report = (node) =>
      context.report({ node, message: "Take settings as arguments instead of the environment" });
    return {
      MemberExpression(node) {
        if (isMember(node, "process", "env")) report(node);
      },
      ImportDeclaration(node) {
        if (!/^(node:)?process$/.test(node.source.value)) return;
        for (const name of node.specifiers) if (name.imported?.name === "env") report(name);
      },
    };
  },
};

/** Node's own modules are named as such, and ours with their ending: what runs is what is written. */
const exactImports = {
  create(context) {
    return {
      ImportDeclaration(node) {
        const from = node.source.value;
        if (isBuiltin(from) && !from.startsWith("node:")) {
          context.report({ node, message: `Write "node:${from}"` });
        }
        if (/^\.{1,2}\//.test(from) && !/\.(ts|mjs|cjs|json)$/.test(from)) {
          context.report({ node, message: "Name the file with its ending" });
        }
      },
    };
  },
};

export default {
  meta: { name: "holdfast" },
  rules: {
    "no-wall-clock": noWallClock,
    "no-environment": noEnvironment,
    "exact-imports": exactImports,
  },
};
