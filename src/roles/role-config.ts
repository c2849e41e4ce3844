import { systemClock } from "../base/clock.ts";
import type { Clock } from "../base/clock.ts";
import type { Source, SourceHost } from "../engine/source.ts";
import { openCommandSource, parseCommandSettings } from "./command.ts";
import type { CommandSettings } from "./command.ts";
import { openDirectorySource, parseDirectorySettings } from "./directory.ts";
import type { DirectorySettings } from "./directory.ts";
import {
  invalidSetting,
  readBoolean,
  readInteger,
  readSettings,
  readText,
  requireText,
} from "./settings-reader.ts";
import type { Settings } from "./settings-reader.ts";
import { openSqliteSource, parseSqliteSettings } from "./sqlite.ts";
import type { SqliteSettings } from "./sqlite.ts";
import { limitSourceTime } from "./time-limit.ts";

/** One thing that is backed up, as the configuration names it. */
export type RoleConfig = RoleBasics & RoleAdapter;

export interface RoleBasics {
  /** Letters, digits and hyphens; unique without regard to case, as it names a folder on restore. */
  readonly name: string;
  /** Roles of a lower wave are backed up, and restored, first. */
  readonly wave: number;
  /** Roles of one group are taken at one time. */
  readonly consistencyGroup?: string;
  /** Its failure fails the backup; otherwise the backup ends `PartialSucceeded`. */
  readonly required: boolean;
  /** Needed to rebuild the site. */
  readonly essential: boolean;
  readonly timeoutSeconds: number;
}

export type RoleAdapter =
  | { readonly adapter: "directory"; readonly settings: DirectorySettings }
  | { readonly adapter: "sqlite"; readonly settings: SqliteSettings }
  | { readonly adapter: "command"; readonly settings: CommandSettings };

const basicKeys = ["name", "adapter", "settings", "wave", "consistencyGroup"];
const moreKeys = ["required", "essential", "timeoutSeconds"];
const namePattern = /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/;
const maximumRoles = 256; // a stamp has dozens; more is a mistake in a template
const maximumWave = 99;
const maximumTimeoutSeconds = 7 * 24 * 60 * 60; // also below the 24 days a timer can hold
const defaultTimeoutSeconds = 6 * 60 * 60;

/** Reads the roles of a configuration (plain JSON or YAML data); throws `InvalidConfiguration` naming the place. */
export function parseRoles(value: unknown): readonly RoleConfig[] {
  if (!Array.isArray(value)) throw invalidSetting("roles", "it must be a list");
  if (value.length === 0) throw invalidSetting("roles", "it is empty: name at least one role");
  if (value.length > maximumRoles) {
    throw invalidSetting("roles", `it has more than ${maximumRoles} items`);
  }
  const roles = value.map((item, index) => parseRole(item, `roles[${index}]`));
  const seen = new Map<string, number>();
  for (const [index, { name }] of roles.entries()) {
    const first = seen.get(name.toLowerCase());
    if (first !== undefined) {
      throw invalidSetting(`roles[${index}].name`, `"${name}" is the name of roles[${first}] too`);
    }
    seen.set(name.toLowerCase(), index);
  }
  return roles;
}

/** The source of a role, which ends with `SourceTimeout` when the role's time is up. */
export function openSource(role: RoleConfig, host: SourceHost, clock: Clock = systemClock): Source {
  return limitSourceTime(openAdapter(role, host, clock), role.timeoutSeconds, clock);
}

function openAdapter(role: RoleConfig, host: SourceHost, clock: Clock): Source {
  switch (role.adapter) {
    case "directory":
      return openDirectorySource(role.settings, host);
    case "sqlite":
      return openSqliteSource(role.settings, host, clock);
    case "command":
      return openCommandSource(role.settings, host, clock);
  }
}

function parseRole(value: unknown, place: string): RoleConfig {
  const settings = readSettings(value, place, [...basicKeys, ...moreKeys]);
  const group = readText(settings, "consistencyGroup");
  return {
    name: parseName(requireText(settings, "name"), `${place}.name`),
    ...parseAdapter(settings),
    wave: readInteger(settings, "wave", 0, maximumWave) ?? 0,
    ...(group === undefined
      ? {}
      : { consistencyGroup: parseName(group, `${place}.consistencyGroup`) }),
    required: readBoolean(settings, "required", true),
    essential: readBoolean(settings, "essential", false),
    timeoutSeconds:
      readInteger(settings, "timeoutSeconds", 1, maximumTimeoutSeconds) ?? defaultTimeoutSeconds,
  };
}

function parseName(name: string, place: string): string {
  if (namePattern.test(name)) return name;
  throw invalidSetting(place, "it must be 1 to 63 letters, digits and hyphens, no hyphen first");
}

function parseAdapter(role: Settings): RoleAdapter {
  const adapter = requireText(role, "adapter");
  const value = role.values["settings"] ?? {};
  const place = `${role.place}.settings`;
  switch (adapter) {
    case "directory":
      return { adapter, settings: parseDirectorySettings(value, place) };
    case "sqlite":
      return { adapter, settings: parseSqliteSettings(value, place) };
    case "command":
      return { adapter, settings: parseCommandSettings(value, place) };
    default:
      throw invalidSetting(`${role.place}.adapter`, "it must be directory, sqlite or command");
  }
}
