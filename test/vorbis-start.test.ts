/** Vorbis in Matroska: muxers differ in how long its first packet lasts, of which nothing is heard. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { openFile } from '../src/io/file.js';
import { everyBrowserTarget } from '../src/pipelines/player-target.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import { useEngineFolder } from './support/engine-folder.js';
import { readRendition } from './support/read-rendition.js';
import { joinBytes, readUniversal } from './support/read-stream.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('the beginning of Vorbis', 'ffmpeg', 'mkvmerge');
/** Clicks at half a second and at 8.2 s, and a tone that changes between them, so that blocks of both sizes occur. */
const SOUND =
  "aevalsrc='0.8*(between(t,0.5,0.6)+between(t,8.2,8.3))*sin(6283*t)+0.02*sin((1500+700*floor(4*t))*t)*between(t,1,7)':s=48000:d=10";

describe('Vorbis in Matroska', { skip, timeout: 300_000 }, () => {
  const place = useEngineFolder();
  const at = (name: string): string => place.fileOf(name);

  before(() => {
    run('ffmpeg', '-f', 'lavfi', '-i', SOUND, '-c:a', 'libvorbis', at('sound.ogg'));
    run('ffmpeg', '-f', 'lavfi', '-i', 'testsrc2=s=128x72:r=25:d=10', '-c:v', 'libx264', '-g', '50', '-bf', '0', at('pictures.mp4')); // prettier-ignore
  });

  const kinds: readonly { name: string; make: (path: string) => void; isWithVideo?: boolean }[] = [
    { name: 'mkvmerge.mka', make: (path) => run('mkvmerge', '-q', '-o', path, at('sound.ogg')) },
    { name: 'mkvmerge.webm', make: (path) => run('mkvmerge', '-q', '-w', '-o', path, at('sound.ogg')) },
    {
      name: 'mkvmerge-no-lacing.mka',
      make: (path) => run('mkvmerge', '-q', '--disable-lacing', '-o', path, at('sound.ogg')),
    },
    {
      name: 'mkvmerge-video.mkv',
      make: (path) => run('mkvmerge', '-q', '-o', path, '-A', at('pictures.mp4'), '-D', at('sound.ogg')),
      isWithVideo: true,
    },
    { name: 'ffmpeg.mkv', make: (path) => run('ffmpeg', '-i', at('sound.ogg'), '-c', 'copy', path) },
    {
      name: 'ffmpeg.webm',
      make: (path) => run('ffmpeg', '-f', 'lavfi', '-i', SOUND, '-c:a', 'libvorbis', path),
    },
    {
      name: 'ffmpeg-video.mkv',
      make: (path) => run('ffmpeg', '-i', at('pictures.mp4'), '-i', at('sound.ogg'), '-c', 'copy', path),
      isWithVideo: true,
    },
  ];
  for (const { name, make, isWithVideo = false } of kinds) {
    it(`is heard in segments at the sample where it is heard in a stream, as ${name}`, async () => {
      const path = at(name);
      make(path);
      writeFileSync(`${path}-segments.mp4`, await joinSegments(path));
      const { bytes } = await readUniversal(await openFile(path), { engine: place.engine });
      writeFileSync(`${path}-stream.mp4`, bytes);
      const segments = decode(`${path}-segments.mp4`);
      const stream = decode(`${path}-stream.mp4`);
      assert.deepEqual(
        { first: firstLoud(segments), last: lastLoud(segments) },
        { first: firstLoud(stream), last: lastLoud(stream) },
      );
      if (isWithVideo) return;
      const judge = decode(at('sound.ogg'));
      for (const made of [stream, segments]) {
        for (const second of [0.4, 2, 5, 8.1])
          assert.equal(lagOf(made, judge, second * 48_000), 0, `${second} s`);
      }
    });
  }

  async function joinSegments(path: string): Promise<Uint8Array> {
    await using media = await openSegmented(await openFile(path), { engine: place.engine });
    const { renditions } = media.describe(everyBrowserTarget);
    return joinBytes(
      await readRendition(
        media,
        renditions.find(({ id }) => id.startsWith('a'))!,
      ),
    );
  }
});

function run(program: string, ...args: readonly string[]): void {
  const first = program === 'ffmpeg' ? ['-nostdin', '-v', 'error', '-y'] : [];
  execFileSync(program, [...first, ...args]);
}

/** The sound from the output's zero on, whatever its edit list says. */
function decode(path: string): Int16Array {
  const args = ['-v', 'error', '-i', path, '-map', '0:a', '-af', 'aresample=async=1:first_pts=0', '-f', 's16le', '-ac', '1', '-ar', '48000', '-']; // prettier-ignore
  const bytes = execFileSync('ffmpeg', args, { maxBuffer: 2 ** 28 });
  return new Int16Array(Uint8Array.from(bytes).buffer);
}

const isLoud = (sample: number): boolean => Math.abs(sample) > 6000;
const firstLoud = (samples: Int16Array): number => samples.findIndex(isLoud);
const lastLoud = (samples: Int16Array): number => samples.findLastIndex(isLoud);

/** By how many samples a sound is later than another, around a sample of it: where the two differ least. */
function lagOf(made: Int16Array, judge: Int16Array, from: number): number {
  const length = 9600;
  let best = { lag: 0, difference: Infinity };
  for (let lag = -160; lag <= 160; lag++) {
    let difference = 0;
    for (let i = from; i < from + length; i++) difference += Math.abs((made[i + lag] ?? 0) - (judge[i] ?? 0));
    if (difference < best.difference) best = { lag, difference };
  }
  return best.lag;
}
