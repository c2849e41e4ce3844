/** One message: what is told, to whoever a route leads to. Plain data; no secret fits in. */
export interface Notice {
  /** GUID of the event; the same on every route and in every repetition, so that receivers can tell. */
  readonly id: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly event: NoticeEvent;
  readonly severity: "Critical" | "Warning" | "Informational";
  readonly location: { readonly id: string; readonly name: string; readonly region: string };
  /** One line. */
  readonly title: string;
  /** What else there is to say, a line each. */
  readonly lines: readonly string[];
  /** The same for programs. */
  readonly data: Readonly<Record<string, unknown>>;
}

export type NoticeEvent =
  "AlertOpened" | "AlertClosed" | "BackupReady" | "BackupEnded" | "Audit" | "Test";
