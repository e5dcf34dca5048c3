import { CommanderError } from 'commander';
import { RequestError, SegmintError, type ErrorCode } from '../errors.js';
import { BrokenPipeError } from './output-error.js';

// Scripts rely on these; docs/cli.md lists them.
const EXIT = {
  /** All that was asked for was done. */
  ok: 0,
  /** It could not be done: a file, the network, an engine, the output. */
  failed: 1,
  /** The command line makes no sense, or asks for a track that does not exist. */
  usage: 2,
  /** The media are broken, or of a kind that cannot be handled. */
  media: 3,
  /** Ended by Ctrl+C: 128 + SIGINT. */
  interrupted: 130,
  /** The reader of standard output left: 128 + SIGPIPE. */
  brokenPipe: 141,
  /** Ended by SIGTERM. */
  terminated: 143,
} as const;

const EXIT_OF_CODE: Readonly<Record<ErrorCode, number>> = {
  malformed_media: EXIT.media,
  unsupported_media: EXIT.media,
  limit_exceeded: EXIT.media,
  source_failed: EXIT.failed,
  engine_failed: EXIT.failed,
  overloaded: EXIT.failed,
  bad_request: EXIT.usage,
  invariant: EXIT.failed,
};

/** The command was ended by a signal of the operating system. Thrown as the abort's reason. */
export class Interruption extends Error {
  /** The exit code that tells of the signal. */
  readonly exitCode: number;
  /** The signal. */
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP';

  /** @param signal - the signal. */
  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`Ended by ${signal}.`);
    this.signal = signal;
    this.exitCode = signal === 'SIGINT' ? EXIT.interrupted : signal === 'SIGTERM' ? EXIT.terminated : 129;
  }
}

/** The exit code for whatever ended a command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Interruption) return error.exitCode;
  if (error instanceof BrokenPipeError) return EXIT.brokenPipe;
  // Commander's own: help and version are not failures.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof RequestError && error.reason !== 'invalid') return EXIT.failed;
  if (error instanceof SegmintError) return EXIT_OF_CODE[error.code];
  return EXIT.failed;
}
