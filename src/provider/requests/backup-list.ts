import { parseFilter, parseOrderBy, type ListFields, type ListItem } from "../../arm/list-query.ts";
import { writeJson } from "../../arm/json-text.ts";
import type { ArmRequest, ArmResult } from "../../arm/resource-type.ts";
import { toIso } from "../../base/clock.ts";
import type { Document } from "../../state/state-store.ts";
import { findLocation } from "../action-target.ts";
import { listAll } from "../documents.ts";
import type { RetentionView } from "../records/location-retention.ts";
import { retentionView } from "../records/retention-views.ts";
import type { Backup } from "../model.ts";
import { pageOf, rangeOf, type Page } from "../paging.ts";
import type { ProviderDeps } from "../provider-deps.ts";
import { scopeOf } from "../request-scope.ts";
import type { RenderForm } from "../versions/version-converter.ts";
import { backupFormOf, converterOf } from "../versions/versions.ts";

type Item = Document<Backup>;
type Render = (item: Item) => unknown;

/** What `$filter` and `$orderby` may name, in 2026-12-01. */
const fields: ListFields = {
  status: "text",
  isAutomaticBackup: "boolean",
  startTime: "time",
  endTime: "time",
};

/** GET of a location's backups, ordered by their GUIDs unless asked otherwise. */
export async function listBackups(deps: ProviderDeps, request: ArmRequest): Promise<ArmResult> {
  const scope = scopeOf(request);
  const location = await findLocation(deps, scope);
  const converter = converterOf(request.context.apiVersion);
  const asked = scope.identity.resourceGroupName;
  const form = backupFormOf(request.context, asked, location.value, deps.clock.now());
  if (!converter.isModern) return valueOf(await readPage(deps, request, form));
  const retention = await retentionView(deps, scope.key, location.value);
  return rememberPage(retention, request, form, () =>
    readPage(deps, request, { ...form, retention }),
  );
}

/**
 * Pages of a view, by all they are made of but its backups and pins: what is asked for again and again, by portals and
 * scripts, is made once. A view is another one as soon as anything of it changes, and its pages go with it.
 */
const pages = new WeakMap<RetentionView, Map<string, Promise<ArmResult>>>();
const mostPages = 20;

function rememberPage(
  view: RetentionView,
  { context, params, query }: ArmRequest,
  { groupName, locationName }: RenderForm,
  read: () => Promise<Page>,
): Promise<ArmResult> {
  const known = pages.get(view) ?? new Map<string, Promise<ArmResult>>();
  pages.set(view, known);
  const { apiVersion, publicBaseUrl } = context;
  const key = JSON.stringify([apiVersion, publicBaseUrl, groupName, locationName, params, query]);
  const found = known.get(key);
  if (found !== undefined) return found;
  const page = read().then(valueOf);
  // What failed is tried again by the next who asks.
  void page.catch(() => known.delete(key));
  known.set(key, page);
  const [oldest] = known.keys();
  if (known.size > mostPages && oldest !== undefined) known.delete(oldest);
  return page;
}

function valueOf({ value, nextLink }: Page): ArmResult {
  const body = { value, nextLink };
  return { kind: "value", body, json: writeJson(body) };
}

async function readPage(deps: ProviderDeps, request: ArmRequest, form: RenderForm): Promise<Page> {
  const scope = scopeOf(request);
  const converter = converterOf(request.context.apiVersion);
  const render: Render = (item) => converter.renderBackup(item.value, form);
  const prefix = `${scope.key}/backups/`;
  const all = await readItems(deps, request, prefix, converter.isModern);
  const order = orderOf(request, filterItems(request, all, render), render);
  return pageOf(request, order.items, {
    scope: `${prefix}${order.name}`,
    hasNextLink: converter.isModern,
    pagingKey: deps.pagingKey,
    positionOf: order.positionOf,
    isDescending: order.isDescending,
    render,
  });
}

/** All of them where they are filtered or put into another order; else no more than the page needs. */
function readItems(
  deps: ProviderDeps,
  request: ArmRequest,
  prefix: string,
  hasNextLink: boolean,
): Promise<readonly Item[]> {
  const { $filter, $orderby } = request.query;
  const range =
    $filter || $orderby
      ? {}
      : rangeOf(request, { scope: prefix, pagingKey: deps.pagingKey, hasNextLink });
  if (range.limit === undefined) return listAll<Backup>(deps.store, "backup", prefix);
  return deps.store.list<Backup>("backup", { prefix, ...range });
}

function filterItems(request: ArmRequest, items: readonly Item[], render: Render): readonly Item[] {
  const filter = request.query["$filter"];
  if (!filter) return items;
  const holds = parseFilter(filter, fields);
  return items.filter((item) => holds(propertiesOf(render(item))));
}

interface Order {
  readonly items: readonly Item[];
  /** For the scope of the tokens. */
  readonly name: string;
  readonly positionOf: (item: Item) => string;
  readonly isDescending: boolean;
}

function orderOf(request: ArmRequest, items: readonly Item[], render: Render): Order {
  const orderBy = request.query["$orderby"];
  if (!orderBy) return { items, name: "", positionOf: ({ key }) => key, isDescending: false };
  const { name, isDescending } = parseOrderBy(orderBy, fields);
  const positions = new Map(
    items.map((item) => [item.key, `${sortable(propertiesOf(render(item))[name])}\n${item.key}`]),
  );
  const positionOf = ({ key }: Item): string => positions.get(key) ?? key;
  const sign = isDescending ? -1 : 1;
  const sorted = [...items].sort((one, other) =>
    positionOf(one) < positionOf(other) ? -sign : sign,
  );
  const place = `?${name}${isDescending ? " desc" : ""}`;
  return { items: sorted, name: place, positionOf, isDescending };
}

/** Texts that order as their values do; what has none comes first. Times are shown with and without a fraction. */
function sortable(value: unknown): string {
  if (value === undefined || value === null) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /^\d{4}-\d\d-\d\dT/.test(text) ? toIso(Date.parse(text)) : text;
}

function propertiesOf(body: unknown): ListItem {
  return (body as { readonly properties: ListItem }).properties;
}
