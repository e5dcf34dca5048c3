/**
 * Real transport streams, where the folder that holds them is there: what is taken apart here is, frame by frame, what
 * libavformat takes out of them; and fields in transport streams make the frames that mkvmerge makes of them.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openWithLibav } from '../src/engine/demux/libav-demuxer.js';
import { openFile } from '../src/io/file.js';
import type { Sample } from '../src/media/sample.js';
import type { Track } from '../src/media/track.js';
import { openDemuxer } from '../src/pipelines/open-demuxer.js';
import { CORPUS, corpusFiles } from './support/corpus.js';
import { collect } from './support/samples.js';
import { missingTools } from './support/tools.js';

const files = corpusFiles(['ts']);
const skip =
  files.length === 0 ? 'there is no corpus' : missingTools('the corpus of transport streams', 'ffmpeg');

/** With codecs that are not taken apart here, streams that never come, or sound that is not what the map says. */
const left: ReadonlySet<string> = new Set(
  ['sample_h264_dts_audio.ts', 'test-025.ts', 'test-072.ts', 'test-143.ts'].map((name) => `ts/${name}`),
);

describe('the corpus of transport streams', { skip, timeout: 120_000 }, () => {
  for (const file of files) {
    it(`is read as libavformat reads it: ${file}`, async () => {
      const path = realpathSync(join(CORPUS, file));
      await using source = await openFile(path);
      const opened = await openDemuxer(source);
      assert.equal(opened.kind, left.has(file) ? 'libav' : 'mpegts');
      if (opened.kind === 'libav') await opened.demuxer.close();
      if (opened.kind !== 'mpegts') return;
      const { demuxer } = opened;
      await using other = await openWithLibav(source, { path });
      assert.deepEqual(demuxer.info.tracks.map(factsOf), other.info.tracks.map(factsOf));
      assertSame(await collect(demuxer), await collect(other));
    });
  }

  for (const name of ['conf_freh6.mkv', 'conf_HCAMFF1_HHI.mkv']) {
    it(`makes the same frames of interlaced pictures as mkvmerge: ${name}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'segmint-fields-'));
      try {
        const [matroska, transport] = [join(CORPUS, 'matroska', name), join(folder, 'fields.ts')];
        execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-i', matroska, '-c', 'copy', transport]);
        const [expected, found] = await Promise.all([matroska, transport].map(readPictures));
        assert.deepEqual(found, expected);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});

function factsOf(track: Track): unknown {
  const { id, type, codec, language } = track;
  const common = { id, type, codec, language };
  if (track.type === 'video') return { ...common, width: track.width, height: track.height };
  if (track.type === 'subtitle') return common;
  return {
    ...common,
    sampleRate: track.sampleRate,
    outputSampleRate: track.outputSampleRate,
    channels: track.channels,
  };
}

/** Counters that begin anew are counted on from other values; rounding of sound may differ by a tick. */
function assertSame(ours: readonly Sample[], theirs: readonly Sample[]): void {
  const shift = theirs[0]!.presentationTime - ours[0]!.presentationTime;
  assert.ok(Math.abs(shift) <= 1 || Math.abs(shift) === 2 ** 33, `moved by ${shift}`);
  for (const id of new Set(theirs.map(({ trackId }) => trackId))) {
    const own = ours.filter(({ trackId }) => trackId === id);
    const others = theirs.filter(({ trackId }) => trackId === id);
    assert.equal(own.length, others.length);
    own.forEach((sample, i) => {
      const other = others[i]!;
      const away = [
        other.presentationTime - shift - sample.presentationTime,
        other.decodeTime! - shift - sample.decodeTime!,
      ];
      assert.ok(
        away.every((ticks) => Math.abs(ticks) <= 1),
        `${id}, ${i}: ${away.join(' and ')}`,
      );
      assert.deepEqual([sample.isSync, hash(sample.data)], [other.isSync, hash(other.data)]);
    });
  }
}

/** The slices of each picture, and when it is shown: delimiters and parameter sets are the container's affair. */
async function readPictures(path: string): Promise<unknown> {
  await using source = await openFile(path);
  const { demuxer } = await openDemuxer(source);
  const [track] = demuxer.info.tracks;
  const samples = await collect(demuxer);
  const first = samples[0]!.presentationTime;
  return samples.map(({ presentationTime, data }) => [
    Math.round(((presentationTime - first) * 1000) / track!.timescale),
    slicesOf(data),
  ]);
}

function slicesOf(data: Uint8Array): string[] {
  const slices: string[] = [];
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (let at = 0; at < data.length;) {
    const end = at + 4 + view.getUint32(at);
    const type = data[at + 4]! & 0x1f;
    if (type === 1 || type === 5) slices.push(hash(data.subarray(at + 4, end)));
    at = end;
  }
  return slices;
}

function hash(data: Uint8Array): string {
  return createHash('md5').update(data).digest('hex');
}
