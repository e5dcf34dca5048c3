/** Bare ADTS whose sampling frequency changes on the way: everything is heard at its time, wherever one begins. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { openFile } from '../src/io/file.js';
import { everyBrowserTarget } from '../src/pipelines/player-target.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import { useEngineFolder } from './support/engine-folder.js';
import { readRendition, readRenditionApart } from './support/read-rendition.js';
import { joinBytes, readUniversal } from './support/read-stream.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('bare ADTS of several rates', 'ffmpeg');
const RATE = 48_000;

/** Seconds of sound at a sampling frequency, and the tone in them. */
interface Part {
  readonly rate: number;
  readonly tone: number;
  readonly seconds: number;
}

const HIGH: Part = { rate: 44_100, tone: 440, seconds: 5 };
const LOW: Part = { rate: 22_050, tone: 1000, seconds: 5 };
/** Shorter than a twelfth of the whole, and in few bytes. */
const SHORT: Part = { rate: 16_000, tone: 700, seconds: 1.5 };
const LAST: Part = { rate: 44_100, tone: 550, seconds: 20 };

describe('bare ADTS of several rates', { skip, timeout: 300_000 }, () => {
  const place = useEngineFolder();

  function make(name: string, parts: readonly Part[]): string {
    const bytes = parts.map(({ rate, tone, seconds }, i) => {
      const path = place.fileOf(`part${i}-${name}`);
      const sound = `sine=f=${tone}:r=${rate}:d=${seconds},volume=8`;
      execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', sound, '-c:a', 'aac', path]); // prettier-ignore
      return readFileSync(path);
    });
    const path = place.fileOf(name);
    writeFileSync(path, joinBytes(bytes));
    return path;
  }

  for (const { name, parts } of [
    { name: 'falls.aac', parts: [HIGH, LOW] },
    { name: 'rises.aac', parts: [LOW, HIGH] },
    { name: 'changes-twice.aac', parts: [HIGH, SHORT, LAST] },
  ]) {
    it(`is as long as it sounds, each part at its place, in ${name}`, async () => {
      const path = make(name, parts);
      const heard = decode(path);
      const seconds = heard.length / RATE;
      const { bytes, summary } = await readUniversal(await openFile(path), { engine: place.engine });
      assert.ok(
        Math.abs(summary.durationMs / 1000 - seconds) < 0.03,
        `${summary.durationMs} of ${seconds} s`,
      );
      await using media = await openSegmented(await openFile(path), { engine: place.engine });
      const { renditions, durationSeconds } = media.describe({ ...everyBrowserTarget, ladder: 'none' });
      assert.ok(Math.abs(durationSeconds - seconds) < 0.03, `${durationSeconds} of ${seconds} s`);
      const segments = joinBytes(await readRendition(media, renditions[0]!));
      for (const made of [bytes, segments]) {
        const decoded = decodeBytes(place.fileOf(`${name}.mp4`), made);
        assert.ok(
          Math.abs(decoded.length / RATE - seconds) < 0.05,
          `${decoded.length / RATE} of ${seconds} s`,
        );
        checkTones(decoded, parts, 0);
      }
    });

    it(`begins anywhere in ${name}`, async () => {
      const path = make(name, parts);
      const seconds = decode(path).length / RATE;
      for (const start of [2, 5.7, seconds - 2.5]) {
        const options = { engine: place.engine, startMs: start * 1000 };
        const { bytes, summary } = await readUniversal(await openFile(path), options);
        const left = seconds - start;
        assert.ok(Math.abs(summary.durationMs / 1000 - left) < 0.03, `${summary.durationMs} of ${left} s`);
        const decoded = decodeBytes(place.fileOf(`${name}-${start}.mp4`), bytes);
        assert.ok(Math.abs(decoded.length / RATE - left) < 0.05, `${decoded.length / RATE} of ${left} s`);
        checkTones(decoded, parts, start);
      }
    });
  }

  it('gives each segment alone as it gives it in turn', async () => {
    const path = make('alone.aac', [LOW, HIGH, LOW]);
    const open = async () => await openSegmented(await openFile(path), { engine: place.engine });
    await using media = await open();
    const rendition = media.describe(everyBrowserTarget).renditions[0]!;
    const inTurn = await readRendition(media, rendition);
    assert.ok(rendition.segmentCount > 2);
    assert.deepEqual(await readRenditionApart(open, rendition), inTurn);
  });
});

/** In each part, but near its edges, its tone is heard. */
function checkTones(samples: Int16Array, parts: readonly Part[], from: number): void {
  let begin = -from;
  for (const { tone, seconds } of parts) {
    const [first, last] = [Math.max(0, begin) + 0.3, begin + seconds - 0.3];
    begin += seconds;
    if (last - first < 0.5) continue;
    const part = samples.subarray(Math.round(first * RATE), Math.round(last * RATE));
    let crossings = 0;
    for (let at = 1; at < part.length; at++) if (part[at - 1]! < 0 !== part[at]! < 0) crossings++;
    const found = (crossings / 2 / part.length) * RATE;
    assert.ok(Math.abs(found - tone) < 8, `${found} Hz instead of ${tone}, ${first} s from where it begins`);
  }
}

function decodeBytes(path: string, bytes: Uint8Array): Int16Array {
  writeFileSync(path, bytes);
  return decode(path);
}

function decode(path: string): Int16Array {
  const options = ['-v', 'error', '-i', path, '-map', '0:a', '-f', 's16le', '-ac', '1', '-ar', String(RATE), '-']; // prettier-ignore
  return new Int16Array(Uint8Array.from(execFileSync('ffmpeg', options, { maxBuffer: 2 ** 28 })).buffer);
}
