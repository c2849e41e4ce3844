/**
 * Where a file of this program lies, named by its path below the folder of the program without its ending: what a thread
 * or a process starts with. True of the sources and of the built program, whose shared parts lie one folder deep as this
 * file does.
 */
export function programFile(path: string): URL {
  const ending = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  return new URL(`../${path}${ending}`, import.meta.url);
}
