/** Writes results as Markdown, and into the documentation. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InvariantError } from '../../src/errors.js';
import { ratioOf, type Result } from './result.js';
import type { Spread } from './statistics.js';

/** A table and what it is of. */
export interface Section {
  /** Its heading. */
  readonly title: string;
  /** What was measured, and how. */
  readonly about: string;
  /** Its lines. */
  readonly results: readonly Result[];
}

/** Writes the whole report. */
export function writeMarkdown(environment: readonly string[], sections: readonly Section[]): string {
  const head = environment.map((line) => `- ${line}`).join('\n');
  const tables = sections.map(
    ({ title, about, results }) => `### ${title}\n\n${about}\n\n${tableOf(results)}`,
  );
  return [head, ...tables].join('\n\n');
}

function tableOf(results: readonly Result[]): string {
  const isMemory = results.every(({ unit }) => unit === 'MiB');
  const hasPeaks = results.some(({ segmintPeakBytes }) => segmintPeakBytes !== undefined);
  const columns = isMemory ? ['', 'peak, MiB'] : ['', 'unit', 'segmint', 'ffmpeg', 'times better', 'goal'];
  if (hasPeaks) columns.push('memory, MiB', 'ffmpeg’s');
  const rows = results.map((result) => {
    const cells = [result.name];
    if (isMemory) return [...cells, result.segmint.median.toFixed(0)];
    const { unit, segmint, ffmpeg, goal, limit, segmintPeakBytes, ffmpegPeakBytes } = result;
    const text = result.isTail === true ? tailText : spreadText;
    const ratio = ratioOf(result);
    cells.push(unit, text(segmint), ffmpeg === undefined ? '' : text(ffmpeg));
    const aim = limit === undefined ? String(goal ?? '') : `at most ${limit}`;
    cells.push(ratio === undefined ? '' : `**${digits(ratio)}**`, aim);
    if (hasPeaks) cells.push(mebibytes(segmintPeakBytes), mebibytes(ffmpegPeakBytes));
    return cells;
  });
  // Aligned as Prettier does it, so that the documentation passes the format check as it is written.
  const widths = columns.map((column, i) => Math.max(3, column.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function spreadText({ median, min, max }: Spread): string {
  return `${digits(median)} (${digits(min)}–${digits(max)})`;
}

function tailText({ median, p95 }: Spread): string {
  return median === p95 ? digits(median) : `${digits(median)} / ${digits(p95)}`;
}

function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function mebibytes(bytes: number | undefined): string {
  return bytes === undefined ? '' : (bytes / (1 << 20)).toFixed(0);
}

/**
 * Puts a report between its markers in docs/benchmarks.md, so that its numbers are always the command's own.
 * @param markdown - the report.
 * @param name - of its markers.
 */
export function updateDocs(markdown: string, name: 'bench' | 'soak' = 'bench'): void {
  const begin = `<!-- ${name}:begin -->`;
  const end = `<!-- ${name}:end -->`;
  const path = fileURLToPath(new URL('../../../docs/benchmarks.md', import.meta.url));
  const text = readFileSync(path, 'utf8');
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new InvariantError(`${path} has no ${begin} … ${end}.`);
  writeFileSync(path, `${text.slice(0, from)}${begin}\n\n${markdown}\n\n${text.slice(to)}`);
}
