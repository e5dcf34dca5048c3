import { DEFAULT_AUDIO_OUTPUT } from '../../engine/audio-job.js';
import type { EnginePool } from '../../engine/pool.js';
import type { AudioTrack } from '../../media/track.js';
import type { SegmentPlan } from '../../timeline/segment-plan.js';
import { AudioCopyTrack, copiesWithoutHoles } from './audio-copy-track.js';
import { AudioEncodeTrack } from './audio-encode-track.js';
import { copiedAudioConfiguration, copiedVideoConfiguration } from './choose-form.js';
import type { Ladder } from './ladder.js';
import type { RenditionForm, RenditionName } from './rendition-id.js';
import type { SegmentContext, SegmentTrack } from './segment-track.js';
import type { SurveyedTrack, TrackSurvey } from './survey-tracks.js';
import { VideoCopyTrack } from './video-copy-track.js';
import { VideoEncodeTrack } from './video-encode-track.js';

/** What renditions are made of. */
export interface RenditionSources {
  /** What they share. */
  readonly context: SegmentContext;
  /** The tracks. */
  readonly survey: TrackSurvey;
  /** Where each track's last sample ends, where that is known. */
  readonly trackEndsNs: ReadonlyMap<number, number>;
  /** Ids of audio tracks that do not stay as they begin. */
  readonly changingSound: ReadonlySet<number>;
  /** By the ids of audio tracks that their decoder refuses, why: they are not encoded. */
  readonly refusedSound: ReadonlyMap<number, string>;
  /** Why the video cannot be copied as it is planned; undefined when it can. */
  readonly obstacle: string | undefined;
  /** When the short segments of encoded video begin; undefined where there is no video. */
  readonly shortPlan: SegmentPlan | undefined;
  /** Who encodes; asked only when something is to be encoded. */
  readonly engines: { get(): EnginePool };
}

/** The forms in which the video is encoded, by how it is cut; undefined where there is no video of a known size. */
export interface Ladders {
  /** By the plan that its copy has, too. */
  readonly planned: Ladder | undefined;
  /** In short segments, which take more bits at their most expensive. */
  readonly short: Ladder | undefined;
}

/** Makes the renditions of a source, each when it is first asked for. */
export class RenditionTracks {
  /** The forms in which the video is encoded. */
  readonly ladders: Ladders;
  readonly #sources: RenditionSources;
  readonly #made = new Map<string, SegmentTrack>();

  /**
   * @param sources - what they are made of.
   * @param ladders - the forms in which the video is encoded.
   */
  constructor(sources: RenditionSources, ladders: Ladders) {
    this.#sources = sources;
    this.ladders = ladders;
  }

  /** By the ids of audio tracks that their decoder refuses, why. */
  get refusedSound(): ReadonlyMap<number, string> {
    return this.#sources.refusedSound;
  }

  /** Gives a rendition; undefined when the source has no such track, or it cannot take that form. */
  get(name: RenditionName): SegmentTrack | undefined {
    const key = `${name.type} ${name.trackId} ${name.form} ${name.height} ${name.isShort}`;
    const track = this.#made.get(key) ?? this.#make(name);
    if (track !== undefined) this.#made.set(key, track);
    return track;
  }

  /**
   * Every rendition that there can be, but for rungs, which are cut as the others of their track are, and short segments,
   * which are shorter.
   */
  all(): SegmentTrack[] {
    const { video, audio } = this.#sources.survey;
    const names: RenditionName[] = [];
    for (const { track } of video === undefined ? audio : [video, ...audio]) {
      const encoded: RenditionForm = track.type === 'video' ? 'h264' : 'aac';
      names.push({ type: track.type, trackId: track.id, form: 'copy' });
      names.push({ type: track.type, trackId: track.id, form: encoded });
    }
    return names.map((name) => this.get(name)).filter((track) => track !== undefined);
  }

  /** Why an audio track cannot be copied into segments; undefined when it can. */
  audioObstacle({ track, sample }: SurveyedTrack<AudioTrack>): string | undefined {
    const { context, trackEndsNs, changingSound } = this.#sources;
    if (changingSound.has(track.id)) return 'its channels or its sample rate change on the way';
    const endNs = trackEndsNs.get(track.id);
    const packets = { firstPacket: sample.data, anchorTime: sample.presentationTime, endNs };
    return copiesWithoutHoles(context, track, packets)
      ? undefined
      : `it begins late or ends early, and there is no silent packet of ${track.codec} to fill in`;
  }

  #make(name: RenditionName): SegmentTrack | undefined {
    const { type, trackId, form } = name;
    if (type === 'video') return this.#makeVideo(name);
    const audio = this.#sources.survey.audio.find(({ track }) => track.id === trackId);
    if (audio === undefined) return undefined;
    if (form === 'copy') return this.#copyAudio(audio);
    return this.refusedSound.has(trackId) ? undefined : this.#encodeAudio(audio);
  }

  #makeVideo({ trackId, form, height, isShort = false }: RenditionName): SegmentTrack | undefined {
    const { context, survey, obstacle, shortPlan, engines } = this.#sources;
    const { video } = survey;
    if (video?.track.id !== trackId) return undefined;
    const { top, rungs = [] } = (isShort ? this.ladders.short : this.ladders.planned) ?? {};
    const rung = height === undefined ? top : rungs.find((one) => one.height === height);
    if (height !== undefined && rung === undefined) return undefined;
    const anchorTime = video.sample.presentationTime;
    const configuration = obstacle === undefined ? copiedVideoConfiguration(video) : undefined;
    if (form === 'h264') {
      // Who watches the copy may go over to any other form, between any two segments.
      const isCutLikeCopy = configuration !== undefined && !isShort;
      const timing = isShort ? shortPlan : undefined;
      const options = { anchorTime, engines, output: rung?.output, isCutLikeCopy, timing };
      return new VideoEncodeTrack(context, video.track, options);
    }
    if (configuration === undefined) return undefined;
    return new VideoCopyTrack(context, video.track, { configuration, anchorTime, engines });
  }

  #encodeAudio({ track, sample }: SurveyedTrack<AudioTrack>): SegmentTrack {
    const { context, trackEndsNs, engines } = this.#sources;
    return new AudioEncodeTrack(context, track, {
      firstPacket: sample.data,
      anchorTime: sample.presentationTime,
      endNs: trackEndsNs.get(track.id),
      engines,
      output: DEFAULT_AUDIO_OUTPUT,
    });
  }

  #copyAudio(audio: SurveyedTrack<AudioTrack>): SegmentTrack | undefined {
    const { context, trackEndsNs } = this.#sources;
    const { track, sample } = audio;
    const configuration = copiedAudioConfiguration(audio);
    if (configuration === undefined) return undefined;
    return new AudioCopyTrack(context, track, {
      firstPacket: sample.data,
      anchorTime: sample.presentationTime,
      endNs: trackEndsNs.get(track.id),
      configuration,
    });
  }
}
