import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { Contract } from "../../src/arm/contract.ts";

export interface ContractValidator {
  /** What is wrong with a value as a definition; empty when nothing is. */
  readonly validate: (definition: string, value: unknown) => readonly string[];
  /** Throws when the definition is no schema that strict ajv takes. */
  readonly compile: (definition: string) => void;
}

/** Checks values against a contract as the head of src/generated/contracts.ts tells to. */
export function createContractValidator(contract: Contract): ContractValidator {
  const ajv = new Ajv2020({ strict: true, discriminator: true, allErrors: true });
  formats.default(ajv);
  ajv.addKeyword({ keyword: "x-ms-secret", schemaType: "boolean" });
  ajv.addKeyword({ keyword: "x-ms-mutability", schemaType: "array" });
  ajv.addSchema({ definitions: contract.definitions }, "contract");
  const find = (definition: string) => {
    const validate = ajv.getSchema(`contract#/definitions/${definition}`);
    if (validate === undefined) throw new Error(`No definition '${definition}'`);
    return validate;
  };
  return {
    compile: (definition) => void find(definition),
    validate(definition, value) {
      const validate = find(definition);
      if (validate(value) === true) return [];
      return (validate.errors ?? []).map((error) => {
        const property = String(error.params["additionalProperty"] ?? "");
        return `${error.instancePath}/${property} ${error.message}`;
      });
    },
  };
}
