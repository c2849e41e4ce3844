import type { Load } from "./api-load.ts";

export function row(...cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

export function rate({ perSecond }: Load): string {
  return `${Math.round(perSecond)}/s`;
}

export function time(milliseconds: number): string {
  return `${milliseconds.toFixed(1)} ms`;
}
