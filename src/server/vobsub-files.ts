import { LRUCache } from 'lru-cache';
import type { MediaSubject } from '../delivery/media-shelf.js';
import { SegmintError } from '../errors.js';
import type { FileBeside } from '../io/files-beside.js';
import type { ReadOptions } from '../media/source.js';
import type { SubtitleDescription } from '../pipelines/subtitles/describe-subtitles.js';
import { parseSideCarName, type SideCarName } from '../pipelines/subtitles/side-car-name.js';
import { MAX_INDEX_BYTES, VobsubPair } from '../pipelines/subtitles/vobsub-pair.js';
import { notFound } from './reference.js';
import { digestOf } from './side-cars.js';

/** A pair beside a media, and one of its streams. */
export interface OpenedVobsub {
  readonly pair: VobsubPair;
  /** From 0. */
  readonly stream: number;
  /** The file of its pictures. */
  readonly pictures: FileBeside;
}

interface FoundPair {
  readonly name: SideCarName;
  readonly index: FileBeside;
  readonly pictures: FileBeside;
  /** Begins the ids of its streams. */
  readonly id: string;
}

/** Indices that were read and are kept, by number and by bytes as they were read; the least recently used ones go first. */
const KEPT = { max: 64, maxSize: 2 * MAX_INDEX_BYTES } as const;

/** Finds and reads the VobSub pairs (`.idx` and `.sub`) beside media. Their languages stand in the index, which is read for that. */
export class VobsubFiles {
  readonly #kept = new LRUCache<string, VobsubPair>(KEPT);

  /** Lists the streams of those of a media; a pair that cannot be read has none. */
  async list(subject: MediaSubject): Promise<SubtitleDescription[]> {
    const pairs = await findPairs(subject);
    const listed = await Promise.all(
      pairs.map(async (found) => {
        const pair = await this.#read(found.index, {}).catch((error: unknown) => {
          if (error instanceof SegmintError) return undefined;
          throw error;
        });
        return (pair?.languages ?? []).map((language, stream) => describe(found, language, stream));
      }),
    );
    return listed.flat();
  }

  /**
   * Opens one of them.
   * @param id - of its description.
   * @throws {RequestError} `not_found` when there is none of that name; {@link LimitExceededError} when it is too large.
   */
  async open(subject: MediaSubject, id: string, options: ReadOptions = {}): Promise<OpenedVobsub> {
    const found = (await findPairs(subject)).find((each) => id.startsWith(each.id));
    if (found === undefined) throw notFound();
    const pair = await this.#read(found.index, options);
    const stream = pair.languages.findIndex((_, number) => idOf(found, number) === id);
    if (stream < 0) throw notFound();
    return { pair, stream, pictures: found.pictures };
  }

  async #read(file: FileBeside, options: ReadOptions): Promise<VobsubPair> {
    const known = this.#kept.get(file.identity);
    if (known !== undefined) return known;
    const bytes = await file.read(MAX_INDEX_BYTES, options);
    const pair = new VobsubPair(bytes);
    this.#kept.set(file.identity, pair, { size: Math.max(1, bytes.byteLength) });
    return pair;
  }
}

async function findPairs(subject: MediaSubject): Promise<FoundPair[]> {
  const files = (await subject.listBeside?.()) ?? [];
  const byName = new Map(files.map((file) => [file.name.toLowerCase(), file]));
  return files.flatMap((index) => {
    const name = parseSideCarName(subject.name.replace(/^.*[/\\]/s, ''), index.name);
    const pictures = byName.get(index.name.toLowerCase().replace(/\.idx$/, '.sub'));
    if (name?.format !== 'vobsub' || pictures === undefined) return [];
    return [{ name, index, pictures, id: `f${digestOf(index.name, 10)}` }];
  });
}

function describe(found: FoundPair, language: string | undefined, stream: number): SubtitleDescription {
  const { title, isDefault, isForced, isHearingImpaired } = found.name;
  return {
    id: idOf(found, stream),
    kind: 'bitmap',
    originalType: 'vobsub',
    codec: 'dvd_subtitle',
    language: language ?? found.name.language,
    name: title,
    isDefault: isDefault && stream === 0,
    isForced,
    isHearingImpaired,
    source: 'file',
  };
}

function idOf({ id }: FoundPair, stream: number): string {
  return id + stream.toString(16).padStart(2, '0');
}
