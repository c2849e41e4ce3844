import { createHash } from "node:crypto";

export interface FileNode {
  readonly kind: "file";
  readonly inode: number;
  bytes: Uint8Array;
  /** What a power cut leaves for certain. */
  syncedBytes: Uint8Array;
  modifiedAt: number;
}

export interface FolderNode {
  readonly kind: "folder";
  readonly inode: number;
  readonly names: Map<string, Node>;
  /** What a power cut leaves for certain. */
  readonly syncedNames: Map<string, Node>;
}

export type Node = FileNode | FolderNode;

/**
 * Names, bytes, times and links of everything below, and what of it is durable. Parts have random names, and nobody ever
 * reads one that is not his own: of them only counts which name each was given.
 */
export function fingerprintOf(root: FolderNode): string {
  const lines: string[] = [];
  const named = new Map<Node, string>();
  const parts: FolderNode[] = [];
  const walk = (folder: FolderNode, path: string): void => {
    for (const name of new Set([...folder.names.keys(), ...folder.syncedNames.keys()])) {
      const place = `${path}/${name}`;
      const [now, synced] = [folder.names.get(name), folder.syncedNames.get(name)];
      if (name === partsFolder) {
        if (now?.kind === "folder") parts.push(now);
        lines.push(`${place} ${now?.kind} ${now === synced}`);
        continue;
      }
      lines.push(`${place} ${describe(now)}`, `${place} ${now === synced || describe(synced)}`);
      if (now?.kind === "file") lines.push(`${place} as ${named.get(now) ?? place}`);
      if (now !== undefined && !named.has(now)) named.set(now, place);
      if (now?.kind === "folder") walk(now, place);
    }
  };
  walk(root, "");
  for (const folder of parts)
    for (const part of folder.names.values())
      lines.push(`part of ${named.get(part) ?? "nothing"} from ${(part as FileNode).modifiedAt}`);
  return hashOf(lines.sort().join("\n"));
}

const partsFolder = ".parts";

function describe(node: Node | undefined): string {
  if (node === undefined) return "nothing";
  if (node.kind === "folder") return "a folder";
  const { bytes, syncedBytes, modifiedAt } = node;
  return `${hashOf(bytes)} ${bytes === syncedBytes || hashOf(syncedBytes)} ${modifiedAt}`;
}

function hashOf(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
