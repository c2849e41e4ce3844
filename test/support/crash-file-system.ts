import type { FileHandle } from "node:fs/promises";
import { basename, dirname } from "node:path";

import type { FileSystem } from "../../src/storage/file-system.ts";
import { fingerprintOf, type FileNode, type FolderNode, type Node } from "./crash-nodes.ts";

/** Says for each thing that was not synced whether it survives: called with its path. */
export type Survival = (what: string) => "lost" | "kept" | "torn";

export interface CrashOptions {
  readonly now: () => number;
  /** False: a mount without hard links, where names are given by rename. */
  readonly hasLinks?: boolean;
  /** Called after each call that changed something, with its name and path. */
  readonly onChange?: (call: string, path: string) => void;
}

/**
 * A file system in memory that promises no more than POSIX does: bytes survive a power cut once their file was synced,
 * names once their folder was. What was not synced may be there or not, each by itself, and bytes may be torn.
 */
export class CrashFileSystem {
  readonly #root: FolderNode;
  readonly #options: CrashOptions;
  #inodes: number;

  constructor(options: CrashOptions, root: FolderNode = newFolder(1), inodes = 1) {
    this.#options = options;
    this.#root = root;
    this.#inodes = inodes;
  }

  /** The same moment once more, with what is not synced yet still so: what a process that was killed leaves. */
  copy(options: CrashOptions = this.#options): CrashFileSystem {
    const copies = new Map<Node, Node>();
    const copyNode = (node: Node): Node => {
      const known = copies.get(node);
      if (known !== undefined) return known;
      const copy: Node = node.kind === "file" ? { ...node } : newFolder(node.inode);
      copies.set(node, copy);
      if (node.kind === "folder" && copy.kind === "folder") {
        for (const [name, child] of node.names) copy.names.set(name, copyNode(child));
        for (const [name, child] of node.syncedNames) copy.syncedNames.set(name, copyNode(child));
      }
      return copy;
    };
    return new CrashFileSystem(options, copyNode(this.#root) as FolderNode, this.#inodes);
  }

  /** What is there after a power cut in this moment. */
  cutPower(survival: Survival, options: CrashOptions = this.#options): CrashFileSystem {
    const copy = this.copy(options);
    const seen = new Set<Node>();
    const settle = (node: Node, path: string): void => {
      if (seen.has(node)) return;
      seen.add(node);
      if (node.kind === "file") return settleFile(node, path, survival);
      settleFolder(node, path, survival);
      for (const [name, child] of node.names) settle(child, `${path}/${name}`);
    };
    settle(copy.#root, "");
    return copy;
  }

  /** The same for two disks that a process, and a power cut after it, cannot tell apart. */
  fingerprint(): string {
    return fingerprintOf(this.#root);
  }

  /** Changes a file where it lies, as a failing disk does. */
  damage(path: string): void {
    const node = this.#find(path);
    if (node.kind !== "file") throw errorOf("EISDIR", path);
    const bytes = Uint8Array.from(node.bytes);
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    node.bytes = node.syncedBytes = bytes;
  }

  /** A folder that was there and durable before everything. */
  addFolder(path: string): void {
    const parent = this.#folder(dirname(path));
    const folder = newFolder((this.#inodes += 1));
    parent.names.set(basename(path), folder);
    parent.syncedNames.set(basename(path), folder);
  }

  /** The calls of the local store; anything else of a real file system is not there. */
  open(): FileSystem {
    const calls = {
      open: async (path: string, flags: number) => this.#open(path, flags),
      mkdir: async (path: string) => this.#mkdir(path),
      link: async (from: string, to: string) => this.#link(from, to),
      rename: async (from: string, to: string) => this.#rename(from, to),
      unlink: async (path: string) => this.#unlink(path),
      lstat: async (path: string) => this.#stat(this.#find(path)),
      realpath: async (path: string) => (this.#find(path), path),
      statfs: async () => ({ bavail: 1e6, blocks: 1e6, bsize: 4096 }),
      opendir: async (path: string) => this.#list(path),
    };
    return calls as unknown as FileSystem;
  }

  #changed(call: string, path: string): void {
    this.#options.onChange?.(call, path);
  }

  #find(path: string): Node {
    let node: Node = this.#root;
    for (const name of path.split("/").filter((part) => part !== "")) {
      if (node.kind !== "folder") throw errorOf("ENOTDIR", path);
      const child: Node | undefined = node.names.get(name);
      if (child === undefined) throw errorOf("ENOENT", path);
      node = child;
    }
    return node;
  }

  #folder(path: string): FolderNode {
    const node = this.#find(path);
    if (node.kind !== "folder") throw errorOf("ENOTDIR", path);
    return node;
  }

  #open(path: string, flags: number): FileHandle {
    const isNew = (flags & createFlag) !== 0;
    if (!isNew) return this.#handle(this.#find(path), path);
    const folder = this.#folder(dirname(path));
    if (folder.names.has(basename(path))) throw errorOf("EEXIST", path);
    const none = new Uint8Array(0);
    const inode = (this.#inodes += 1);
    const modifiedAt = this.#options.now();
    const file: FileNode = { kind: "file", inode, bytes: none, syncedBytes: none, modifiedAt };
    folder.names.set(basename(path), file);
    this.#changed("create", path);
    return this.#handle(file, path);
  }

  #handle(node: Node, path: string): FileHandle {
    const sync = async (): Promise<void> => {
      if (node.kind === "file") node.syncedBytes = node.bytes;
      else {
        node.syncedNames.clear();
        for (const [name, child] of node.names) node.syncedNames.set(name, child);
      }
      this.#changed("sync", path);
    };
    const fileOf = (): FileNode => {
      if (node.kind !== "file") throw errorOf("EISDIR", path);
      return node;
    };
    const handle = {
      sync,
      datasync: sync,
      close: async () => undefined,
      stat: async () => this.#stat(node),
      write: async (bytes: Uint8Array, offset: number, length: number) => {
        const file = fileOf();
        file.bytes = Buffer.concat([file.bytes, bytes.subarray(offset, offset + length)]);
        this.#changed("write", path);
        return { bytesWritten: length };
      },
      read: async (into: Uint8Array, offset: number, length: number, position: number) => {
        const part = fileOf().bytes.subarray(position, position + length);
        into.set(part, offset);
        return { bytesRead: part.length };
      },
    };
    return handle as unknown as FileHandle;
  }

  #mkdir(path: string): void {
    const parent = this.#folder(dirname(path));
    if (parent.names.has(basename(path))) throw errorOf("EEXIST", path);
    parent.names.set(basename(path), newFolder((this.#inodes += 1)));
    this.#changed("mkdir", path);
  }

  #link(from: string, to: string): void {
    if (this.#options.hasLinks === false) throw errorOf("EPERM", to);
    const node = this.#find(from);
    const folder = this.#folder(dirname(to));
    if (folder.names.has(basename(to))) throw errorOf("EEXIST", to);
    folder.names.set(basename(to), node);
    this.#changed("link", to);
  }

  #rename(from: string, to: string): void {
    const node = this.#find(from);
    this.#folder(dirname(to)).names.set(basename(to), node);
    this.#folder(dirname(from)).names.delete(basename(from));
    this.#changed("rename", to);
  }

  #unlink(path: string): void {
    const node = this.#find(path);
    if (node.kind === "folder") throw errorOf("EISDIR", path);
    this.#folder(dirname(path)).names.delete(basename(path));
    this.#changed("unlink", path);
  }

  async *#list(path: string): AsyncGenerator<unknown> {
    for (const [name, node] of [...this.#folder(path).names])
      yield { name, isFile: () => node.kind === "file", isDirectory: () => node.kind === "folder" };
  }

  #stat(node: Node): unknown {
    return {
      dev: 1,
      ino: node.inode,
      nlink: this.#countLinks(node),
      size: node.kind === "file" ? node.bytes.length : 0,
      mtimeMs: node.kind === "file" ? node.modifiedAt : this.#options.now(),
      isFile: () => node.kind === "file",
      isDirectory: () => node.kind === "folder",
    };
  }

  #countLinks(node: Node, below: FolderNode = this.#root): number {
    let count = 0;
    for (const child of below.names.values()) {
      if (child === node) count += 1;
      if (child.kind === "folder") count += this.#countLinks(node, child);
    }
    return count;
  }
}

const createFlag = 0o100;

function newFolder(inode: number): FolderNode {
  return { kind: "folder", inode, names: new Map(), syncedNames: new Map() };
}

function settleFile(file: FileNode, path: string, survival: Survival): void {
  if (file.bytes !== file.syncedBytes) {
    const fate = survival(path);
    if (fate === "lost") file.bytes = file.syncedBytes;
    // The size is often there before the bytes are.
    if (fate === "torn") file.bytes = tear(file.bytes);
  }
  file.syncedBytes = file.bytes;
}

function tear(bytes: Uint8Array): Uint8Array {
  const torn = new Uint8Array(bytes.length);
  torn.set(bytes.subarray(0, bytes.length >> 1));
  return torn;
}

function settleFolder(folder: FolderNode, path: string, survival: Survival): void {
  const { names, syncedNames } = folder;
  for (const name of new Set([...names.keys(), ...syncedNames.keys()])) {
    const [now, synced] = [names.get(name), syncedNames.get(name)];
    if (now === synced || survival(`${path}/${name}`) !== "lost") continue;
    if (synced === undefined) names.delete(name);
    else names.set(name, synced);
  }
  syncedNames.clear();
  for (const [name, child] of names) syncedNames.set(name, child);
}

function errorOf(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
