import type { Notice } from "../../src/alerts/notice.ts";
import { createNoticeSender } from "../../src/notify/send-notice.ts";
import type { NoticeSender, RouteTarget } from "../../src/notify/route-target.ts";

/** Judges as the real one does, and keeps what it is to deliver. */
export interface FakeSender extends NoticeSender {
  readonly sent: readonly { readonly target: RouteTarget; readonly notice: Notice }[];
  /** Called before each delivery; what it throws is how that fails. */
  behavior: (target: RouteTarget) => void;
}

export function createFakeSender(): FakeSender {
  const sent: { target: RouteTarget; notice: Notice }[] = [];
  const real = createNoticeSender({ allowedHosts: undefined, now: () => 0, hostName: "test" });
  const sender: FakeSender = {
    sent,
    behavior: () => undefined,
    check: (target) => real.check(target),
    send: async (target, notice) => {
      await Promise.resolve();
      sender.behavior(target);
      sent.push({ target, notice });
    },
  };
  return sender;
}
