/**
 * Sources at the edge of what containers say: without presentation times, with sound that begins and ends inside of its
 * packets, with several programmes. What comes out is judged by what ffprobe says of the same material elsewhere.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { viewLengthPrefixedNalUnits } from '../src/codecs/nal/length-prefixed.js';
import { openWithLibav, type LibavDemuxer } from '../src/engine/demux/libav-demuxer.js';
import { openFile } from '../src/io/file.js';
import { describeMedia } from '../src/pipelines/describe.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('sources at the edge of what containers say', 'ffmpeg', 'ffprobe');
const PICTURE = '-f lavfi -i testsrc2=size=160x96:rate=25:duration=4';

describe('a source at the edge', { skip, timeout: 300_000 }, () => {
  let folder = '';
  const fileOf = (name: string): string => join(folder, name);
  const make = (args: string, name: string): string => {
    const path = fileOf(name);
    execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args.split(' '), path]);
    return path;
  };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-edges-'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Presentation times of a track's samples in stored order, in milliseconds from the first that is shown. */
  async function shownAt(path: string): Promise<number[]> {
    return await withDemuxer(path, async (demuxer) => {
      const { id, timescale } = demuxer.info.tracks.find(({ type }) => type === 'video')!;
      const times: number[] = [];
      for await (const batch of demuxer.samples({ trackIds: new Set([id]) })) {
        for (const { presentationTime } of batch) times.push((presentationTime * 1000) / timescale);
      }
      return fromFirst(times);
    });
  }

  for (const [name, options] of [
    ['pyramids and open groups', 'keyint=30:min-keyint=30:open-gop=1:bframes=4:b-pyramid=normal'],
    ['interlaced frames', 'keyint=40:bframes=3:tff=1'],
    [
      'references that are forgotten and weighted',
      'keyint=infinite:bframes=3:b-pyramid=strict:weightp=2:ref=4',
    ],
  ] as const) {
    it(`is AVI with H.264, ${name}: pictures are shown when they are`, async () => {
      const coded = make(
        `${PICTURE} -c:v libx264 -preset veryfast -threads 1 -x264-params ${options}:scenecut=0`,
        'times.mkv',
      );
      const avi = make(`-i ${coded} -c copy -bsf:v h264_mp4toannexb`, 'times.avi');
      const expected = fromFirst(probeTimes(coded));
      assert.ok(expected.some((time, i) => time < expected[i - 1]!));
      assert.deepEqual(await shownAt(avi), expected);
    });
  }

  it('is H.264 without a container: pictures are shown at the rate that it states, from anywhere', async () => {
    const rate = PICTURE.replace('rate=25', 'rate=30000/1001');
    const mkv = make(`${rate} -c:v libx264 -preset veryfast -g 30 -bf 3 -sc_threshold 0`, 'rate.mkv');
    const raw = make(`-i ${mkv} -c copy`, 'rate.h264');
    const times = probeTimes(mkv);
    const expected = fromFirst(times);
    const shown = await shownAt(raw);
    assert.equal(shown.length, expected.length);
    shown.forEach((time, i) => assert.ok(Math.abs(time - expected[i]!) <= 1, `picture ${i} at ${time}`));
    await withDemuxer(raw, async (demuxer) => {
      const { id, timescale } = demuxer.info.tracks[0]!;
      const { keyframes } = await demuxer.scanKeyframes(id);
      assert.equal(keyframes.length, 4);
      for await (const [sample] of demuxer.samples({ startOffset: keyframes[2]!.offset })) {
        assert.ok(Math.abs((sample!.presentationTime * 1000) / timescale - expected[60]!) <= 1);
        break;
      }
    });
  });

  it('is cut off inside a picture, which is left out', async () => {
    const whole = readFileSync(make(`${PICTURE} -c:v libx264 -bf 0 -threads 1`, 'whole.flv'));
    const path = fileOf('cut-off.flv');
    writeFileSync(path, whole.subarray(0, whole.length / 2));
    await withDemuxer(path, async (demuxer) => {
      let pictures = 0;
      for await (const batch of demuxer.samples()) {
        for (const { data } of batch) {
          pictures++;
          assert.doesNotThrow(() => viewLengthPrefixedNalUnits(data, 4));
        }
      }
      assert.ok(pictures > 10);
      assert.equal(demuxer.damageCount, 1);
    });
  });

  it('says what its tracks are for', async () => {
    const sound = '-f lavfi -i sine=duration=1 -f lavfi -i sine=duration=1';
    const roles = '-disposition:a:0 visual_impaired -disposition:a:1 hearing_impaired';
    const languages = '-metadata:s:a:0 language=deu -metadata:s:a:1 language=fra';
    const ts = make(`${sound} -map 0 -map 1 -c:a mp2 ${roles} ${languages}`, 'roles.ts');
    await withDemuxer(ts, async ({ info }) => {
      assert.deepEqual(
        info.tracks.map((track) => [track.language, track.roles]),
        [
          ['de', ['visually-impaired']],
          ['fr', ['hearing-impaired']],
        ],
      );
      await Promise.resolve();
    });
    await using source = await openFile(ts);
    const { tracks } = await describeMedia(source);
    assert.deepEqual(
      tracks.map(({ roles }) => roles),
      [['visually-impaired'], ['hearing-impaired']],
    );
  });
});

async function withDemuxer<T>(path: string, use: (demuxer: LibavDemuxer) => Promise<T>): Promise<T> {
  await using source = await openFile(path);
  await using demuxer = await openWithLibav(source, { path: source.path });
  return await use(demuxer);
}

function probeTimes(path: string): number[] {
  const args = '-v error -select_streams v -show_entries packet=pts_time -of csv=p=0'.split(' ');
  const lines = execFileSync('ffprobe', [...args, path], { encoding: 'utf8' })
    .trim()
    .split('\n');
  return lines.map((line) => Math.round(parseFloat(line) * 1000));
}

function fromFirst(times: readonly number[]): number[] {
  const first = Math.min(...times);
  return times.map((time) => time - first);
}
