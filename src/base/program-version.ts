import { existsSync, readFileSync } from "node:fs";

/** Version of the package this program belongs to. */
export const programVersion: string = readVersion();

/** In the built program this may have become part of a file that lies one folder less deep. */
function readVersion(): string {
  const places = ["../package.json", "../../package.json"].map(
    (place) => new URL(place, import.meta.url),
  );
  const file = places.find((place) => existsSync(place)) ?? places[1] ?? "";
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { readonly version: string };
  return version;
}
