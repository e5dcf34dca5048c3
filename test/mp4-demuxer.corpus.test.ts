/**
 * Real MP4, MOV and 3GP files of many makers, where the folder that holds them is there: what the demuxer gives is what
 * ffprobe sees, sample by sample: times, sizes, places, random access points, and the bytes themselves.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openFile } from '../src/io/file.js';
import { openIterable } from '../src/io/iterable.js';
import { openMp4, type Mp4Demuxer } from '../src/isobmff/reader/demuxer.js';
import type { Sample } from '../src/media/sample.js';
import type { SampleOptions } from '../src/media/demuxer.js';
import type { Track } from '../src/media/track.js';
import { SegmintError } from '../src/errors.js';
import { REPOSITORY } from './support/repository.js';
import { missingTools } from './support/tools.js';

const CORPUS = join(REPOSITORY, '..', 'shared', 'media', 'mp4');
const files = existsSync(CORPUS) ? readdirSync(CORPUS).sort() : [];
const isJudged = files.length > 0 ? missingTools('the MP4 corpus', 'ffprobe') : false;

interface Packet {
  readonly stream_index: number;
  readonly pts?: number;
  readonly dts?: number;
  readonly size: string;
  readonly pos?: string;
  readonly flags: string;
  readonly data_hash: string;
}

interface Stream {
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

/**
 * Where ffprobe 5.1 sees something else, and why it is not right:
 * `packed`: it joins the frames of a chunk to one packet. `later`: of a fragment with negative composition offsets and a
 * `tfdt` it moves the presentation times by the most negative one, so that pictures come late by it. `half`: the
 * edit list begins within a picture, which it leaves out altogether and then begins with the next one.
 */
const DIFFERENCES: Readonly<Record<string, 'packed' | 'later' | 'half'>> = {
  'MOV00006.3gp': 'packed',
  'rotate-buck-bunny.mp4': 'later',
  'iibbibb_editlist_videoonly.mp4': 'half',
};

describe('the MP4 corpus', { skip: isJudged }, () => {
  for (const file of files) {
    it(`is read as ffprobe reads it: ${file}`, { timeout: 60_000 }, async () => {
      const { streams, packets } = probe(join(CORPUS, file));
      await withDemuxer(file, async (demuxer) => {
        const samples = await collect(demuxer);
        const { tracks } = demuxer.info;
        for (const track of tracks) {
          const stream = streams.find(({ id }) => Number(id) === track.id);
          assert.ok(stream !== undefined, `ffprobe knows no track ${track.id}`);
          assertTrack(track, stream);
          const ours = samples.filter(({ trackId }) => trackId === track.id);
          const theirs = packets.filter(({ stream_index }) => stream_index === stream.index);
          assertSamples(file, ours, theirs);
        }
        for (const { id, codec_type } of streams) {
          const isThere = tracks.some((track) => track.id === Number(id));
          assert.ok(isThere || !['video', 'audio'].includes(codec_type), `track ${id} is left out`);
        }
      });
    });

    it(`can be begun anywhere: ${file}`, { timeout: 60_000 }, async () => {
      await withDemuxer(file, async (demuxer) => {
        const all = await collect(demuxer);
        const track = demuxer.info.tracks.find(({ type }) => type === 'video') ?? demuxer.info.tracks[0]!;
        const keyframes = await demuxer.readKeyframes(track.id);
        const syncs = all.filter(({ trackId, isSync }) => trackId === track.id && isSync);
        if (!demuxer.isFragmented) {
          assert.deepEqual(
            keyframes.map(({ offset }) => offset).sort((a, b) => a - b),
            syncs.map(({ offset }) => offset).sort((a, b) => a - b),
          );
        }
        assert.ok(keyframes.length > 0);
        for (const { offset, timeNs } of [
          keyframes[0]!,
          keyframes.at(-1)!,
          keyframes[keyframes.length >> 1]!,
        ]) {
          const behind = await collect(demuxer, { startOffset: offset });
          assert.deepEqual(
            behind.map(placeOf).sort(),
            all
              .filter((sample) => sample.offset >= offset)
              .map(placeOf)
              .sort(),
          );
          const from = await collect(demuxer, { startNs: timeNs, seekTrackId: track.id });
          const first = from.find(({ trackId }) => trackId === track.id)!;
          const expected = all.filter(({ trackId }) => trackId === track.id);
          const isAtBeginning = first.offset === expected[0]!.offset;
          assert.ok(isAtBeginning || nanoseconds(first, track) <= timeNs, 'it begins too late');
          const missed = expected.filter(
            (sample) =>
              nanoseconds(sample, track) >= timeNs && !from.some((one) => one.offset === sample.offset),
          );
          assert.deepEqual(missed, []);
        }
      });
    });

    it(`comes out of a stream the same, or is refused: ${file}`, { timeout: 60_000 }, async () => {
      const content = Uint8Array.from(readFileSync(join(CORPUS, file)));
      const pieces = async function* () {
        for (let at = 0; at < content.length; at += 10_007) yield content.slice(at, at + 10_007);
      };
      await withDemuxer(file, async (demuxer) => {
        const whole = await collect(demuxer);
        let streamed: Mp4Demuxer;
        try {
          streamed = await openMp4(openIterable(pieces()));
        } catch (error) {
          assert.ok(error instanceof SegmintError && error.code === 'unsupported_media', String(error));
          assert.match(error.message, /behind its media/);
          return;
        }
        const samples = await collect(streamed);
        assert.deepEqual(samples.map(identityOf).sort(), whole.map(identityOf).sort());
        assert.deepEqual(streamed.info, demuxer.info);
      });
    });
  }
});

after(() => {
  if (files.length > 0) return;
  process.stderr.write(`\nThe MP4 corpus tests were left out: there is no ${CORPUS}.\n`);
});

function probe(path: string): { streams: Stream[]; packets: Packet[] } {
  // Without the parsers, whose opinion of key frames is another than the file's.
  const options =
    '-v quiet -fflags +noparse+nofillin -show_streams -show_packets -show_data_hash md5 -of json';
  const output = execFileSync('ffprobe', [...options.split(' '), path], { maxBuffer: 2 ** 30 });
  return JSON.parse(output.toString()) as { streams: Stream[]; packets: Packet[] };
}

async function withDemuxer(file: string, use: (demuxer: Mp4Demuxer) => Promise<void>): Promise<void> {
  const source = await openFile(join(CORPUS, file));
  try {
    await use(await openMp4(source));
  } finally {
    await source[Symbol.asyncDispose]();
  }
}

async function collect(demuxer: Mp4Demuxer, options: SampleOptions = {}): Promise<Sample[]> {
  const samples: Sample[] = [];
  for await (const batch of demuxer.samples(options)) samples.push(...batch);
  return samples;
}

function assertTrack(track: Track, stream: Stream): void {
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
    // TrueHD's entry speaks of its downmix.
    if (track.codec !== 'truehd') assert.equal(track.channels, stream.channels);
  }
}

function assertSamples(file: string, samples: readonly Sample[], packets: readonly Packet[]): void {
  const difference = DIFFERENCES[file];
  const ours = samples.filter((sample) => !isHidden(sample)).slice(difference === 'half' ? 1 : 0);
  const theirs = packets.filter(({ flags }) => !flags.includes('D'));
  if (difference === 'packed' && ours.length !== theirs.length) {
    const bytes = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);
    const ourBytes = bytes(ours.map(({ data }) => data.length));
    assert.equal(ourBytes, bytes(theirs.map(({ size }) => Number(size))));
    return;
  }
  const late = difference === undefined ? 0 : theirs[0]!.pts! - ours[0]!.presentationTime;
  assert.deepEqual(
    ours.map((sample) => ({
      pts: sample.presentationTime + late,
      dts: sample.decodeTime! + (difference === 'half' ? late : 0),
      size: sample.data.length,
      pos: sample.offset,
      key: sample.isSync,
      hash: `MD5:${createHash('md5').update(sample.data).digest('hex')}`,
    })),
    theirs.map(({ pts, dts, size, pos, flags, data_hash }, i) => ({
      pts,
      // Decode times of fragments are not moved before presentation times that precede them.
      dts: file === 'sample_fragmented.mp4' ? ours[i]?.decodeTime : dts,
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

function nanoseconds({ presentationTime }: Sample, { timescale }: Track): number {
  return Math.round((presentationTime / timescale) * 1e9);
}

function placeOf({ trackId, offset }: Sample): string {
  return `${trackId} ${offset}`;
}

function identityOf(sample: Sample): string {
  const hash = createHash('md5').update(sample.data).digest('hex');
  const { trackId, offset, presentationTime, decodeTime, duration, isSync, discardPadding } = sample;
  return JSON.stringify([
    trackId,
    offset,
    presentationTime,
    decodeTime,
    duration,
    isSync,
    discardPadding,
    hash,
  ]);
}
