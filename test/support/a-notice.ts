import type { Notice } from "../../src/alerts/notice.ts";

/** A message about an alert. */
export function aNotice(change: Partial<Notice> = {}): Notice {
  return {
    id: "3b0f8a52-1d64-4c0e-8b7a-90c2d1e5f673",
    at: "2026-03-02T12:00:00.000Z",
    event: "AlertOpened",
    severity: "Critical",
    location: { id: "/subscriptions/s/backupLocations/north", name: "north", region: "local" },
    title: "The backup store is not accessible",
    lines: ["The store cannot be reached", "1. Mend the network"],
    data: { alertTypeId: "StoreNotAccessible", alert: { severity: "Critical" } },
    ...change,
  };
}
