import {
  locationName,
  locationOption,
  locationPath,
  openService,
  serviceOptions,
} from "../arm/service.ts";
import { showDocument } from "../arm/show-resource.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import type { NotificationTestResult } from "../../generated/api-2026-12-01.ts";

export const notificationTest: Command = {
  name: "notification test",
  summary: "Sends a test message on a notification route and tells how that went",
  positionals: { usage: "ROUTE", min: 1, max: 1 },
  examples: [["Does mail arrive", "holdfast notification test mail --location north"]],
  options: { ...locationOption, ...serviceOptions },
  run: async (args, cli) => {
    const service = openService(args, cli);
    const route = args.positionals[0] ?? "";
    const path = locationPath(
      service,
      locationName(args, cli),
      "notificationRoutes",
      route,
      "test",
    );
    const { body } = await service.call("POST", path);
    showDocument(body, cli);
    const { isDelivered } = body as NotificationTestResult;
    return isDelivered === true ? exitCodes.done : exitCodes.destination;
  },
};
