import { readAuthorityFile } from "../base/authority-file.ts";
import type { ObjectStore } from "../engine/object-store.ts";
import { openHostPolicy } from "../storage/host-policy.ts";
import { openStore } from "../storage/open-store.ts";
import type { Cli } from "./command.ts";
import { readStoreSpec } from "./store-url.ts";

/** Opens what `--repo` names. Whoever types an address has chosen its host. */
export function openRepositoryStore(
  text: string,
  cli: Cli,
  access: "read" | "write",
  role?: "FROM" | "TO",
): Promise<ObjectStore> {
  const spec = readStoreSpec(text, cli.environment, role);
  const file = cli.environment["HOLDFAST_CA_FILE"] ?? "";
  const authorities = file === "" ? undefined : readAuthorityFile(file, "HOLDFAST_CA_FILE");
  return openStore(spec, { access, clock: cli.clock, hosts: openHostPolicy(), authorities });
}
