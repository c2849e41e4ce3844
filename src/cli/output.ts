import type { Writable } from "node:stream";

/** Where words go: data to standard output, everything else to standard error. */
export interface Output {
  readonly isJson: boolean;
  /** Whether a person looks at standard error, so that a line may be drawn over again. */
  readonly isTerminal: boolean;
  /** A line of data. */
  readonly print: (line: string) => void;
  /** A line of data for programs. */
  readonly printJson: (value: unknown) => void;
  /** A line for people, whatever the format of the data. */
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
  /** Draws over the line drawn last; only on a terminal. */
  readonly draw: (line: string) => void;
  /** Sets this word in bold where that is wanted. */
  readonly bold: (text: string) => string;
}

export interface OutputStreams {
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
}

/** The output of a process. A reader that went away is not an error: what it does not want is dropped. */
export function createOutput(
  streams: OutputStreams,
  settings: { readonly isJson: boolean; readonly isPlain: boolean },
): Output {
  const { stdout, stderr } = streams;
  const isTerminal = stderr.isTTY === true;
  const hasColour = isTerminal && !settings.isPlain;
  const stdoutWriter = createWriter(stdout);
  const stderrWriter = createWriter(stderr);
  let isDrawn = false;
  const clear = (): void => {
    if (isDrawn) stderrWriter("\r\u001b[K");
    isDrawn = false;
  };
  return {
    isJson: settings.isJson,
    isTerminal,
    print: (line) => {
      clear();
      stdoutWriter(`${line}\n`);
    },
    printJson: (value) => stdoutWriter(`${JSON.stringify(value)}\n`),
    say: (line) => {
      clear();
      stderrWriter(`${line}\n`);
    },
    warn: (line) => {
      clear();
      stderrWriter(`${hasColour ? "\u001b[33mwarning:\u001b[0m" : "warning:"} ${line}\n`);
    },
    draw: (line) => {
      if (!isTerminal) return;
      stderrWriter(`\r\u001b[K${line.slice(0, Math.max(20, (stderr.columns || 80) - 1))}`);
      isDrawn = line !== "";
    },
    bold: (text) => (hasColour ? `\u001b[1m${text}\u001b[0m` : text),
  };
}

function createWriter(stream: Writable): (text: string) => void {
  let isOpen = true;
  stream.on("error", () => {
    isOpen = false;
  });
  return (text) => {
    if (isOpen && stream.writable) stream.write(text);
  };
}
