import { fstat } from 'node:fs';
import { isatty } from 'node:tty';
import { promisify } from 'node:util';
import { RequestError } from '../errors.js';
import { openFile } from '../io/file.js';
import { openIterable } from '../io/iterable.js';
import { openSource as openReference } from '../io/open-source.js';
import type { Source } from '../media/source.js';
import { loadOpeners } from './plugins.js';

const STDIN = 0;

/** Options of {@link openSource}. */
export interface OpenSourceOptions {
  /** Ends the opening. */
  readonly signal: AbortSignal;
  /** Headers for an HTTP source. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Modules that open further kinds of sources. */
  readonly plugins?: readonly string[] | undefined;
}

/**
 * Opens what a command line names.
 * @param name - a path, an http, https or file URL, what a plug-in opens, or `-` for standard input.
 * @param options - a signal, headers and plug-ins.
 * @throws {RequestError | SourceError} when it cannot be opened.
 */
export async function openSource(name: string, options: OpenSourceOptions): Promise<Source> {
  if (name === '-') return await openStdin(options);
  const { signal, headers, plugins } = options;
  return await openReference(name, { signal, headers, openers: await loadOpeners(plugins) });
}

async function openStdin({ signal }: OpenSourceOptions): Promise<Source> {
  if (isatty(STDIN)) throw new RequestError('Standard input is a terminal; send a file or a program to it.');
  const name = 'standard input';
  // A file that the shell opened can be read from anywhere; that lets --start go there directly.
  const isFile = await promisify(fstat)(STDIN).then(
    (stat) => stat.isFile(),
    () => false,
  );
  if (isFile && process.platform !== 'win32') return await openFile('/dev/stdin', { name, signal });
  return openIterable(process.stdin, { name });
}
