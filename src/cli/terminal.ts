/** Where a command writes what people read. Passed in, so that commands are tested without a process. */
export interface Terminal {
  /** Writes to standard output. */
  print(text: string): void;
  /** Writes to standard error. */
  complain(text: string): void;
  /** Whether standard error is a terminal, where a progress bar makes sense. */
  readonly isInteractive: boolean;
}

/** The real one. */
export const processTerminal: Terminal = {
  // Whoever reads what is printed may leave early; that is not worth a word.
  print: (text) => void process.stdout.once('error', () => undefined).write(`${text}\n`),
  complain: (text) => void process.stderr.write(`${text}\n`),
  get isInteractive() {
    return process.stderr.isTTY;
  },
};
