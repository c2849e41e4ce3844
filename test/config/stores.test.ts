import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parseConfig } from "../../src/config.ts";
import { makeTempFolder, removeFolder } from "../support/temp-folder.ts";
import { makeCertificate } from "../support/test-certificates.ts";

describe("the authorities of stores", () => {
  let folder = "";
  before(async () => {
    folder = await makeTempFolder();
  });
  after(() => removeFolder(folder));

  const read = (stores: object): ReturnType<typeof parseConfig>["stores"] => {
    const usual = { stateDirectory: "s", restoreRoot: "r", deployment: { region: "north" } };
    return parseConfig({ ...usual, stores }, folder).stores;
  };

  it("are read from a file beside the configuration, and nothing else of it", () => {
    const made = makeCertificate(folder, "own", "P-256");
    const [pem, key] = [made.certificateFile, made.keyFile].map((file) =>
      readFileSync(file, "utf8"),
    );
    writeFileSync(join(folder, "both.pem"), `a comment\n${pem}${key}${pem}`);
    const allowedHosts = ["s3.example"];
    const stores = read({ caFile: "both.pem", allowedHosts });
    assert.deepEqual(stores, { allowedHosts, authorities: `${pem}${pem}` });
  });

  it("are refused by the name of their setting", () => {
    writeFileSync(join(folder, "none.pem"), "nothing of the kind");
    const damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    writeFileSync(join(folder, "damaged.pem"), damaged);
    const cases = [
      ["absent.pem", /cannot be read/],
      ["none.pem", /holds no certificate/],
      ["damaged.pem", /damaged certificate/],
    ] as const;
    for (const [caFile, message] of cases) {
      const expected = { code: "InvalidConfiguration", target: "stores.caFile", message };
      assert.throws(() => read({ caFile }), expected);
    }
  });
});
