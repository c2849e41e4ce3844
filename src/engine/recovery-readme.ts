import type { Suite } from "./format/suite.ts";

/** `README.txt` of a repository of this suite: what the next finder of the folder needs to know. */
export function recoveryReadme(suite: Suite): string {
  const packs =
    suite === 3 ? { hash: "BLAKE3", check: "b3sum" } : { hash: "SHA-256", check: "sha256sum" };
  return `This folder is a Holdfast backup repository.

It holds encrypted, deduplicated backups of the control plane of a private cloud.
Do not rename, edit or delete files in it: every file belongs to one or more backups.

To see what is in it, without any key:
    holdfast repo list --repo <the folder that contains "holdfast">
    holdfast repo verify --repo <that folder>

To restore, you need the private key (.pfx and its password) of a certificate
the backups were encrypted to; backups/<id> names the certificates of each backup:
    holdfast repo restore latest --repo <that folder> --pfx <file.pfx> --target <empty folder>

config         format, repository id, public signing key
epochs/        metadata keys, wrapped to the certificates (CMS inside a signed JSON line)
keys/          content keys, one per backup run, wrapped likewise
data/          packs: compressed and encrypted content; named by the ${packs.hash} of the file
index/         which pack holds which chunk (encrypted); named by the SHA-256 of the file
refs/          which objects each backup needs; named by the SHA-256 of the file
backups/       one signed manifest per backup, written last

"${packs.check} data/*/*" and "sha256sum index/* refs/*" must print every file's own
name: that checks the stored bytes with no key and no program of ours. The format
of every file is described in the program's specs/repository-format.md.
`;
}
