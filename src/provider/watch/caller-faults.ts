/** What a caller got wrong says nothing about the store. */
export function isCallerFault(code: string): boolean {
  return callerFaults.has(code);
}

const callerFaults: ReadonlySet<string> = new Set(
  ["InvalidPfx", "WrongPfxPassword", "DecryptionKeyMismatch", "SubscriptionNotActive"].concat(
    ["BackupNotFound", "RoleNotFound", "AnotherOperationInProgress", "EncryptionNotConfigured"],
    ["StoreNotConfigured", "Interrupted"],
  ),
);
