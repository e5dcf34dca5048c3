/**
 * Compares what the MP4 demuxer gives with what ffprobe sees: times, sizes, places, random access points, and the bytes
 * themselves.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import type { Sample } from '../../src/media/sample.js';
import type { Track } from '../../src/media/track.js';

/** A packet as ffprobe sees it. */
export interface Packet {
  readonly stream_index: number;
  readonly pts?: number;
  readonly dts?: number;
  readonly size: string;
  readonly pos?: string;
  readonly flags: string;
  readonly data_hash: string;
}

/** A stream as ffprobe sees it. */
export interface Stream {
  readonly index: number;
  readonly id: string;
  readonly codec_name?: string;
  readonly codec_type: string;
  readonly time_base: string;
  readonly width?: number;
  readonly height?: number;
  readonly sample_rate?: string;
  readonly channels?: number;
  readonly sample_aspect_ratio?: string;
  readonly tags?: { readonly language?: string };
  readonly disposition: { readonly default: number };
  readonly side_data_list?: readonly { readonly rotation?: number }[];
}

/** Reads the streams and packets of a file with ffprobe. */
export function probeStored(path: string): { streams: Stream[]; packets: Packet[] } {
  // Without the parsers, whose opinion of key frames is another than the file's.
  const options =
    '-v quiet -fflags +noparse+nofillin -show_streams -show_packets -show_data_hash md5 -of json';
  const output = execFileSync('ffprobe', [...options.split(' '), path], { maxBuffer: 2 ** 30 });
  return JSON.parse(output.toString()) as { streams: Stream[]; packets: Packet[] };
}

/** Compares what a track says with what its stream does. */
export function assertTrack(track: Track, stream: Stream): void {
  if (stream.codec_name !== undefined) assert.equal(track.codec, stream.codec_name);
  assert.equal(`1/${track.timescale}`, stream.time_base);
  assert.equal(track.isDefault, stream.disposition.default === 1);
  const language = stream.tags?.language ?? 'und';
  assert.equal(track.language, Intl.getCanonicalLocales(language)[0]);
  if (track.type === 'video') {
    assert.equal(track.width, stream.width);
    assert.equal(track.height, stream.height);
    const turned = stream.side_data_list?.find(({ rotation }) => rotation !== undefined)?.rotation ?? 0;
    // Theirs counts against the clock.
    assert.equal(track.rotation, (360 - turned) % 360);
    const ratio = track.pixelAspectRatio.join(':');
    if (ratio !== '1:1') assert.equal(ratio, stream.sample_aspect_ratio);
  }
  if (track.type === 'audio' && track.codec !== 'dts') {
    assert.equal(track.outputSampleRate ?? track.sampleRate, Number(stream.sample_rate));
    // The entries of these state two channels, whatever their frames hold.
    const isStated = !['truehd', 'mp3', 'ac3', 'eac3'].includes(track.codec);
    if (isStated) assert.equal(track.channels, stream.channels);
  }
}

/** What of ffprobe's view is not compared. */
export interface Tolerance {
  /** Ticks by which all its presentation times are later. */
  readonly presentationShift?: number;
  /** Ticks by which all its decode times are later; undefined leaves them aside. */
  readonly decodeShift?: number | undefined;
}

/** Compares samples with packets, those left aside that an edit list hides. */
export function assertSamples(
  samples: readonly Sample[],
  packets: readonly Packet[],
  { presentationShift = 0, decodeShift }: Tolerance = { decodeShift: 0 },
): void {
  assert.deepEqual(
    samples
      .filter((sample) => !isHidden(sample))
      .map((sample) => ({
        pts: sample.presentationTime + presentationShift,
        dts: decodeShift === undefined ? undefined : sample.decodeTime! + decodeShift,
        size: sample.data.length,
        pos: sample.offset,
        key: sample.isSync,
        hash: `MD5:${createHash('md5').update(sample.data).digest('hex')}`,
      })),
    packets
      .filter(({ flags }) => !flags.includes('D'))
      .map(({ pts, dts, size, pos, flags, data_hash }) => ({
        pts,
        dts: decodeShift === undefined ? undefined : dts,
        size: Number(size),
        pos: Number(pos),
        key: flags.includes('K'),
        hash: data_hash,
      })),
  );
}

/** An edit list leaves it out: it is decoded only. */
function isHidden({ discardPadding, duration }: Sample): boolean {
  return discardPadding < 0 && -discardPadding >= (duration ?? 0);
}
