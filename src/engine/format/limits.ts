/** Bounds of everything read from a store, checked before it is decoded. `specs/repository-format.md` lists them. */

/** Plain bytes of one block; a block is one zstd frame and one AEAD message. */
export const blockBytes: number = 1024 * 1024;
/** A pack is closed before it grows past this. */
export const packBytes: number = 32 * 1024 * 1024;
/** No pack is larger, its last block and its footer included. */
export const maxPackBytes: number = 64 * 1024 * 1024;
/** AES-GCM tag. */
export const tagBytes = 16;
/** Chunk id: a keyed hash, truncated. */
export const chunkIdBytes = 16;
/** Chunk reference in a tree or a tree root: id and u32 length. */
export const chunkReferenceBytes = 20;

/** Blocks a pack may claim: far above packBytes / smallest sealed block seen. */
export const maxBlocksPerPack = 65_536;
/** Chunks a block may hold: keeps the footer of a block of tiny files below 320 KiB. */
export const maxChunksPerBlock = 16_384;
/** Bytes of any signed document; notes of prune and repair may name very many objects. */
export const maxDocumentBytes: number = 64 * 1024 * 1024;
/** Bytes of a config, an epoch or a data key, which are believed only after their bodies were looked into. */
export const maxSmallDocumentBytes: number = 1024 * 1024;
/** Bytes of a manifest: its sealed part grows with the trees, 20 bytes for each 64 KiB of them. */
export const maxManifestBytes: number = 16 * 1024 * 1024;
/** Nesting of a document's body. */
export const maxDocumentDepth = 16;
/** Damaged objects of one kind that are named one by one; a store may hold any number. */
export const maxNamedFaults = 10_000;
/** Bytes of a lock. */
export const maxLockBytes = 4096;
/** Bytes of one index object; a run writes several when it needs more. */
export const maxIndexBytes: number = 64 * 1024 * 1024;
/** An index object is closed at the pack that passes this. */
export const indexSplitBytes: number = 16 * 1024 * 1024;
/** Bytes of one refs object. */
export const maxRefsBytes: number = 256 * 1024 * 1024;
/** A name in a tree, raw bytes. */
export const maxNameBytes = 4096;
/** A link target in a tree, raw bytes. */
export const maxLinkTargetBytes = 65_535;
/** Nesting of directories in a tree. */
export const maxDepth = 4096;
