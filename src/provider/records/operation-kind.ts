import type { OperationRecord } from "../../arm/operation-record.ts";

/** What the operation did, from the last word of its route. */
export function kindOf(
  operation: Pick<OperationRecord, "route">,
):
  | "location"
  | "createbackup"
  | "restore"
  | "verify"
  | "pruneexternalstore"
  | "copy"
  | "teststore"
  | "other" {
  const [method = "", path = ""] = operation.route.split(" ");
  if (method === "PUT" || method === "PATCH") return "location";
  const action = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  switch (action) {
    case "createbackup":
    case "restore":
    case "verify":
    case "pruneexternalstore":
    case "copy":
    case "teststore":
      return action;
    default:
      return "other";
  }
}
