import type { Contract } from "../../src/arm/contract.ts";
import { contracts } from "../../src/generated/contracts.ts";

/** The contract of an api-version. */
export function findContract(apiVersion: string): Contract {
  const contract = contracts.find((one) => one.apiVersion === apiVersion);
  if (contract === undefined) throw new Error(`No contract "${apiVersion}"`);
  return contract;
}
