import { CommanderError } from 'commander';
import { exitCodeOf, Interruption } from './exit-code.js';
import { printable } from './format.js';
import { BrokenPipeError } from './output-error.js';
import { buildProgram } from './program.js';
import type { Terminal } from './terminal.js';

/**
 * Runs a command line.
 * @param args - without the program's own name.
 * @param terminal - where everything is written.
 * @param signal - ends the command; its reason should be an {@link Interruption}.
 * @returns the exit code. Errors are told in one sentence, with their causes when `--verbose` is among the arguments.
 */
export async function run(args: readonly string[], terminal: Terminal, signal: AbortSignal): Promise<number> {
  const program = await buildProgram(args, terminal, signal);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has told its own already; an interruption is the user's own doing; a reader that left hears nothing.
    const isTold =
      error instanceof CommanderError || error instanceof Interruption || error instanceof BrokenPipeError;
    if (!isTold) terminal.complain(`segmint: ${errorText(error, args.includes('--verbose'))}`);
    return exitCodeOf(error);
  }
}

function errorText(error: unknown, isVerbose: boolean): string {
  const message = printable(error instanceof Error ? error.message : String(error));
  if (!isVerbose || !(error instanceof Error)) return message;
  const context =
    'context' in error && error.context !== undefined ? ` ${printable(JSON.stringify(error.context))}` : '';
  const cause = error.cause === undefined ? '' : `\n  caused by: ${errorText(error.cause, true)}`;
  return `${message}${context}${cause}`;
}
