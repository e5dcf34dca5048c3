import type { DestinationStream } from 'pino';

/** What a terminal may take for a command, or for the direction of text; all below space is escaped by JSON itself. */
const commanding = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Writes records so that a terminal shows them as they are, whatever a file is called: JSON may hold what a terminal obeys, such
 * as the control sequence introducer U+009B.
 * @param records - takes lines of JSON; not owned.
 * @returns takes them too, and hands them on with such characters as escape sequences, which mean the same.
 */
export function escapeLines(records: DestinationStream): DestinationStream {
  return { write: (line) => records.write(line.replace(commanding, escape)) };
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
