import type { SegmentTimes } from './media-playlist.js';

/** Bits a second of a rendition. */
export interface RenditionRate {
  /** Of its most expensive segment. */
  readonly peak: number;
  /** Of the whole. */
  readonly average: number;
}

/** A track that stands between the samples of another. */
export interface InterleavedTrack {
  /** Bits a second on average; undefined when that is not known. */
  readonly bitRate: number | undefined;
  /** Samples a second; undefined when that is not known. */
  readonly samplesPerSecond: number | undefined;
  /** How many seconds it goes on after the other's end; 0 when absent. */
  readonly trailingSeconds?: number | undefined;
}

/** What is known, without reading it, of a video track that is copied. */
export interface CopiedVideo {
  /** When its segments begin and end. */
  readonly times: SegmentTimes;
  /** Where each segment's first keyframe stands in the source, in bytes; what lies between two holds all tracks. */
  readonly offsets: readonly number[];
  /** Where the last segment's samples end in the source, in bytes; undefined when that is not known. */
  readonly endOffset: number | undefined;
  /** Pictures a second, where that is known. */
  readonly samplesPerSecond: number | undefined;
  /** Its own bits a second, where the source states them. */
  readonly bitRate: number | undefined;
  /** All other tracks of the source. */
  readonly others: readonly InterleavedTrack[];
}

/** What is known of video that is encoded. */
export interface EncodedVideo {
  /** When its segments begin and end. */
  readonly times: SegmentTimes;
  /** The most bits a second that the encoder takes in the long run. */
  readonly maxBitRate: number;
  /** Bits that may come at once beside that, in each segment. */
  readonly bufferBits: number;
  /** Pictures a second, where that is known. */
  readonly samplesPerSecond: number | undefined;
}

/** A copied or encoded audio track. */
export interface AudioRate {
  /** Bits a second on average. */
  readonly bitRate: number;
  /** Frames a second. */
  readonly samplesPerSecond: number;
  /** How far its segments rise above the average, as a share of it; 0 where all take the same number of bits. */
  readonly spread: number;
}

/** Bytes of a Matroska block beside its frame: ID and size of the SimpleBlock, and its header. */
const blockBytes = 8;

/** Bytes of a video sample in `trun`: size, duration, flags and composition offset. */
const videoSampleBytes = 16;

/** Bytes of an audio sample in `trun`: its size. */
const audioSampleBytes = 4;

/** Bytes of a segment beside its samples: `styp`, the `moof` without samples, the header of `mdat`. */
const segmentBytes = 160;

/** A track of which nothing is known is taken for film with sound as it mostly is. */
const usualSamplesPerSecond = 30;

/** What interleaving moves across the cuts. */
const spanTolerance = 1.01;

/** How long segments are as a rule: what their own bytes are spread over. */
const segmentSeconds = 6;

/**
 * The rate of copied video, as the index of its source tells: what stands between two keyframes, without the other tracks
 * and the container's own bytes, with those of the segment.
 * @param video - what is known of it.
 */
export function copiedVideoRate(video: CopiedVideo): RenditionRate {
  const samplesPerSecond = video.samplesPerSecond ?? usualSamplesPerSecond;
  const othersRate = sum(video.others.map((track) => interleavedRate(track)));
  const spans = spansOf(video);
  const ownRate = ({ bytes, seconds }: Span): number =>
    Math.max(0, (bytes * 8) / seconds - othersRate - samplesPerSecond * blockBytes * 8);
  const overhead = (seconds: number): number =>
    samplesPerSecond * videoSampleBytes * 8 + (segmentBytes * 8) / seconds;
  const whole: Span = {
    bytes: sum(spans.map(({ bytes }) => bytes)),
    seconds: sum(spans.map(({ seconds }) => seconds)),
  };
  const average = (video.bitRate ?? (whole.seconds > 0 ? ownRate(whole) : 0)) + overhead(segmentSeconds);
  const peaks = spans.map((span) => ownRate(span) * spanTolerance + overhead(span.seconds));
  return { average, peak: Math.max(average, ...peaks) };
}

/**
 * What a segment of encoded video takes at the most: each begins with a decoder's buffer that may be filled anew. The last
 * one may be short, and take more for its length; it does not count, as RFC 8216bis (section 4.4.6.2) has it of less than half
 * of a target duration.
 * @returns bits a second.
 */
export function encodedVideoPeak({ times, maxBitRate, bufferBits, samplesPerSecond }: EncodedVideo): number {
  const { starts, end, timescale } = times;
  const lengths = starts.map((start, n) => ((starts[n + 1] ?? end) - start) / timescale);
  const counted = lengths.length > 1 ? lengths.slice(0, -1) : lengths;
  const shortest = counted.reduce((least, length) => Math.min(least, length), Infinity);
  const overhead = (samplesPerSecond ?? usualSamplesPerSecond) * videoSampleBytes * 8;
  return maxBitRate + (bufferBits + segmentBytes * 8) / shortest + overhead;
}

/** The rate of an audio rendition, copied or encoded. */
export function audioRate({ bitRate, samplesPerSecond, spread }: AudioRate): RenditionRate {
  const overhead = samplesPerSecond * audioSampleBytes * 8 + (segmentBytes * 8) / segmentSeconds;
  return { average: bitRate + overhead, peak: bitRate * (1 + spread) + overhead };
}

/**
 * The rates that a variant states.
 * @param video - its own rendition.
 * @param audio - the renditions of its group: the most expensive one counts.
 * @see RFC 8216, section 4.3.4.2
 */
export function variantBandwidth(
  video: RenditionRate | undefined,
  audio: readonly RenditionRate[],
): { readonly bandwidth: number; readonly averageBandwidth: number } {
  const most = (rates: number[]): number => rates.reduce((a, b) => Math.max(a, b), 0);
  return {
    bandwidth: (video?.peak ?? 0) + most(audio.map(({ peak }) => peak)),
    averageBandwidth: (video?.average ?? 0) + most(audio.map(({ average }) => average)),
  };
}

interface Span {
  readonly bytes: number;
  readonly seconds: number;
}

/** Segments whose keyframes stand at one offset, as an index gives it that points at Clusters, are one span. */
function spansOf({ times, offsets, endOffset, others }: CopiedVideo): Span[] {
  const { starts, end, timescale } = times;
  const trailingBytes = sum(
    others.map((track) => (interleavedRate(track) / 8) * Math.max(0, track.trailingSeconds ?? 0)),
  );
  const spans: Span[] = [];
  let first = 0;
  for (let next = 1; next <= starts.length; next++) {
    const offset = next < starts.length ? offsets[next] : (endOffset ?? 0) - trailingBytes;
    const bytes = (offset ?? 0) - (offsets[first] ?? 0);
    if (bytes <= 0) continue;
    spans.push({ bytes, seconds: ((starts[next] ?? end) - starts[first]!) / timescale });
    first = next;
  }
  return spans;
}

function interleavedRate({ bitRate, samplesPerSecond }: InterleavedTrack): number {
  return (bitRate ?? 0) + (samplesPerSecond ?? 0) * blockBytes * 8;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
