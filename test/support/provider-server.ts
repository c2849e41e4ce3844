import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createDevelopmentAuthenticator } from "../../src/arm/access.ts";
import { createArmHandler } from "../../src/arm/pipeline.ts";
import { silentLogger } from "../../src/base/log.ts";
import { contracts } from "../../src/generated/contracts.ts";
import { createProviderWorld, type ProviderWorld } from "./provider-world.ts";

/** The provider's world behind the real ARM layer on a loopback port. */
export interface ProviderServer {
  readonly world: ProviderWorld;
  /** Where requests go. */
  readonly address: string;
  close(): Promise<void>;
}

/** Every absolute link starts with this. */
export const publicBaseUrl: string = "https://adminmanagement.redmond.example";

export async function startProviderServer(): Promise<ProviderServer> {
  const world = await createProviderWorld();
  const handler = createArmHandler({
    services: [{ provider: world.provider.provider, contracts }],
    clock: world.clock,
    logger: silentLogger,
    region: "redmond",
    publicBaseUrl,
    authenticator: createDevelopmentAuthenticator(silentLogger),
  });
  const server = createServer((request, response) => void handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    world,
    address: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await world.close();
    },
  };
}
