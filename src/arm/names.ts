import { armError } from "./errors.ts";
import type { ParameterKind, TemplateSegment } from "./path-template.ts";

/** Refuses a path whose subscription, group or resource names break ARM's rules. Nothing is looked up. */
export function checkNames(
  template: readonly TemplateSegment[],
  segments: readonly string[],
): void {
  for (const [index, part] of template.entries()) {
    if (part.kind === "parameter") checks[part.of](segments[index] ?? "", part.name);
  }
}

/** The general rule for names of resources. */
export function isResourceName(name: string): boolean {
  return (
    name.length > 0 &&
    name.length <= maximumNameLength &&
    // Format characters could reverse what a reader sees.
    !/[<>%&:\\?/]|\p{C}|[\p{Zl}\p{Zp}]/u.test(name) &&
    !/[.\s]$/.test(name)
  );
}

const maximumNameLength = 260;
const maximumGroupLength = 90;

const checks: Readonly<Record<ParameterKind, (value: string, parameter: string) => void>> = {
  subscription(value) {
    if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return;
    throw armError(
      "InvalidSubscriptionId",
      "The subscription id must be a GUID such as 00000000-0000-0000-0000-000000000000",
      { target: "subscriptionId" },
    );
  },
  resourceGroup(value, parameter) {
    const isGood =
      value.length <= maximumGroupLength &&
      /^[\p{L}\p{Nd}_().-]+$/u.test(value) &&
      !value.endsWith(".");
    if (isGood) return;
    throw armError(
      "InvalidResourceGroupName",
      `A resource group name has at most ${maximumGroupLength} letters, digits or "-_()." and does not end with a dot`,
      { target: parameter },
    );
  },
  name(value, parameter) {
    if (isResourceName(value)) return;
    throw armError(
      "InvalidResourceName",
      `A resource name has at most ${maximumNameLength} characters, none of "<>%&:\\?/" or control characters, and does not end with a dot or blank`,
      { target: parameter },
    );
  },
};
