import {
  locationName,
  locationOption,
  locationPath,
  openService,
  serviceOptions,
} from "../arm/service.ts";
import { readSchedule, scheduleOptions } from "../arm/location-settings.ts";
import { showRuns } from "../arm/show-resource.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

export const schedulePreview: Command = {
  name: "schedule preview",
  summary:
    "Shows when the next scheduled backups of a location will be made; options try another schedule",
  examples: [
    ["What will happen", "holdfast schedule preview --location north"],
    [
      "What if",
      'holdfast schedule preview --location north --cron "30 2 * * *" --time-zone Europe/Berlin --count 20',
    ],
  ],
  options: {
    ...locationOption,
    ...scheduleOptions,
    count: { summary: "How many to show; 10 unless told", value: "N" },
    ...serviceOptions,
  },
  run: async (args, cli) => {
    const service = openService(args, cli);
    const path = locationPath(service, locationName(args, cli), "previewSchedule");
    const schedule = readSchedule(args);
    const count = args.integer("count", 1, 100);
    const { body } = await service.call("POST", path, {
      ...(schedule === undefined ? {} : { schedule }),
      ...(count === undefined ? {} : { count }),
    });
    showRuns(body, cli);
    return exitCodes.done;
  },
};
