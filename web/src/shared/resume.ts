// Where the viewer stopped in each item, kept by the browser and told to nobody.
import { forgetStored, readStored, storedKeys, writeStored } from './storage.js';

/** Where the viewer stopped. */
export interface Resume {
  readonly ref: string;
  /** Seconds. */
  readonly position: number;
  /** Seconds. */
  readonly duration: number;
  /** Milliseconds since 1970. */
  readonly updated: number;
}

const PREFIX = 'segmint:resume:';

/** As many are kept. */
const MAX_KEPT = 200;

/** Who saw less has not begun, in seconds. */
const BEGUN = 5;

/** Who has less before them has seen it: this part of it, and at most so many seconds. */
const REST = { part: 0.05, seconds: 180 };

/** Where the viewer stopped in an item; undefined when they did not begin, or saw it to its end. */
export function readResume(ref: string): Resume | undefined {
  return resumeAt(PREFIX + ref);
}

/**
 * Remembers where the viewer is; forgets the item when they are at its beginning or its end.
 * @param ref - the item.
 * @param position - seconds.
 * @param duration - seconds.
 */
export function writeResume(ref: string, position: number, duration: number): void {
  if (!(duration > 0)) return;
  const isOver = duration - position < Math.min(duration * REST.part, REST.seconds);
  if (position < BEGUN || isOver) {
    forgetResume(ref);
    return;
  }
  const isNew = resumeAt(PREFIX + ref) === undefined;
  writeStored(PREFIX + ref, { position, duration, updated: Date.now() });
  if (isNew) for (const { ref: oldest } of listResumes().slice(MAX_KEPT)) forgetResume(oldest);
}

/** Forgets where the viewer stopped. */
export function forgetResume(ref: string): void {
  forgetStored(PREFIX + ref);
}

/** All that was begun, the latest first. */
export function listResumes(): readonly Resume[] {
  return storedKeys(PREFIX)
    .flatMap((key) => resumeAt(key) ?? [])
    .sort((a, b) => b.updated - a.updated);
}

function resumeAt(key: string): Resume | undefined {
  const { position, duration, updated } = (readStored(key) ?? {}) as Partial<Record<string, unknown>>;
  if (typeof position !== 'number' || typeof duration !== 'number' || typeof updated !== 'number')
    return undefined;
  return { ref: key.slice(PREFIX.length), position, duration, updated };
}
