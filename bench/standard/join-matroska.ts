/**
 * Writes long Matroska files in seconds: a short clip, again and again. Each repetition has real Clusters with their own
 * times, and the file has a duration, Cues and a SeekHead, so that every tool reads and seeks it as any other.
 */
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { ID } from '../../src/matroska/schema.js';
import type { Sample } from '../../src/media/sample.js';
import type { AudioTrack, VideoTrack } from '../../src/media/track.js';
import {
  bigEndian,
  bytes,
  ebmlHeader,
  element,
  elementWithSizeWidth,
  float,
  simpleBlock,
  text,
  trackEntry,
  uint,
} from '../../test/support/ebml-writer.js';

/** A short clip, whose first track is its video. */
export interface Clip {
  /** Its tracks. */
  readonly tracks: readonly (VideoTrack | AudioTrack)[];
  /** All its samples, in stored order. */
  readonly samples: readonly Sample[];
  /** Its length; a whole number of frames of every track, so that repetitions abut. */
  readonly durationMs: number;
}

const nanosecondsPerMs = 1e6;
/** Eight bytes for a Cluster's Timestamp: only they differ from one repetition to the next. */
const timestampWidth = 8;
const segmentSizeWidth = 8;
/** SeekHead with two entries of fixed width: 7 + 2 * 21 bytes. */
const seekPositionWidth = 8;

/**
 * Writes a file of a clip's repetitions.
 * @param clip - what is repeated.
 * @param repetitions - how often.
 * @param path - where to; the file appears under this name when it is whole.
 */
export async function writeJoined(clip: Clip, repetitions: number, path: string): Promise<void> {
  const clusters = clustersOf(clip);
  const clusterBytes = clusters.reduce((sum, { size }) => sum + size, 0);
  const info = element(
    ID.Info,
    uint(ID.TimestampScale, nanosecondsPerMs),
    float(ID.Duration, clip.durationMs * repetitions),
    text(ID.WritingApp, 'segmint bench'),
  );
  const tracks = element(ID.Tracks, ...clip.tracks.map(entryOf));
  const headSize = seekHead(0, 0).length + info.length + tracks.length;
  const cuesPosition = headSize + clusterBytes * repetitions;
  const cues = cuesOf(clip, clusters, headSize, repetitions);
  const head = bytes(seekHead(headSize - tracks.length, cuesPosition), info, tracks);
  const segmentSize = cuesPosition + cues.length;

  function* parts(): Generator<Uint8Array> {
    yield ebmlHeader();
    yield bytes(bigEndian(ID.Segment), bigEndian((2n ** 56n) | BigInt(segmentSize), segmentSizeWidth));
    yield head;
    for (let i = 0; i < repetitions; i++) {
      for (const cluster of clusters) {
        yield cluster.header;
        yield uint(ID.Timestamp, cluster.timeMs + i * clip.durationMs, timestampWidth);
        yield cluster.blocks;
      }
    }
    yield cues;
  }
  const partPath = `${path}.part`;
  await pipeline(parts, createWriteStream(partPath));
  await rename(partPath, path);
}

interface Cluster {
  readonly timeMs: number;
  /** ID and size. */
  readonly header: Uint8Array;
  /** All blocks. */
  readonly blocks: Uint8Array;
  /** Bytes of the whole element. */
  readonly size: number;
}

/** A Cluster begins at each key frame of the video, as muxers like it. */
function clustersOf({ tracks, samples, durationMs }: Clip): Cluster[] {
  const videoId = tracks[0]!.id;
  const clusters: Cluster[] = [];
  let blocks: Uint8Array[] = [];
  let timeMs = 0;
  const close = (): void => {
    if (blocks.length === 0) return;
    const data = bytes(...blocks);
    const contentSize = 2 + timestampWidth + data.length;
    const header = elementWithSizeWidth(ID.Cluster, 8).subarray(0, 4);
    const size = bigEndian((2n ** 56n) | BigInt(contentSize), 8);
    clusters.push({ timeMs, header: bytes(header, size), blocks: data, size: 12 + contentSize });
    blocks = [];
  };
  for (const { trackId, presentationTime, isSync, data } of samples) {
    const sampleMs = Math.round(presentationTime / nanosecondsPerMs);
    // What an encoder needs to get going, and what the next repetition has itself.
    if (presentationTime < 0 || sampleMs >= durationMs) continue;
    if (trackId === videoId && isSync) {
      close();
      timeMs = sampleMs;
    }
    blocks.push(simpleBlock({ track: trackId, time: sampleMs - timeMs, isKey: isSync, frames: [data] }));
  }
  close();
  return clusters;
}

function cuesOf(
  clip: Clip,
  clusters: readonly Cluster[],
  firstPosition: number,
  repetitions: number,
): Uint8Array {
  const points: Uint8Array[] = [];
  let position = firstPosition;
  for (let i = 0; i < repetitions; i++) {
    for (const { timeMs, size } of clusters) {
      points.push(
        element(
          ID.CuePoint,
          uint(ID.CueTime, timeMs + i * clip.durationMs),
          element(
            ID.CueTrackPositions,
            uint(ID.CueTrack, clip.tracks[0]!.id),
            uint(ID.CueClusterPosition, position),
          ),
        ),
      );
      position += size;
    }
  }
  return element(ID.Cues, ...points);
}

function seekHead(tracksPosition: number, cuesPosition: number): Uint8Array {
  const seek = (id: number, position: number): Uint8Array =>
    element(ID.Seek, uint(ID.SeekID, id), uint(ID.SeekPosition, position, seekPositionWidth));
  return element(ID.SeekHead, seek(ID.Tracks, tracksPosition), seek(ID.Cues, cuesPosition));
}

function entryOf(track: VideoTrack | AudioTrack): Uint8Array {
  const { id, type, codecTag, codecPrivate, defaultDuration } = track;
  const kind =
    type === 'video'
      ? element(ID.Video, uint(ID.PixelWidth, track.width), uint(ID.PixelHeight, track.height))
      : element(ID.Audio, float(ID.SamplingFrequency, track.sampleRate), uint(ID.Channels, track.channels));
  return trackEntry(
    {
      number: id,
      type,
      codecId: codecTag,
      ...(codecPrivate === undefined ? {} : { codecPrivate }),
      ...(defaultDuration === undefined ? {} : { defaultDuration: Math.round(defaultDuration) }),
    },
    kind,
  );
}
