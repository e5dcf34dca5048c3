/**
 * Real files of many makers, where the folder that holds them is there: what comes out of them is what ffprobe sees,
 * packet by packet, or they are refused with an error that says why.
 */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openWithLibav, type LibavDemuxer } from '../src/engine/demux/libav-demuxer.js';
import { openFile } from '../src/io/file.js';
import type { Sample } from '../src/media/sample.js';
import type { Track } from '../src/media/track.js';
import { REPOSITORY } from './support/repository.js';
import { collect } from './support/samples.js';
import { missingTools } from './support/tools.js';

const CORPUS = join(REPOSITORY, '..', 'shared', 'media');
const folders = ['ts', 'other', 'mp4'].filter((folder) => existsSync(join(CORPUS, folder)));
const files = folders.flatMap((folder) =>
  readdirSync(join(CORPUS, folder))
    .sort()
    .map((name) => `${folder}/${name}`),
);
const skip = files.length > 0 ? missingTools('the corpus of libavformat', 'ffprobe') : false;

/** Half of its packets are damaged, with times that cannot be: they are repaired, and ffprobe shows them as they are. */
const DAMAGED = 'ts/test-143.ts';

interface Packet {
  readonly stream_index: number;
  readonly pts?: number;
  readonly size: string;
  readonly pos?: string;
  readonly flags: string;
  readonly data_hash: string;
}

interface Stream {
  readonly index: number;
  readonly id?: string;
  readonly codec_name?: string;
  readonly time_base: string;
}

describe('the corpus that libavformat reads', { skip }, () => {
  for (const file of files) {
    it(`is read as ffprobe reads it: ${file}`, { timeout: 240_000 }, async () => {
      const { streams, packets } = probe(join(CORPUS, file));
      await withDemuxer(file, async (demuxer) => {
        const samples = await collect(demuxer);
        for (const track of demuxer.info.tracks) {
          const stream = findStream(streams, track);
          const theirs = packets.filter(({ stream_index }) => stream_index === stream.index);
          const ours = samples.filter(({ trackId }) => trackId === track.id);
          assertSame(file, track, stream, ours, theirs);
        }
      });
    });

    if (file.startsWith('mp4/')) continue;
    it(`can be begun at its key frames: ${file}`, { timeout: 240_000 }, async () => {
      await withDemuxer(file, async (demuxer) => {
        const track = demuxer.info.tracks.find(({ type }) => type === 'video');
        if (track === undefined) return;
        const { keyframes } = await demuxer.scanKeyframes(track.id);
        const all = await collect(demuxer);
        for (const { offset } of [keyframes[1], keyframes.at(-1)].filter((one) => one !== undefined)) {
          const behind = await collect(demuxer, { startOffset: offset, seekTrackId: track.id });
          const expected = all.filter((sample) => sample.offset >= offset);
          assert.deepEqual(behind.map(identityOf), expected.map(identityOf));
        }
      });
    });
  }
});

after(() => {
  if (files.length > 0) return;
  process.stderr.write(`\nThe tests of libavformat's corpus were left out: there is no ${CORPUS}.\n`);
});

function probe(path: string): { streams: Stream[]; packets: Packet[] } {
  const options = '-v quiet -fflags +genpts -show_streams -show_packets -show_data_hash md5 -of json';
  // A stream that goes on under another PID is one stream.
  const merging = path.endsWith('.ts') ? ['-merge_pmt_versions', '1'] : [];
  const output = execFileSync('ffprobe', [...merging, ...options.split(' '), path], {
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output.toString()) as { streams: Stream[]; packets: Packet[] };
}

/** Pictures of byte streams come with lengths in place of start codes, and the record that belongs to them. */
function hasChangedForm(file: string, track: Track): boolean {
  return file.startsWith('ts/') && track.codecPrivate?.[0] === 1;
}

/** The NAL units of all packets, as ffmpeg stores them: between start codes, without the zeros behind them. */
function storedUnits(path: string, { index }: Stream): string[] {
  const options = `-nostdin -v quiet -merge_pmt_versions 1 -i ${path} -map 0:${index} -c copy -copyinkf -f data -`;
  const stream = execFileSync('ffmpeg', options.split(' '), { maxBuffer: 2 ** 30 }).toString('latin1');
  return stream
    .split('\0\0\x01')
    .slice(1)
    .map((unit) => hashOf({ data: Buffer.from(unit.replace(/\0+$/, ''), 'latin1') }));
}

/** The NAL units of samples, each after its length. */
function unitsOf(samples: readonly Sample[]): string[] {
  return samples.flatMap(({ data }) => {
    const units: string[] = [];
    for (let at = 0; at < data.length;) {
      const start = at + 4;
      at = start + Buffer.from(data.subarray(at, start)).readUInt32BE();
      units.push(hashOf({ data: data.subarray(start, at) }));
    }
    return units;
  });
}

function findStream(streams: readonly Stream[], track: Track): Stream {
  const ids = streams.map(({ id }) => Number(id ?? 0));
  const hasOwnIds = ids.every((id) => id > 0) && new Set(ids).size === ids.length;
  const stream = streams.find(({ index, id }) => (hasOwnIds ? Number(id) : index + 1) === track.id);
  assert.ok(stream !== undefined, `ffprobe knows no track ${track.id}`);
  return stream;
}

function assertSame(
  file: string,
  track: Track,
  stream: Stream,
  ours: readonly Sample[],
  theirs: readonly Packet[],
): void {
  assert.equal(ours.length, theirs.length, `samples of track ${track.id}`);
  const { codec_name = 'unknown' } = stream;
  // What this ffprobe does not know yet, libavformat may.
  if (codec_name !== 'unknown') assert.equal(track.codec, codec_name === 'aac_latm' ? 'aac' : codec_name);
  const [unit, units] = stream.time_base.split('/').map(Number) as [number, number];
  const sizes = (list: readonly number[]): number => list.reduce((sum, size) => sum + size, 0);
  // The parser of HEVC cuts between the zero bytes before a start code, where that of ffprobe 5.1 cuts behind them.
  const isCutAlike = !(track.codec === 'hevc' && file.startsWith('ts/'));
  const isSameForm = !hasChangedForm(file, track);
  if (isSameForm) {
    assert.equal(sizes(ours.map(({ data }) => data.length)), sizes(theirs.map(({ size }) => Number(size))));
  } else assert.deepEqual(unitsOf(ours), storedUnits(join(CORPUS, file), stream));
  ours.forEach((sample, i) => {
    const packet = theirs[i]!;
    assert.equal(sample.isSync, packet.flags.includes('K'), `sync flag of ${i}`);
    if (packet.pos !== undefined) assert.equal(sample.offset, Number(packet.pos));
    if (packet.pts !== undefined && file !== DAMAGED) {
      assert.equal(sample.presentationTime / track.timescale, (packet.pts * unit) / units, `time of ${i}`);
    }
    if (isCutAlike && isSameForm) assert.equal(hashOf(sample), packet.data_hash, `bytes of ${i}`);
  });
}

async function withDemuxer(file: string, use: (demuxer: LibavDemuxer) => Promise<void>): Promise<void> {
  const path = join(CORPUS, file);
  const source = await openFile(path);
  try {
    const demuxer = await openWithLibav(source, { path: source.path });
    try {
      await use(demuxer);
    } finally {
      await demuxer.close();
    }
  } finally {
    await source[Symbol.asyncDispose]();
  }
}

function hashOf({ data }: Pick<Sample, 'data'>): string {
  return `MD5:${createHash('md5').update(data).digest('hex')}`;
}

function identityOf(sample: Sample): string {
  const { trackId, offset, presentationTime, decodeTime, duration, isSync } = sample;
  return [trackId, offset, presentationTime, decodeTime, duration, isSync, hashOf(sample)].join(' ');
}
