import type { RequestContext } from "../../arm/request-context.ts";
import type { LocationIdentity } from "../model.ts";
import { version20160501 } from "./v2016-05-01.ts";
import { version20180901 } from "./v2018-09-01.ts";
import { version20210901 } from "./v2021-09-01.ts";
import { version20261201 } from "./v2026-12-01.ts";
import type { RenderForm, VersionConverter } from "./version-converter.ts";

const converters: ReadonlyMap<string, VersionConverter> = new Map(
  [version20160501, version20180901, version20210901, version20261201].map((one) => [
    one.apiVersion,
    one,
  ]),
);

/** The converter of a request's api-version; the ARM layer lets only known ones through. */
export function converterOf(apiVersion: string): VersionConverter {
  const converter = converters.get(apiVersion);
  if (converter === undefined) throw new TypeError(`No converter for api-version "${apiVersion}"`);
  return converter;
}

/** How answers to a direct request spell the group: published versions echo the caller, ours what was written. */
export function formOf(
  context: RequestContext,
  askedGroup: string,
  writtenGroup: string,
  now: number,
): RenderForm {
  const isModern = converterOf(context.apiVersion).isModern;
  return { groupName: isModern ? writtenGroup : askedGroup, now };
}

/** The same of the backups of a location, whose name they show as it was written last. */
export function backupFormOf(
  context: RequestContext,
  askedGroup: string,
  { name, resourceGroupName }: LocationIdentity,
  now: number,
): RenderForm {
  return { ...formOf(context, askedGroup, resourceGroupName, now), locationName: name };
}

/** How operation results spell the group: published versions in lower case. */
export function resultFormOf(apiVersion: string, writtenGroup: string, now: number): RenderForm {
  const isModern = converterOf(apiVersion).isModern;
  return { groupName: isModern ? writtenGroup : writtenGroup.toLowerCase(), now };
}
