import { readRetention, retentionOptions } from "../arm/location-settings.ts";
import {
  locationName,
  locationOption,
  locationPath,
  openService,
  serviceOptions,
} from "../arm/service.ts";
import { showRetention } from "../arm/show-resource.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

export const retentionPreview: Command = {
  name: "retention preview",
  summary: "Shows which backups of a location stay, why, and which go; options try other rules",
  examples: [
    ["What stays and goes", "holdfast retention preview --location north"],
    ["What if", "holdfast retention preview --location north --keep-days 2 --keep-weekly 8"],
  ],
  options: { ...locationOption, ...retentionOptions, ...serviceOptions },
  run: async (args, cli) => {
    const service = openService(args, cli);
    const path = locationPath(service, locationName(args, cli), "previewRetention");
    const retention = readRetention(args);
    const { body } = await service.call("POST", path, retention === undefined ? {} : { retention });
    showRetention(body, cli);
    return exitCodes.done;
  },
};
