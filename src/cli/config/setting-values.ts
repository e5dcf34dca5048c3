import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { RequestError } from '../../errors.js';

// The kinds of values that settings have. Flags and the environment give text; a file may give numbers, lists and so on.

/** What is written as text, or as a number in a file, and parsed as an option of the command line is. */
export function written<T>(parse: (text: string) => T): z.ZodType<T> {
  return z
    .union([z.string(), z.number()], { error: 'Give text or a number.' })
    .transform((value, context): T => {
      try {
        return parse(String(value));
      } catch (error) {
        if (!(error instanceof InvalidArgumentError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
        return z.NEVER;
      }
    });
}

/** A parser whose refusals are those of a value. */
export function checked<T>(parse: (text: string) => T): (text: string) => T {
  return (value) => {
    try {
      return parse(value);
    } catch (error) {
      throw error instanceof RequestError ? new InvalidArgumentError(error.message) : error;
    }
  };
}

/** Text that is not empty. */
export function text(example: string): z.ZodType<string> {
  return z
    .string({ error: `Give text, such as ${example}.` })
    .min(1, { error: `Give something, such as ${example}.` });
}

/** One of several words. */
export function choice<const T extends readonly [string, ...string[]]>(words: T): z.ZodType<T[number]> {
  return z.enum(words, { error: `Give one of ${words.join(', ')}.` });
}

/** Yes or no. */
export function yesOrNo(): z.ZodType<boolean> {
  const words: Readonly<Record<string, boolean>> = {
    true: true,
    yes: true,
    1: true,
    false: false,
    no: false,
    0: false,
  };
  return z
    .union([z.boolean(), z.string(), z.number()], { error: 'Give true or false.' })
    .transform((value, context) => {
      const answer = words[String(value).toLowerCase()];
      if (answer !== undefined) return answer;
      context.addIssue({ code: 'custom', message: 'Give true or false.' });
      return z.NEVER;
    });
}

/** A whole number. */
export function count(least: number, most: number): z.ZodType<number> {
  return written((value) => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
    if (!(number >= least && number <= most)) {
      throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
    }
    return number;
  });
}

/** Several of a kind; one alone needs no brackets. */
export function listOf<T>(item: z.ZodType<T>): z.ZodType<T[]> {
  return z.preprocess(
    (value) => (Array.isArray(value) ? (value as unknown[]) : [value]),
    z.array(item).max(1000),
  );
}

/** `Name: value` lines, or a mapping of names to values in a file. */
export function headers(
  parse: (line: string, before: Readonly<Record<string, string>>) => Record<string, string>,
): z.ZodType<Record<string, string>> {
  const asLines = z.preprocess(
    linesOf,
    z.array(z.string(), { error: "Give headers as 'Name: value'." }).max(100),
  );
  return asLines.transform((lines, context) => {
    try {
      return lines.reduce<Record<string, string>>((before, line) => parse(line, before), {});
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });
}

function linesOf(value: unknown): unknown {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.entries(value).map(([name, content]) => `${name}: ${String(content)}`);
}
