import { canonicalLanguage } from '../hls/language-tag.js';
import type { SegmentTimes } from '../hls/media-playlist.js';
import { nameRenditions } from '../hls/rendition-names.js';
import { nameSubtitles } from '../hls/subtitle-names.js';
import {
  describeAudioPurpose,
  describeChannels,
  describeColor,
  describeRole,
  describeSwitching,
  type DashRole,
} from './descriptors.js';
import type {
  AudioRepresentation,
  Manifest,
  TextRepresentation,
  VideoRepresentation,
  VideoSet,
} from './manifest-model.js';
import { buildSegmentTimeline } from './segment-timeline.js';
import type { XmlElement } from './xml.js';

/** The largest value of `xs:unsignedInt`. */
const MAX_UNSIGNED_INT = 2 ** 32 - 1;

/** What is preferred where a player is not told otherwise has more than 1, which is what all others have. */
const PREFERRED = 2;

/** What is stated of text, in bits a second: more than anybody reads. */
const TEXT_BANDWIDTH = 1000;

/**
 * Builds the adaptation sets: those of the video, then one for each audio rendition, then one for each subtitle.
 * @see ISO/IEC 23009-1, section 5.3.3
 */
export function buildAdaptationSets({ video, audio, text }: Manifest): XmlElement[] {
  const videoIds = video.map((_, index) => index);
  const names = nameRenditions(audio, 'Audio');
  const textNames = nameSubtitles(text);
  const preferred = audio.find(({ isDefault }) => isDefault) ?? audio[0];
  return [
    ...video.map((set, id) => videoSet(id, set, videoIds)),
    ...audio.map((rendition, index) =>
      audioSet(video.length + index, rendition, names[index]!, rendition === preferred),
    ),
    ...text.map((subtitle, index) =>
      textSet(video.length + audio.length + index, subtitle, textNames[index]!),
    ),
  ];
}

function videoSet(
  id: number,
  { times, color, representations }: VideoSet,
  ids: readonly number[],
): XmlElement {
  const others = ids.filter((other) => other !== id);
  return {
    name: 'AdaptationSet',
    attributes: {
      id,
      contentType: 'video',
      mimeType: 'video/mp4',
      segmentAlignment: true,
      maxWidth: Math.max(...representations.map(({ width }) => width)),
      maxHeight: Math.max(...representations.map(({ height }) => height)),
      selectionPriority: id === 0 && others.length > 0 ? PREFERRED : undefined,
    },
    content: [
      ...(color === undefined ? [] : describeColor(color)),
      ...(others.length === 0 ? [] : [describeSwitching(others)]),
      describeRole('main'),
      segmentTemplate(times),
      ...representations.map(videoRepresentation),
    ],
  };
}

function videoRepresentation(representation: VideoRepresentation): XmlElement {
  const { id, bandwidth, codec, width, height, pixelAspectRatio, frameRate, startsWithSap } = representation;
  return {
    name: 'Representation',
    attributes: {
      id,
      bandwidth: wholeBits(bandwidth),
      codecs: codec,
      width,
      height,
      sar: pixelAspectRatio.join(':'),
      frameRate:
        frameRate &&
        (frameRate.denominator === 1
          ? frameRate.numerator
          : `${frameRate.numerator}/${frameRate.denominator}`),
      startWithSAP: startsWithSap,
    },
  };
}

function audioSet(id: number, rendition: AudioRepresentation, name: string, isMain: boolean): XmlElement {
  const { codec, bandwidth, channels, sampleRate, language, purpose, times } = rendition;
  const role: DashRole = isMain ? 'main' : (rendition.role ?? 'alternate');
  return {
    name: 'AdaptationSet',
    attributes: {
      id,
      contentType: 'audio',
      mimeType: 'audio/mp4',
      lang: canonicalLanguage(language),
      segmentAlignment: true,
      startWithSAP: 1,
      selectionPriority: isMain ? PREFERRED : undefined,
    },
    content: [
      ...describeChannels(channels),
      { name: 'Label', attributes: {}, content: name },
      ...(purpose === undefined ? [] : [describeAudioPurpose(purpose)]),
      describeRole(role),
      segmentTemplate(times),
      {
        name: 'Representation',
        attributes: {
          id: rendition.id,
          bandwidth: wholeBits(bandwidth),
          codecs: codec,
          audioSamplingRate: sampleRate,
        },
      },
    ],
  };
}

/** A subtitle, whole: its file needs no index, and players load it at once. */
function textSet(
  id: number,
  { id: name, uri, language, isForced, isHearingImpaired }: TextRepresentation,
  label: string,
): XmlElement {
  return {
    name: 'AdaptationSet',
    attributes: { id, contentType: 'text', mimeType: 'text/vtt', lang: canonicalLanguage(language) },
    content: [
      { name: 'Label', attributes: {}, content: label },
      describeRole(isForced ? 'forced-subtitle' : isHearingImpaired ? 'caption' : 'subtitle'),
      {
        name: 'Representation',
        attributes: { id: name, bandwidth: TEXT_BANDWIDTH },
        content: [{ name: 'BaseURL', attributes: {}, content: uri }],
      },
    ],
  };
}

/** Where the segments of a set's representations are, by their names, and when. */
function segmentTemplate(times: SegmentTimes): XmlElement {
  return {
    name: 'SegmentTemplate',
    attributes: {
      timescale: times.timescale,
      startNumber: 0,
      initialization: '$RepresentationID$/init.mp4',
      media: '$RepresentationID$/$Number$.m4s',
    },
    content: [buildSegmentTimeline(times)],
  };
}

function wholeBits(rate: number): number {
  return Math.min(Math.max(1, Math.ceil(rate)), MAX_UNSIGNED_INT);
}
