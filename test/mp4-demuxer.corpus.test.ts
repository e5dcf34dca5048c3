/**
 * Real MP4, MOV and 3GP files of many makers, where the folder that holds them is there: what the demuxer gives is what
 * ffprobe sees, sample by sample: times, sizes, places, random access points, and the bytes themselves.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openFile } from '../src/io/file.js';
import { openIterable } from '../src/io/iterable.js';
import { openMp4, type Mp4Demuxer } from '../src/isobmff/reader/demuxer.js';
import type { Sample } from '../src/media/sample.js';
import type { Track } from '../src/media/track.js';
import { SegmintError } from '../src/errors.js';
import { REPOSITORY } from './support/repository.js';
import { collect } from './support/samples.js';
import { assertSamples, assertTrack, probeStored, type Packet } from './support/stored-packets.js';
import { missingTools } from './support/tools.js';

const CORPUS = join(REPOSITORY, '..', 'shared', 'media', 'mp4');
const files = existsSync(CORPUS) ? readdirSync(CORPUS).sort() : [];
const isJudged = files.length > 0 ? missingTools('the MP4 corpus', 'ffprobe') : false;

/**
 * Where ffprobe 5.1 sees something else, and is not right or not of our opinion:
 * `packed`: it joins the frames of a chunk to one packet. `late`: of fragments with negative composition offsets it moves
 * the presentation times by the most negative one (so that pictures come late by it), or the decode times. `half`: the
 * edit list begins within a picture, which it leaves out altogether, and then begins with the next one.
 */
const DIFFERENCES: Readonly<Record<string, 'packed' | 'late' | 'half'>> = {
  'MOV00006.3gp': 'packed',
  'rotate-buck-bunny.mp4': 'late',
  'sample_fragmented.mp4': 'late',
  'iibbibb_editlist_videoonly.mp4': 'half',
};

describe('the MP4 corpus', { skip: isJudged }, () => {
  for (const file of files) {
    it(`is read as ffprobe reads it: ${file}`, { timeout: 240_000 }, async () => {
      const { streams, packets } = probeStored(join(CORPUS, file));
      await withDemuxer(file, async (demuxer) => {
        const samples = await collect(demuxer);
        const { tracks } = demuxer.info;
        for (const track of tracks) {
          const stream = streams.find(({ id }) => Number(id) === track.id);
          assert.ok(stream !== undefined, `ffprobe knows no track ${track.id}`);
          assertTrack(track, stream);
          const ours = samples.filter(({ trackId }) => trackId === track.id);
          const theirs = packets.filter(({ stream_index }) => stream_index === stream.index);
          assertStored(file, ours, theirs);
        }
        for (const { id, codec_type } of streams) {
          const isThere = tracks.some((track) => track.id === Number(id));
          assert.ok(isThere || !['video', 'audio'].includes(codec_type), `track ${id} is left out`);
        }
      });
    });

    it(`can be begun anywhere: ${file}`, { timeout: 240_000 }, async () => {
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

    it(`comes out of a stream the same, or is refused: ${file}`, { timeout: 240_000 }, async () => {
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

async function withDemuxer(file: string, use: (demuxer: Mp4Demuxer) => Promise<void>): Promise<void> {
  const source = await openFile(join(CORPUS, file));
  try {
    await use(await openMp4(source));
  } finally {
    await source[Symbol.asyncDispose]();
  }
}

function assertStored(file: string, samples: readonly Sample[], packets: readonly Packet[]): void {
  const difference = DIFFERENCES[file];
  const ours = difference === 'half' ? samples.slice(1) : samples;
  const presentationShift =
    packets.find(({ flags }) => !flags.includes('D'))!.pts! - ours[0]!.presentationTime;
  switch (difference) {
    case undefined:
      assertSamples(samples, packets);
      break;
    case 'late':
      assertSamples(samples, packets, { presentationShift });
      break;
    case 'half':
      assertSamples(ours, packets, { presentationShift, decodeShift: presentationShift });
      break;
    case 'packed': {
      const bytes = samples.reduce((sum, { data }) => sum + data.length, 0);
      assert.equal(
        bytes,
        packets.reduce((sum, { size }) => sum + Number(size), 0),
      );
    }
  }
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
