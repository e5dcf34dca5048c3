import { RequestError } from '../../errors.js';
import type { ReadOptions } from '../../media/source.js';
import type { TextCue } from '../../media/text-cue.js';
import type { SubtitleTrack } from '../../media/track.js';
import { writeWebvttCues, writeWebvttHead } from '../../playlist/webvtt/write-webvtt.js';
import type { SegmentContext } from '../segment/segment-track.js';
import { cueParserOf } from './cue-parser.js';
import { describeSubtitles, type SubtitleDescription } from './describe-subtitles.js';
import { readPictures, readScript } from './read-originals.js';
import { readVobsubIndex, readVobsubPacks } from './read-vobsub.js';
import { segmentRange } from './segment-range.js';
import type { TimeRange } from './shown-sample.js';
import { subtitleIdOf } from './subtitle-id.js';
import type { OriginalType } from './subtitle-kind.js';
import { SubtitleSamples } from './subtitle-samples.js';

/** A form in which a subtitle can be had as a file. */
export type SubtitleFileForm = 'vtt' | OriginalFileForm;

/** A form in which an original can be had; of VobSub it is two files. */
export type OriginalFileForm = 'ass' | 'sup' | 'idx' | 'sub';

const ORIGINALS: Readonly<Record<OriginalFileForm, OriginalType>> = {
  ass: 'ass',
  sup: 'pgs',
  idx: 'vobsub',
  sub: 'vobsub',
};

/** The subtitles of an opened source, as they are played: all times are those of the output. */
export class SourceSubtitles {
  /** Those that can be had, in stored order. */
  readonly descriptions: readonly SubtitleDescription[];
  readonly #context: SegmentContext;
  readonly #samples = new Map<number, SubtitleSamples>();

  /** @param context - the opened source. */
  constructor(context: SegmentContext) {
    this.#context = context;
    this.descriptions = describeSubtitles(context.demuxer.info.tracks);
  }

  /** Those whose text can be had: what HLS and DASH carry. */
  get texts(): readonly SubtitleDescription[] {
    return this.descriptions.filter(({ kind }) => kind !== 'bitmap');
  }

  /**
   * Writes a segment of a subtitle: WebVTT with all cues that are shown at any time of the plan's n-th segment, at their
   * times in the film. A cue that reaches over a cut is in both segments.
   * @param id - of a subtitle with text.
   * @param number - from 0.
   * @throws {RequestError} `not_found` when there is no such subtitle or segment.
   */
  async segment(id: string, number: number, options: ReadOptions = {}): Promise<Uint8Array> {
    const range = segmentRange(this.#context.plan, number);
    let text = writeWebvttHead({ isSegment: true });
    for await (const cues of this.cues(id, range, options)) text += writeWebvttCues(cues);
    return new TextEncoder().encode(text);
  }

  /**
   * Writes what is shown in a range as a file, as it is read.
   * @param id - of a subtitle.
   * @param form - `vtt` of those with text; the others of those whose original is of that kind.
   * @throws {RequestError} `not_found` when there is no such subtitle, or not in that form.
   */
  file(
    id: string,
    form: SubtitleFileForm,
    range: TimeRange,
    options: ReadOptions = {},
  ): AsyncGenerator<Uint8Array, void, undefined> {
    if (form === 'vtt') return this.#webvtt(id, range, options);
    const isOfForm = this.descriptions.some((one) => one.id === id && one.originalType === ORIGINALS[form]);
    const track = isOfForm ? this.#track(id) : undefined;
    if (track === undefined) throw noSuchSubtitle();
    const signal = options.signal ?? new AbortController().signal;
    const samples = this.#samplesOf(track);
    switch (form) {
      case 'ass':
        return readScript(track, samples, range, signal);
      case 'sup':
        return readPictures(samples, range, signal);
      case 'idx':
        return readVobsubIndex(track, samples, range, signal);
      case 'sub':
        return readVobsubPacks(samples, range, signal);
    }
  }

  /**
   * Gives the cues that are shown at any time of a range, in order of time, a few at a time.
   * @param id - of a subtitle with text.
   * @throws {RequestError} `not_found` when there is no such subtitle.
   */
  cues(
    id: string,
    range: TimeRange,
    options: ReadOptions = {},
  ): AsyncGenerator<readonly TextCue[], void, undefined> {
    const track = this.#track(id);
    const parse = track && cueParserOf(track);
    if (track === undefined || parse === undefined) throw noSuchSubtitle();
    const signal = options.signal ?? new AbortController().signal;
    const samples = this.#samplesOf(track);
    return (async function* () {
      for await (const some of samples.read(range, signal)) {
        const cues = some
          .flatMap(parse)
          .filter(({ startMs, endMs }) => startMs < range.endMs && endMs > range.startMs);
        if (cues.length > 0) yield cues;
      }
    })();
  }

  async *#webvtt(
    id: string,
    range: TimeRange,
    options: ReadOptions = {},
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const encoder = new TextEncoder();
    const all = this.cues(id, range, options);
    yield encoder.encode(writeWebvttHead({ isSegment: false }));
    for await (const cues of all) yield encoder.encode(writeWebvttCues(cues));
  }

  #track(id: string): SubtitleTrack | undefined {
    if (!this.descriptions.some((one) => one.id === id)) return undefined;
    return this.#context.demuxer.info.tracks.find(
      (track): track is SubtitleTrack => track.type === 'subtitle' && subtitleIdOf(track.id) === id,
    );
  }

  #samplesOf(track: SubtitleTrack): SubtitleSamples {
    const known = this.#samples.get(track.id) ?? new SubtitleSamples(this.#context, track);
    this.#samples.set(track.id, known);
    return known;
  }
}

/** The error for whatever no subtitle is. */
export function noSuchSubtitle(): RequestError {
  return new RequestError('There is no such subtitle.', 'not_found');
}
