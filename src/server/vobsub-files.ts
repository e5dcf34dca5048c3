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

/** Indices that were read and are kept; the least recently used ones go first. */
const MAX_KEPT = 16;

/** Finds and reads the VobSub pairs (`.idx` and `.sub`) beside media. Their languages stand in the index, which is read for that. */
export class VobsubFiles {
  readonly #kept = new Map<string, VobsubPair>();

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
    const pair = this.#kept.get(file.identity) ?? new VobsubPair(await file.read(MAX_INDEX_BYTES, options));
    this.#kept.delete(file.identity);
    this.#kept.set(file.identity, pair);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > MAX_KEPT && oldest.done !== true) this.#kept.delete(oldest.value);
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
