/**
 * The index of files that libavformat and others wrote, against what ffprobe says of their packets, and the beginnings of
 * their pictures against the NAL units themselves.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { openFile } from '../src/io/file.js';
import { type MatroskaDemuxer, openMatroska } from '../src/matroska/demuxer.js';
import type { MediaIndex } from '../src/media/media-index.js';
import type { Sample } from '../src/media/sample.js';
import type { VideoTrack } from '../src/media/track.js';
import { inflate } from '../src/pipelines/inflate.js';
import { buildIndex } from '../src/pipelines/segment/build-index.js';
import { fixtureNamed, fixturePath, FIXTURES } from './support/fixtures.js';
import { REPOSITORY } from './support/repository.js';
import { missingTools } from './support/tools.js';

const CORPUS = join(REPOSITORY, '..', 'shared', 'media');
/** Matroska rounds to milliseconds, and so does ffprobe where a codec's delay is taken off. */
const ROUNDING_NS = 1_500_000;
/** ffprobe does not take off what is discarded of the last frame of sound, or believes a block that says it is shorter. */
const FRAME_NS = 30_000_000;
const NAMES = [
  'h264-opengop-ac3',
  'h264-23976-eac3',
  'h264-vfr-flac',
  'h264-intra-mp3',
  'h264-lateaac',
  'h264late-eac3',
  'h264-many-tracks',
  'hevc-opengop-aac',
];

interface Packets {
  readonly type: string;
  /** Times of those that are marked as keyframes, in nanoseconds. */
  readonly keyNs: readonly number[];
  /** Where the last one ends; undefined when a packet without a duration is the last. */
  readonly endNs: number | undefined;
}

/** What ffprobe says of the packets of each stream of sound and pictures. */
async function probePackets(path: string): Promise<Packets[]> {
  const fields = 'stream=index,codec_type:packet=stream_index,pts_time,duration_time,flags';
  const args = ['-v', 'quiet', '-show_entries', fields, '-of', 'json', path];
  const { stdout } = await promisify(execFile)('ffprobe', args, { maxBuffer: 1 << 30 });
  const report = JSON.parse(stdout) as {
    streams: { index: number; codec_type: string }[];
    packets: { stream_index: number; pts_time?: string; duration_time?: string; flags: string }[];
  };
  return report.streams
    .filter(({ codec_type }) => codec_type === 'video' || codec_type === 'audio')
    .map(({ index, codec_type }) => {
      const packets = report.packets.filter(({ stream_index }) => stream_index === index);
      const last = packets.reduce((a, b) => (Number(b.pts_time) >= Number(a.pts_time) ? b : a));
      const end = Number(last.pts_time) + Number(last.duration_time);
      return {
        type: codec_type,
        keyNs: packets
          .filter(({ flags }) => flags.startsWith('K'))
          .map(({ pts_time }) => Number(pts_time) * 1e9),
        endNs: Number.isNaN(end) ? undefined : end * 1e9,
      };
    });
}

async function firstOf(demuxer: MatroskaDemuxer, trackId: number): Promise<Sample> {
  for await (const [first] of demuxer.samples({ trackIds: new Set([trackId]) })) {
    if (first !== undefined) return first;
  }
  throw new assert.AssertionError({ message: 'the track has no sample' });
}

/** Whether the first coded slice of an H.264 sample with four-byte lengths is an IDR picture's. */
function isIdr(data: Uint8Array): boolean {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at + 4 < data.length; at += 4 + view.getUint32(at)) {
    const type = data[at + 4]! & 0x1f;
    if (type === 1 || type === 5) return type === 5;
  }
  return false;
}

/** Checks an index against ffprobe, and gives it. */
async function check(path: string, verify: 'all' | 'some'): Promise<MediaIndex> {
  await using source = await openFile(path);
  const demuxer = await openMatroska(source, { inflate });
  const tracks = demuxer.info.tracks.filter(({ type }) => type !== 'subtitle');
  const track = tracks.find((one): one is VideoTrack => one.type === 'video')!;
  const firstSample = await firstOf(demuxer, track.id);
  const index = await buildIndex(demuxer, source, track, { firstSample, verify });
  const streams = await probePackets(path);
  const { keyNs } = streams.find(({ type }) => type === 'video')!;
  assert.equal(index.keyframes.length, keyNs.length);
  for (const [i, { timeNs }] of index.keyframes.entries()) {
    assert.ok(Math.abs(timeNs - keyNs[i]!) < ROUNDING_NS, `keyframe ${i} at ${timeNs}, not ${keyNs[i]}`);
  }
  for (const [i, { type, endNs }] of streams.entries()) {
    const end = index.trackEndsNs.get(tracks[i]!.id)!;
    const tolerance = type === 'audio' ? FRAME_NS : ROUNDING_NS;
    if (endNs !== undefined)
      assert.ok(Math.abs(end - endNs) < tolerance, `stream ${i} ends at ${end}, not ${endNs}`);
  }
  if (track.codec === 'h264' && verify === 'all') await checkStarts(demuxer, track.id, index);
  return index;
}

/** Every keyframe is in the Cluster that the index names, and what it says of it is true. */
async function checkStarts(demuxer: MatroskaDemuxer, trackId: number, index: MediaIndex): Promise<void> {
  for (const { timeNs, offset, isStartable } of index.keyframes) {
    const samples: Sample[] = [];
    for await (const batch of demuxer.samples({ trackIds: new Set([trackId]), startOffset: offset })) {
      samples.push(...batch);
      if (samples.some(({ presentationTime }) => presentationTime === timeNs)) break;
    }
    const sample = samples.find(({ presentationTime }) => presentationTime === timeNs)!;
    assert.equal(isStartable, isIdr(sample.data));
  }
}

describe('the index', { skip: missingTools('the index against ffprobe', 'ffprobe') }, () => {
  let pool: EnginePool;
  before(() => {
    pool = createEnginePool({ size: 1 });
  });
  after(async () => pool[Symbol.asyncDispose]());

  const others = ['vp9-', 'av1-'].map((codec) => FIXTURES.find(({ name }) => name.startsWith(codec))!.name);
  for (const name of [...NAMES, ...others]) {
    it(`is that of ${name}`, async () => {
      const path = await fixturePath(pool, fixtureNamed(name));
      for (const verify of ['all', 'some'] as const) {
        const { origin, faults } = await check(path, verify);
        assert.equal(origin, 'cues');
        assert.deepEqual(faults, []);
      }
    });
  }

  for (const folder of ['matroska', 'webm'].filter((one) => existsSync(join(CORPUS, one)))) {
    it(`finds each Cluster from the one behind it in the files of ${folder}`, async () => {
      for (const name of readdirSync(join(CORPUS, folder))) {
        await using source = await openFile(join(CORPUS, folder, name));
        const demuxer = await openMatroska(source, { inflate }).catch(() => undefined);
        if (demuxer === undefined) continue;
        let at = source.size!;
        for (let before: number | undefined = at; before !== undefined;) {
          at = before;
          before = await demuxer.clusterBefore(at);
          assert.ok(before === undefined || before < at);
        }
        assert.equal(at, demuxer.firstClusterOffset, name);
      }
    });
  }
});
