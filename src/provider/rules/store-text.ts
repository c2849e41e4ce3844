import type { StoreSetting } from "../model.ts";

/** Where a store is, as one text for people; undefined when there is none. Holds no secret. */
export function renderStoreText(store: StoreSetting): string | undefined {
  switch (store.kind) {
    case "none":
      return undefined;
    case "local":
    case "smb":
      return store.path;
    case "azure-blob":
      return store.url;
    case "s3":
      return `s3:${store.endpoint}/${[store.bucket, store.prefix].filter(Boolean).join("/")}`;
    case "sftp":
      return `sftp://${store.userName}@${store.host}:${store.port}${store.path.startsWith("/") ? "" : "/~/"}${store.path}`;
  }
}
