import type { ReadOptions, Source } from '../media/source.js';
import { type Head, readPartAt } from './head.js';
import { ID } from './schema.js';

/** What of the parts behind the Clusters is wanted. */
export interface LinkedPartsOptions extends ReadOptions {
  /** Whether the chapters, tags and attachments are. */
  readonly includeTail?: boolean | undefined;
}

/** Fetches through the SeekHeads what the head lacks: Info and Tracks always, the rest when it is wanted. */
export async function readLinkedParts(
  source: Source,
  head: Head,
  options: LinkedPartsOptions,
): Promise<void> {
  const { parts } = head;
  const wanted = new Set<number>();
  if (parts.info === undefined) wanted.add(ID.Info);
  if (parts.tracks === undefined) wanted.add(ID.Tracks);
  if (options.includeTail === true) wanted.add(ID.Chapters).add(ID.Tags).add(ID.Attachments);
  if (wanted.size > 0) await followSeekHeads(source, head, wanted, options.signal);
}

/** Reads wanted elements where SeekHeads, those that SeekHeads name included, say that they stand. */
export async function followSeekHeads(
  source: Source,
  head: Head,
  wanted: ReadonlySet<number>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { seeks } = head.parts;
  // The list grows while it is walked: by the entries of the SeekHeads that it names. Their number is capped.
  for (const entry of seeks) {
    if (entry.id !== ID.SeekHead && !wanted.has(entry.id)) continue;
    await readPartAt(source, entry.offset, entry.id, head.parts, signal);
  }
}
