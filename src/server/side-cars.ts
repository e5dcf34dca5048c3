import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { MediaSubject } from '../delivery/media-shelf.js';
import type { FileBeside } from '../io/files-beside.js';
import type { ReadOptions } from '../media/source.js';
import type { SubtitleDescription } from '../pipelines/subtitles/describe-subtitles.js';
import { describeSideCar, MAX_SIDE_CAR_BYTES, SideCar } from '../pipelines/subtitles/side-car.js';
import { isText, parseSideCarName, type TextSideCarName } from '../pipelines/subtitles/side-car-name.js';
import { notFound } from './reference.js';

/** A subtitle file that lies beside a media. */
export interface ListedSideCar {
  /** What it is, by its name. */
  readonly description: SubtitleDescription;
  /** Changes whenever its bytes do: twelve hexadecimal digits. */
  readonly version: string;
  readonly name: TextSideCarName;
  readonly file: FileBeside;
}

/** Files that were read and are kept, by number and by bytes as they were read; the least recently used ones go first. */
const KEPT = { max: 256, maxSize: 2 * MAX_SIDE_CAR_BYTES } as const;

/** Finds and reads the subtitle files beside media. */
export class SideCars {
  readonly #kept = new LRUCache<string, SideCar>(KEPT);

  /** Lists those of a media, by their names; reads none. */
  async list(subject: MediaSubject): Promise<ListedSideCar[]> {
    const files = (await subject.listBeside?.()) ?? [];
    return files.flatMap((file) => {
      // Whatever the media's ending, they begin with the rest of its name.
      const name = parseSideCarName(subject.name.replace(/^.*[/\\]/s, ''), file.name);
      if (name === undefined || !isText(name)) return [];
      const description = describeSideCar(`f${digestOf(file.name, 10)}`, name);
      return [{ description, version: digestOf(file.identity, 12), name, file }];
    });
  }

  /**
   * Reads one of them, or takes it from what was read.
   * @param id - of its description.
   * @throws {RequestError} `not_found` when there is none of that name; {@link LimitExceededError} when it is too large.
   */
  async open(
    subject: MediaSubject,
    id: string,
    options: ReadOptions = {},
  ): Promise<{ readonly listed: ListedSideCar; readonly sideCar: SideCar }> {
    const listed = (await this.list(subject)).find(({ description }) => description.id === id);
    if (listed === undefined) throw notFound();
    return { listed, sideCar: await this.#read(listed, options) };
  }

  async #read({ name, file }: ListedSideCar, options: ReadOptions): Promise<SideCar> {
    const known = this.#kept.get(file.identity);
    if (known !== undefined) return known;
    const bytes = await file.read(MAX_SIDE_CAR_BYTES, options);
    const sideCar = new SideCar(name, bytes);
    this.#kept.set(file.identity, sideCar, { size: Math.max(1, bytes.byteLength) });
    return sideCar;
  }
}

/** Names something by a digest of its name: so many hexadecimal digits. */
export function digestOf(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
