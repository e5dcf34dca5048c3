import { LRUCache } from 'lru-cache';
import type { EnginePool } from '../engine/pool.js';
import { LimitExceededError, MalformedMediaError, RequestError, UnsupportedMediaError } from '../errors.js';
import type { Source } from '../media/source.js';
import { makePoster, type PosterOptions } from '../pipelines/stills/poster.js';
import { stillVersionOf } from '../pipelines/stills/still-version.js';
import type { TakeTurn } from '../pipelines/stills/take-turn.js';
import type { ThumbnailTrack } from '../pipelines/stills/thumbnail-track.js';
import { digestIdentity } from '../pipelines/segment/source-version.js';
import type { MediaLoan, MediaSubject } from './media-shelf.js';
import type { Scheduler } from './scheduler.js';
import type { SegmentStore } from './segment-store.js';
import { SingleFlight } from './single-flight.js';
import { StillTurns } from './still-turns.js';

/** What a {@link StillService} is made of. */
export interface StillServiceOptions {
  /** Decodes; not owned. */
  readonly engine: EnginePool;
  /** Says what is done when. */
  readonly scheduler: Scheduler;
  /** Keeps what was made; not closed by the service. */
  readonly store: SegmentStore;
  /** Takes a failure of the store. It costs time only: the picture is made again. */
  readonly onStoreError?: ((error: unknown) => void) | undefined;
  /** Makes a poster; our own by default. */
  readonly makePoster?: ((source: Source, options: PosterOptions) => Promise<Uint8Array>) | undefined;
}

/** What poster is wanted. */
export interface PosterWish {
  /** The most pixels across. */
  readonly width: number;
  /** Identity of the file as it is now, as {@link StillService.identify} tells it. */
  readonly identity: string | undefined;
  /** Who asks. */
  readonly viewer: string;
}

/** Files are remembered of which there is no poster: a list asks for each of them whenever it is looked at. */
const MAX_REMEMBERED = 4096;

/**
 * Gives posters and sprites of thumbnails: from the store, or made once for all who ask at the same time, and kept. No
 * playback waits for them: they are made where there is capacity to spare, a picture at a time.
 */
export class StillService implements AsyncDisposable {
  readonly #options: StillServiceOptions;
  readonly #flights = new SingleFlight<Uint8Array>();
  readonly #turns: StillTurns;
  /** Why there is no poster, by the key of the source. */
  readonly #absent = new LRUCache<string, Error>({ max: MAX_REMEMBERED });
  #unversioned = 0;

  /** @param options - what it works with. */
  constructor(options: StillServiceOptions) {
    this.#options = options;
    this.#turns = new StillTurns(options.scheduler);
  }

  /**
   * Gives the thumbnails of a media.
   * @throws {RequestError} `not_found` when it has no video.
   */
  thumbnails({ media }: MediaLoan): ThumbnailTrack {
    if (media.thumbnails !== undefined) return media.thumbnails;
    throw new RequestError('The file has no video, and so no thumbnails.', 'not_found');
  }

  /**
   * Gives a sprite of thumbnails.
   * @param loan - the media; still the caller's to give back.
   * @param number - of the sprite, from 0.
   * @param signal - ends the waiting, and the work when nobody else waits for it.
   * @returns a JPEG.
   * @throws {RequestError} `not_found` when there is no such sprite, or the source changed meanwhile.
   */
  async sprite(loan: MediaLoan, number: number, signal?: AbortSignal): Promise<Uint8Array> {
    const thumbnails = this.thumbnails(loan);
    const key = keyOf(loan.identity, 'thumbnails', number);
    return await this.#give(
      key,
      loan.viewer,
      async (turn, working) => {
        // A loan of its own: whoever began it may leave while others wait.
        using own = loan.share();
        const made = await thumbnails.sprite(number, turn);
        if (await own.isCurrent(working)) return made;
        throw new RequestError('The source has changed meanwhile: load its thumbnails again.', 'not_found');
      },
      signal,
    );
  }

  /**
   * Gives the poster of a file.
   * @param subject - the file.
   * @param wish - what is wanted of it.
   * @param signal - ends the waiting, and the work when nobody else waits for it.
   * @returns a JPEG.
   * @throws {RequestError} `not_found` when the file has no picture.
   * @throws whatever {@link makePoster} throws.
   */
  async poster(subject: MediaSubject, wish: PosterWish, signal?: AbortSignal): Promise<Uint8Array> {
    const { identity, viewer, width } = wish;
    const reason = this.#absent.get(keyOf(identity, 'poster', 'none') ?? '');
    if (reason !== undefined) throw reason;
    const work = async (turn: TakeTurn, working: AbortSignal): Promise<Uint8Array> => {
      await using source = await subject.open(working);
      // Its picture would be kept under the name of what it was.
      if (source.identity !== identity) {
        throw new RequestError('The file has changed meanwhile: ask for it again.', 'not_found');
      }
      const make = this.#options.makePoster ?? makePoster;
      try {
        return await make(source, { engine: this.#options.engine, width, turn });
      } catch (error) {
        this.#rememberAbsent(identity, error);
        throw error;
      }
    };
    return await this.#give(keyOf(identity, 'poster', width), viewer, work, signal);
  }

  /**
   * Tells the identity of a file as it is now.
   * @returns undefined where nothing tells it.
   */
  async identify(subject: MediaSubject, signal?: AbortSignal): Promise<string | undefined> {
    if (subject.identityWhenFound !== undefined) return subject.identityWhenFound;
    await using source = await subject.open(signal);
    return source.identity;
  }

  /** Cancels all work. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flights[Symbol.asyncDispose]();
  }

  async #give(
    key: string | undefined,
    viewer: string,
    work: (turn: TakeTurn, signal: AbortSignal) => Promise<Uint8Array>,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const flightKey = key ?? `unversioned ${++this.#unversioned}`;
    const make = async (working: AbortSignal): Promise<Uint8Array> => {
      const stored = key === undefined ? undefined : await this.#stored(key, working);
      if (stored !== undefined) return stored;
      const made = await work(this.#turns.of(viewer, working), working);
      if (key !== undefined) await this.#keep(key, made);
      return made;
    };
    return await this.#flights.run(flightKey, make, signal);
  }

  async #stored(key: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    try {
      return await this.#options.store.get(key, { signal });
    } catch (error) {
      signal.throwIfAborted();
      this.#options.onStoreError?.(error);
      return undefined;
    }
  }

  async #keep(key: string, bytes: Uint8Array): Promise<void> {
    try {
      await this.#options.store.put(key, [bytes]);
    } catch (error) {
      this.#options.onStoreError?.(error);
    }
  }

  /** What the bytes of the file are the reason for stays so for as long as they do. */
  #rememberAbsent(identity: string | undefined, error: unknown): void {
    const key = keyOf(identity, 'poster', 'none');
    if (key !== undefined && isOfTheFile(error)) this.#absent.set(key, error);
  }
}

/** Whether the bytes of a file are the reason why there is no picture of it, and not what happened to be. */
export function isOfTheFile(error: unknown): error is Error {
  return (
    error instanceof RequestError ||
    error instanceof UnsupportedMediaError ||
    error instanceof MalformedMediaError ||
    error instanceof LimitExceededError
  );
}

/** The name under which a still is kept; undefined where nothing tells one version of its source from another. */
function keyOf(identity: string | undefined, kind: string, name: string | number): string | undefined {
  if (identity === undefined) return undefined;
  return `${digestIdentity(identity)}/${kind}-${stillVersionOf(identity)}/${name}`;
}
