// The law of imports: what a layer may import is written here, anything else is an error.
// A row names layers (all of their files), single files of a layer, and npm packages.

const statePort = "state/state-store.ts";
const enginePorts = ["engine/object-store.ts", "engine/source.ts", "engine/model.ts"].concat(
  "engine/packed-entries.ts",
);
// What stays and what goes: pure, and the same in the service as in a prune.
const retention = ["engine/retention.ts", "engine/retention-policy.ts"];
const engineRoom = ["engine", "storage", "roles"];
const everyLayer = [
  "base",
  "state",
  "identity",
  "jobs",
  "alerts",
  "notify",
  "engine",
  "storage",
  "roles",
].concat(
  ["arm", "provider", "server", "metrics", "tracing", "generated"],
  ["config.ts", "engine-messages.ts", "engine-process.ts", "process-engine.ts", "watch-over.ts"],
);

const law = {
  base: [],
  generated: ["arm/contract.ts"],
  state: ["base", "npm:kysely"],
  identity: ["base", "npm:node-forge", "npm:jose"],
  jobs: ["base", statePort, "npm:croner"],
  alerts: ["base", statePort],
  notify: ["base", "alerts/notice.ts", "npm:nodemailer"].concat(
    // What may be spoken to, and how an HTTP peer is kept from holding us up, is one thing for all.
    ["storage/host-policy.ts", "storage/web-agent.ts", "storage/web-trust.ts"],
  ),
  engine: ["base"],
  "engine/crypto": ["base", "engine", "npm:node-forge", "npm:pkijs", "npm:asn1js"].concat([
    "npm:@napi-rs/blake-hash",
    "npm:@noble/hashes",
  ]),
  storage: ["base", ...enginePorts].concat(
    ["npm:@azure/storage-blob", "npm:@aws-sdk/client-s3"],
    ["npm:ssh2"],
  ),
  roles: ["base", ...enginePorts],
  arm: ["base", statePort, "npm:express", "npm:ajv", "npm:ajv-formats"],
  provider: ["base", "arm", "jobs", "alerts", ...enginePorts, ...retention, statePort].concat([
    "identity",
    "generated",
    "storage/store-spec.ts",
    "storage/store-check.ts",
    "storage/store-room.ts",
    "notify/route-target.ts",
    "metrics/gauges.ts",
    "metrics/counters.ts",
  ]),
  metrics: ["npm:prom-client"],
  tracing: [
    "base",
    "storage/host-policy.ts",
    "storage/web-agent.ts",
    "storage/web-trust.ts",
  ].concat(
    ["npm:@opentelemetry/api", "npm:@opentelemetry/sdk-trace", "npm:@opentelemetry/resources"],
    ["npm:@opentelemetry/exporter-trace-otlp-http"],
  ),
  server: ["base", "arm", "identity", "npm:express", "npm:winston"],
  cli: ["base", "engine", "storage", "roles", "identity", "generated"].concat(
    // YAML for files that describe roles; everything of HTTP goes through the Azure client.
    ["npm:yaml", "npm:@azure/ms-rest-js"],
  ),
  "config.ts": ["base", "npm:yaml", "config-authentication.ts", "config-values.ts"],
  "config-authentication.ts": ["config-values.ts", "provider/requests/access-rules.ts"],
  "config-values.ts": ["base"],
  // Both ends of the engine's process; composition roots, as main.ts is that of the service.
  "engine-messages.ts": ["base", "engine", "storage", "provider/ports.ts"],
  "engine-process.ts": ["base", ...engineRoom, "engine-messages.ts"],
  "process-engine.ts": ["base", ...engineRoom, "provider/ports.ts", "engine-messages.ts"],
  "watch-over.ts": ["base", "jobs", "notify", statePort, "config.ts", "provider/manifest.ts"],
  // A look at the installation from its own machine: what main.ts puts together, without running it.
  "check-installation.ts": everyLayer,
  "main.ts": everyLayer,
};

const escape = (text) => text.replace(/[.@/-]/g, "\\$&");
const toPath = (name) =>
  name.startsWith("npm:")
    ? `(^|/)node_modules/(@types/)?${escape(name.slice(4))}/`
    : `^src/${escape(name)}${name.endsWith(".ts") ? "$" : "/"}`;

module.exports = {
  allowed: [
    { from: {}, to: { dependencyTypes: ["core"] } },
    ...Object.entries(law)
      .map(([name, imports]) => ({
        from: { path: toPath(name) },
        to: { path: (name.endsWith(".ts") ? imports : [name, ...imports]).map(toPath) },
      }))
      .filter((rule) => rule.to.path.length > 0),
  ],
  allowedSeverity: "error",
  forbidden: [
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
    {
      name: "provider-facts-below-work",
      severity: "error",
      from: { path: "^src/provider/(records|rules|stores)/" },
      to: { path: "^src/provider/(jobs|requests|schedule|versions)/" },
    },
    {
      name: "provider-work-below-requests",
      severity: "error",
      from: { path: "^src/provider/jobs/" },
      to: { path: "^src/provider/(requests|schedule|versions)/" },
    },
    {
      // The client of SMB could be published on its own.
      name: "smb-alone",
      severity: "error",
      from: { path: toPath("storage/smb") },
      to: { pathNot: toPath("storage/smb"), dependencyTypesNot: ["core"] },
    },
  ],
  options: {
    // Imports of types count: they bind layers as much as others do.
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
  },
};
