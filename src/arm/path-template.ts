/** One segment of a path template: a fixed word, or a parameter of a kind its place tells. */
export type TemplateSegment =
  | { readonly kind: "word"; readonly word: string }
  | { readonly kind: "parameter"; readonly name: string; readonly of: ParameterKind };

export type ParameterKind = "subscription" | "resourceGroup" | "name";

/** Takes a template such as `/subscriptions/{subscriptionId}/providers/…` apart. */
export function parseTemplate(template: string): readonly TemplateSegment[] {
  const known = parsed.get(template);
  if (known !== undefined) return known;
  const made = takeApart(template);
  // Templates come from contracts: there are a few hundred.
  parsed.set(template, made);
  return made;
}

const parsed = new Map<string, readonly TemplateSegment[]>();

function takeApart(template: string): readonly TemplateSegment[] {
  const parts = template.split("/").filter((part) => part !== "");
  return parts.map((part, index) => {
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined) return { kind: "word", word: part };
    return { kind: "parameter", name, of: kindAfter(parts[index - 1]) };
  });
}

function kindAfter(word: string | undefined): ParameterKind {
  switch (word?.toLowerCase()) {
    case "subscriptions":
      return "subscription";
    case "resourcegroups":
      return "resourceGroup";
    default:
      return "name";
  }
}

/** The parameters of a decoded path, or undefined when the path has another form. Words match in any casing. */
export function matchTemplate(
  template: readonly TemplateSegment[],
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (template.length !== segments.length) return undefined;
  const params: [string, string][] = [];
  for (const [index, part] of template.entries()) {
    const segment = segments[index] ?? "";
    if (part.kind === "parameter") params.push([part.name, segment]);
    else if (part.word.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return Object.fromEntries(params);
}

/** The template with its parameters filled in, each percent-encoded. */
export function fillTemplate(
  template: string,
  valueOf: (name: string, kind: ParameterKind) => string,
): string {
  return parseTemplate(template)
    .map((part) =>
      part.kind === "word"
        ? `/${part.word}`
        : `/${encodeURIComponent(valueOf(part.name, part.of))}`,
    )
    .join("");
}
