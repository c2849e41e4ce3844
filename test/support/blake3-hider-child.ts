import { registerHooks } from "node:module";

/** Loaded first (`--import`): a platform for which no BLAKE3 was compiled. */
registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith("@napi-rs/blake-hash")) throw new Error("Nothing for this platform");
    return next(specifier, context);
  },
});
