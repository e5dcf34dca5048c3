/** AAC of broadcasts that goes over to other channels or another rate on the way: it is heard on, as it was meant. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { openFile } from '../src/io/file.js';
import { everyBrowserTarget } from '../src/pipelines/player-target.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import { useEngineFolder } from './support/engine-folder.js';
import { readRendition } from './support/read-rendition.js';
import { joinBytes, readUniversal } from './support/read-stream.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('sound that changes on the way', 'ffmpeg');
const RATE = 48_000;
/** Seconds of each part, and the tone in it. */
const PART_S = 5;
const TONES = [440, 1000] as const;

interface Part {
  readonly rate: number;
  readonly channels: number;
}

describe('AAC that changes on the way', { skip, timeout: 300_000 }, () => {
  const place = useEngineFolder();

  function make(name: string, parts: readonly Part[], isVideoWanted: boolean): string {
    const bytes = parts.map(({ rate, channels }, i) => {
      const path = place.fileOf(`part${i}-${name}`);
      const tone = `sine=f=${TONES[i]}:r=${rate}:d=${PART_S},volume=8`;
      const picture = `testsrc2=s=160x96:r=25:d=${PART_S}`;
      const video = isVideoWanted ? `-f lavfi -i ${picture} -c:v libx264 -preset ultrafast -g 25` : '';
      const options = `${video} -ac ${channels} -c:a aac -output_ts_offset ${i * PART_S}`.trim();
      // prettier-ignore
      execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', tone, ...options.split(' '), path]);
      return readFileSync(path);
    });
    const path = place.fileOf(name);
    writeFileSync(path, joinBytes(bytes));
    return path;
  }

  async function segments(path: string): Promise<Uint8Array> {
    await using media = await openSegmented(await openFile(path), { engine: place.engine });
    const { renditions } = media.describe({ ...everyBrowserTarget, ladder: 'none' });
    return joinBytes(await readRendition(media, renditions.at(-1)!));
  }

  for (const { name, parts, isVideoWanted } of [
    { name: 'rate.ts', parts: [{ rate: 44_100, channels: 2 }, { rate: 48_000, channels: 2 }], isVideoWanted: true }, // prettier-ignore
    { name: 'mono.ts', parts: [{ rate: 48_000, channels: 2 }, { rate: 48_000, channels: 1 }], isVideoWanted: true }, // prettier-ignore
    { name: 'stereo.aac', parts: [{ rate: 48_000, channels: 1 }, { rate: 48_000, channels: 2 }], isVideoWanted: false }, // prettier-ignore
  ]) {
    it(`is heard on in ${name}, as a stream and in segments`, async () => {
      const path = make(name, parts, isVideoWanted);
      const { bytes, summary } = await readUniversal(await openFile(path), { engine: place.engine });
      const audio = summary.tracks.find(({ type }) => type === 'audio');
      assert.equal(audio?.action, 'transcode');
      assert.match(audio.reason, /change/);
      for (const made of [bytes, await segments(path)]) {
        const joined = place.fileOf(`${name}.mp4`);
        writeFileSync(joined, made);
        checkTones(joined);
      }
    });
  }

  it('is copied where it stays as it begins', async () => {
    const path = make(
      'steady.ts',
      [
        { rate: 48_000, channels: 2 },
        { rate: 48_000, channels: 2 },
      ],
      true,
    );
    const { summary } = await readUniversal(await openFile(path), { engine: place.engine });
    assert.equal(summary.tracks.find(({ type }) => type === 'audio')?.action, 'copy');
  });
});

/** In the middle of each part, its tone is heard, and loud. */
function checkTones(path: string): void {
  const options = [
    '-v',
    'error',
    '-i',
    path,
    '-map',
    '0:a',
    '-f',
    's16le',
    '-ac',
    '1',
    '-ar',
    String(RATE),
    '-',
  ];
  const raw = Uint8Array.from(execFileSync('ffmpeg', options, { maxBuffer: 2 ** 28 }));
  const samples = new Int16Array(raw.buffer);
  TONES.forEach((tone, i) => {
    const part = samples.subarray((i * PART_S + 1) * RATE, (i * PART_S + 4) * RATE);
    let crossings = 0;
    let loudest = 0;
    for (let at = 1; at < part.length; at++) {
      if (part[at - 1]! < 0 !== part[at]! < 0) crossings++;
      loudest = Math.max(loudest, part[at]!);
    }
    assert.ok(Math.abs(crossings / 6 - tone) < 5, `${crossings / 6} Hz instead of ${tone} in ${path}`);
    assert.ok(loudest > 8000, `${loudest}`);
  });
}
