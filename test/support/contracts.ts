import type { Contract } from "../../src/arm/contract.ts";
import { createContractValidator, type ContractValidator } from "./contract-validator.ts";
import { contracts } from "../../src/generated/contracts.ts";

/** The contract of an api-version. */
export function findContract(apiVersion: string): Contract {
  const contract = contracts.find((one) => one.apiVersion === apiVersion);
  if (contract === undefined) throw new Error(`No contract "${apiVersion}"`);
  return contract;
}

const validators = new Map<string, ContractValidator>();

/** The validator of an api-version, made once. */
export function validatorOf(apiVersion: string): ContractValidator {
  const known = validators.get(apiVersion);
  if (known !== undefined) return known;
  const made = createContractValidator(findContract(apiVersion));
  validators.set(apiVersion, made);
  return made;
}
