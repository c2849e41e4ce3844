import { after, before, describe, it } from "node:test";
import { runWithCoreLro2, runWithCoreLro3, runWithMsRest } from "../support/js-pollers.ts";
import {
  allVersions,
  pollerConfig,
  tellStory,
  type FinalStateVia,
  type RunCall,
} from "../support/poller-story.ts";
import { startService, type Service } from "../support/service.ts";

let service: Service;

before(async () => {
  service = await startService({ config: pollerConfig });
});
after(() => service.close());

const everyVia = ["default", "location", "azure-async-operation"] as const;

const clients: readonly {
  readonly name: string;
  readonly run: RunCall;
  readonly vias: readonly FinalStateVia[];
}[] = [
  { name: "ms-rest", run: runWithMsRest, vias: ["default"] },
  { name: "core-lro-2", run: runWithCoreLro2, vias: everyVia },
  { name: "core-lro-3", run: runWithCoreLro3, vias: everyVia },
];

describe("pollers of the JavaScript SDKs", { concurrency: true }, () => {
  for (const { name, run, vias } of clients) {
    for (const version of allVersions) {
      for (const via of vias) {
        it(`${name} ${version} final-state-via ${via}`, () =>
          tellStory(service, `${name}-${version}-${via}`, version, via, run));
      }
    }
  }
});
