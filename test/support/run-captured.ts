import { run } from '../../src/cli/run.js';

/** What a run of the command line came to. */
export interface CapturedRun {
  readonly code: number;
  readonly printed: string;
  readonly complained: string;
}

/** Runs the command line in this process, and keeps what it writes. */
export async function runCaptured(...args: string[]): Promise<CapturedRun> {
  let printed = '';
  let complained = '';
  const terminal = {
    print: (text: string) => void (printed += `${text}\n`),
    complain: (text: string) => void (complained += `${text}\n`),
    isInteractive: false,
  };
  const code = await run(args, terminal, new AbortController().signal);
  return { code, printed, complained };
}
