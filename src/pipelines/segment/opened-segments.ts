import { RequestError } from '../../errors.js';
import { buildFragment } from '../../isobmff/fragment.js';
import { buildInitSegment } from '../../isobmff/init-segment.js';
import type { MuxTrack } from '../../isobmff/mux-track.js';
import type { ReadOptions, Source } from '../../media/source.js';
import { writeManifest } from '../../playlist/dash/manifest.js';
import { targetDurationOf, writeMediaPlaylist } from '../../playlist/hls/media-playlist.js';
import type { SubtitleRendition } from '../../playlist/hls/subtitle-tags.js';
import { writeMultivariantPlaylist } from '../../playlist/hls/multivariant-playlist.js';
import { describeIndex } from './describe-index.js';
import { buildLadder, type Ladder } from './ladder.js';
import { modelManifest, type NamedOffer } from './model-manifest.js';
import { modelMaster, type OfferedRendition } from './model-master.js';
import { modelSubtitles } from './model-subtitles.js';
import { offerRenditions, type Offer } from './offer-renditions.js';
import { rateOfCopiedVideo, statedFrameRate, type RateFacts } from './rendition-rates.js';
import { parseRenditionId, writeRenditionId, type RenditionName } from './rendition-id.js';
import { RenditionTracks, type RenditionSources } from './rendition-tracks.js';
import type { SegmentTrack } from './segment-track.js';
import type { PlayerRequest, SegmentBytes, SegmentedDescription, SegmentedMedia } from './segmented-media.js';
import type { SegmentPlan } from '../../timeline/segment-plan.js';
import { deriveVersion } from './source-version.js';
import { IndexedThumbnails, type ThumbnailTrack } from '../stills/thumbnail-track.js';
import type { SubtitleDescription } from '../subtitles/describe-subtitles.js';
import { SourceAttachments } from '../subtitles/source-attachments.js';
import { noSuchSubtitle, SourceSubtitles } from '../subtitles/source-subtitles.js';
import { parseSubtitleRendition, writeSubtitleRendition } from '../subtitles/subtitle-id.js';

/** What an opened source is made of. */
export interface OpenedParts extends RenditionSources {
  readonly source: Source;
  /** Ends everything. */
  readonly close: () => Promise<void>;
  /** Aborted by that. */
  readonly ending: AbortSignal;
}

/** Gives the playlists and segments of a source that was opened and planned. */
export class OpenedSegments implements SegmentedMedia {
  readonly version: string | undefined;
  readonly subtitles: SourceSubtitles;
  readonly attachments: SourceAttachments;
  readonly #parts: OpenedParts;
  readonly #tracks: RenditionTracks;
  #thumbnails: ThumbnailTrack | undefined;
  #closing: Promise<void> | undefined;

  /** @param parts - what it is made of; its own to close. */
  constructor(parts: OpenedParts) {
    this.#parts = parts;
    this.version = deriveVersion(parts.source.identity, {});
    this.subtitles = new SourceSubtitles(parts.context);
    this.attachments = new SourceAttachments(parts.context.demuxer.info.attachments, parts.source);
    const { shortPlan } = parts;
    const short = shortPlan && this.#ladder(shortPlan);
    this.#tracks = new RenditionTracks(parts, { planned: this.#ladder(parts.context.plan), short });
  }

  get thumbnails(): ThumbnailTrack | undefined {
    const { context, survey, engines } = this.#parts;
    if (survey.video === undefined) return undefined;
    return (this.#thumbnails ??= new IndexedThumbnails({ context, track: survey.video.track, engines }));
  }

  describe(player: PlayerRequest): SegmentedDescription {
    const { index, plan } = this.#parts.context;
    const offers = this.#offer(player);
    const isShort = offers.some(({ name }) => name.isShort === true);
    return {
      index: index && describeIndex(index),
      plan: isShort ? this.#parts.shortPlan! : plan,
      durationSeconds: plan.end / plan.timescale,
      renditions: offers.map(({ name, decision, track }) => ({
        id: writeRenditionId(name, this.version),
        type: name.type,
        trackId: name.trackId,
        ...(name.height === undefined ? {} : { height: name.height }),
        decision,
        segmentCount: track.timing.starts.length,
      })),
    };
  }

  masterPlaylist(player: PlayerRequest, beside: readonly SubtitleRendition[] = []): string {
    const offered = this.#offer(player).map((offer): OfferedRendition => ({
      ...offer,
      uri: `${writeRenditionId(offer.name, this.version)}/playlist.m3u8`,
    }));
    const tracks = modelSubtitles(this.subtitles.texts, ({ id }) => writeSubtitleRendition(id, this.version));
    return writeMultivariantPlaylist(modelMaster(offered, this.#facts(), [...tracks, ...beside]));
  }

  manifest(player: PlayerRequest, beside: readonly SubtitleDescription[] = []): string {
    const offered = this.#offer(player).map((offer): NamedOffer => ({
      ...offer,
      id: writeRenditionId(offer.name, this.version),
    }));
    return writeManifest(modelManifest(offered, this.#facts(), [...this.subtitles.texts, ...beside]));
  }

  mediaPlaylist(rendition: string): string {
    if (this.#subtitleId(rendition) !== undefined) return this.subtitlePlaylist();
    const { timing } = this.#track(rendition);
    return writeMediaPlaylist({
      times: timing,
      targetDuration: this.#targetDuration(),
      initUri: 'init.mp4',
      segmentUri: (n) => `${n}.m4s`,
    });
  }

  subtitlePlaylist(): string {
    return writeMediaPlaylist({
      times: this.#parts.context.plan,
      targetDuration: this.#targetDuration(),
      initUri: undefined,
      segmentUri: (n) => `${n}.vtt`,
    });
  }

  #targetDuration(): number {
    // All that can be played together state the same: RFC 8216, section 6.2.4.
    return targetDurationOf([...this.#tracks.all().map((track) => track.timing), this.#parts.context.plan]);
  }

  segmentCount(rendition: string): number {
    if (this.#subtitleId(rendition) !== undefined) return this.#parts.context.plan.starts.length;
    return this.#track(rendition).timing.starts.length;
  }

  async initSegment(rendition: string, options: ReadOptions = {}): Promise<SegmentBytes> {
    const declared: MuxTrack = await this.#track(rendition).describe(this.#signal(options));
    const bytes = buildInitSegment({ tracks: [declared] });
    return { chunks: [bytes], byteLength: bytes.byteLength, remarks: [] };
  }

  async segment(rendition: string, number: number, options: ReadOptions = {}): Promise<SegmentBytes> {
    const subtitle = this.#subtitleId(rendition);
    if (subtitle !== undefined) {
      const bytes = await this.subtitles.segment(subtitle, number, { signal: this.#signal(options) });
      return { chunks: [bytes], byteLength: bytes.byteLength, remarks: [] };
    }
    const track = this.#track(rendition);
    const count = track.timing.starts.length;
    if (!Number.isSafeInteger(number) || number < 0 || number >= count) {
      throw new RequestError(`There is no segment ${number}; there are 0 to ${count - 1}.`, 'not_found');
    }
    const samples = await track.segment(number, this.#signal(options));
    const { chunks, byteLength } = buildFragment({
      sequenceNumber: number + 1,
      tracks: [samples.track],
      withSegmentType: true,
    });
    return { chunks, byteLength, remarks: samples.remarks };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.#closing ??= this.#parts.close());
  }

  #offer(player: PlayerRequest): Offer[] {
    return offerRenditions(this.#facts(), player, this.#parts.obstacle, this.#tracks);
  }

  #ladder(timing: SegmentPlan): Ladder | undefined {
    const { survey } = this.#parts;
    if (survey.video === undefined) return undefined;
    const { track } = survey.video;
    const { peak } = rateOfCopiedVideo(track, this.#facts());
    return buildLadder({ track, frameRate: statedFrameRate(track), peak, timing });
  }

  #facts(): RateFacts {
    const { context, survey, source } = this.#parts;
    return { context, survey, info: context.demuxer.info, sourceBytes: source.size };
  }

  /** The subtitle that a rendition is of; undefined when its name is that of no subtitle. */
  #subtitleId(rendition: string): string | undefined {
    const parsed = parseSubtitleRendition(rendition);
    if (parsed === undefined) return undefined;
    this.#checkVersion(parsed.version);
    const isKnown = this.subtitles.texts.some(({ id }) => id === parsed.id);
    if (!isKnown || parsed.version !== this.version) throw noSuchSubtitle();
    return parsed.id;
  }

  #checkVersion(version: string | undefined): void {
    if (version === undefined || version === this.version) return;
    throw new RequestError(
      'The source has changed since this playlist was made, or is played by another version of the program; open it anew.',
      'not_found',
    );
  }

  #track(rendition: string): SegmentTrack {
    const parsed = parseRenditionId(rendition);
    this.#checkVersion(parsed?.version);
    const name: RenditionName | undefined = parsed?.version === this.version ? parsed?.name : undefined;
    const track = name && this.#tracks.get(name);
    if (track === undefined) throw new RequestError('There is no such rendition.', 'not_found');
    return track;
  }

  #signal({ signal }: ReadOptions): AbortSignal {
    const { ending } = this.#parts;
    return signal === undefined ? ending : AbortSignal.any([signal, ending]);
  }
}
