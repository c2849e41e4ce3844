import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { freemem } from "node:os";
import { join } from "node:path";

const mebibyte = 1 << 20;
/** A block of free memory below this size stays with a virtual machine. */
const blockBytes = mebibyte / 2;
const pageBytes = 4096;
/** The type of a file system in memory, as statfs(2) lists it. */
const tmpfs = 0x01_02_19_94;

/**
 * Makes `bytes` of free memory cost the same for whoever takes it; says how much in MiB, 0 where `folder` is not in memory.
 *
 * A virtual machine gives blocks of 2 MiB of free memory back to its host within a second, and the first program to touch
 * them again pays one to two seconds a gigabyte, whichever program that is. Here so much is taken once, and a page of each
 * half MiB is kept: what lies between is free, but never a whole block. It lasts until `folder` is removed.
 */
export function warmMemory(folder: string, bytes: number): number {
  mkdirSync(folder, { recursive: true });
  if (statfsSync(folder).type !== tmpfs) return 0;
  const blocks = Math.floor(Math.min(bytes, freemem() / 2) / blockBytes);
  const [kept, given] = ["kept", "given"].map((name) => join(folder, name)) as [string, string];
  for (const part of [kept, given]) mkdirSync(part);
  const page = Buffer.alloc(pageBytes, 1);
  const rest = Buffer.alloc(blockBytes - pageBytes, 1);
  for (let block = 0; block < blocks; block += 1) {
    writeFileSync(join(kept, String(block)), page);
    writeFileSync(join(given, String(block)), rest);
  }
  rmSync(given, { recursive: true });
  return (blocks * blockBytes) / mebibyte;
}
