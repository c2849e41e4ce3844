import type { Command, OptionSpecs } from "./command.ts";
import { summaryOf, type CommandGroup } from "./command-table.ts";
import { formatTable } from "./format-figures.ts";
import type { Output } from "./output.ts";

const firstExamples: readonly (readonly [string, string])[] = [
  ["Make a certificate and its private key", "holdfast keys create --out keys"],
  [
    "Prepare a folder for backups",
    "holdfast repo init --repo /mnt/backup --cert keys/holdfast.cer",
  ],
  ["Back up two folders", "holdfast repo backup --repo /mnt/backup /etc /srv/data"],
  ["See what is there", "holdfast repo list --repo /mnt/backup"],
  [
    "Bring the newest one back",
    "holdfast repo restore latest --repo /mnt/backup --target ./back --pfx keys/holdfast.pfx --password-file keys/holdfast.password",
  ],
  ["Run the service", "holdfast serve --config holdfast.yaml"],
];

/** Prints examples first, then the commands of a group: all of them, or those below a word. */
export function showGroupHelp(group: CommandGroup, output: Output): void {
  const { print, bold } = output;
  if (group.name === "") {
    print("Encrypted, deduplicated backups of an infrastructure, as a service or by hand\n");
    showExamples(firstExamples, output);
    print("");
  }
  print(bold("Commands"));
  const rows = group.commands.map((name) => [`  holdfast ${name}`, summaryOf(name)]);
  for (const line of formatTable(rows)) print(line);
  print("\nMore about a command: holdfast COMMAND --help");
}

/** Prints examples first, then how the command is typed and its options. */
export function showCommandHelp(command: Command, common: OptionSpecs, output: Output): void {
  const { print, bold } = output;
  print(`${command.summary}\n`);
  showExamples(command.examples, output);
  const usage = command.positionals === undefined ? "" : ` ${command.positionals.usage}`;
  print(`\n${bold("Usage")}\n  holdfast ${command.name}${usage} [options]`);
  const own = describeOptions(command.options);
  if (own.length > 0) print(`\n${bold("Options")}`);
  for (const line of formatTable(own)) print(line);
  print(`\n${bold("For every command")}`);
  for (const line of formatTable(describeOptions(common))) print(line);
}

function showExamples(examples: Command["examples"], { print, bold }: Output): void {
  print(bold("Examples"));
  for (const [purpose, line] of examples) print(`  # ${purpose}\n  ${line}`);
}

function describeOptions(options: OptionSpecs): string[][] {
  return Object.entries(options).map(([name, spec]) => {
    const value = spec.choices?.join("|") ?? spec.value;
    const often = spec.multiple === true ? " …" : "";
    return [`  --${name}${value === undefined ? "" : ` ${value}`}${often}`, spec.summary];
  });
}
