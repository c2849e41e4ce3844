import type { SecretName } from "../model.ts";

/** Binds a sealed secret to its place: a ciphertext copied elsewhere does not open. */
export function secretLabel(locationKey: string, name: SecretName): string {
  return `location:${locationKey}:${name}`;
}

/** The same for the keys of a repository. */
export function repositoryLabel(repositoryKey: string): string {
  return `repository:${repositoryKey}`;
}
