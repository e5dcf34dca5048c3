/** Sound without a container, of which nothing states how long it is: nothing of its end is lost in segments. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { UnsupportedMediaError } from '../src/errors.js';
import { openFile } from '../src/io/file.js';
import { everyBrowserTarget } from '../src/pipelines/player-target.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import { useEngineFolder } from './support/engine-folder.js';
import * as mp4 from './support/mp4-writer.js';
import { readSamples } from './support/mp4-boxes.js';
import { readRendition } from './support/read-rendition.js';
import { joinBytes, readUniversal } from './support/read-stream.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('sound without a container', 'ffmpeg', 'ffprobe');
const SECONDS = 12;
const RATE = 44_100;
/** Loud noise first: what is guessed from the bit rate of the beginning is far too short. */
const SOUND = `aevalsrc='if(lt(t,3),random(0)*2-1,0.1*sin(440*2*PI*t))':s=44100:d=${SECONDS}`;

describe('sound without a container', { skip, timeout: 300_000 }, () => {
  const place = useEngineFolder();

  /** Writes all segments of a source into a file; tells how long it is said to be. */
  async function joinSegments(path: string, joined: string): Promise<number> {
    await using media = await openSegmented(await openFile(path), { engine: place.engine });
    const { renditions, durationSeconds } = media.describe(everyBrowserTarget);
    writeFileSync(joined, joinBytes(await readRendition(media, renditions[0]!)));
    return durationSeconds;
  }

  for (const { name, why, encoder } of [
    { name: 'lame.mp3', why: 'before an encoder padded it, as its head tells', encoder: 'libmp3lame' },
    { name: 'vorbis.ogg', why: 'behind a first packet that is never heard', encoder: 'libvorbis' },
    // Out of Ogg, ffmpeg gives it times that are wrong where the sizes of blocks change.
    { name: 'vorbis.mkv', why: 'in spite of single packets with wrong times', encoder: 'libvorbis' },
  ]) {
    it(`is heard from where it began, ${why}, as ${name}`, async () => {
      const made = place.fileOf(name.replace('mkv', 'made.ogg'));
      makeSound(made, "aevalsrc='0.8*(between(t,0.5,0.6)+between(t,2.2,2.3))*sin(6283*t)':s=48000:d=2.4", `-c:a ${encoder}`); // prettier-ignore
      const path = place.fileOf(name);
      if (path !== made) execFileSync('ffmpeg', ['-v', 'error', '-i', made, '-c', 'copy', path]);
      const expected = soundingSamples(path);
      assertNear(expected, [24_000, 110_400]);
      const segments = place.fileOf(`${name}-segments.mp4`);
      await joinSegments(path, segments);
      assertNear(soundingSamples(segments), expected);
      const stream = place.fileOf(`${name}-stream.mp4`);
      const { bytes } = await readUniversal(await openFile(path), { engine: place.engine });
      writeFileSync(stream, bytes);
      assertNear(soundingSamples(stream), expected);
    });
  }

  it('is one stream alone where Ogg streams are chained, and each of them in segments', async () => {
    const links = ['first.ogg', 'second.ogg'].map((name) => place.fileOf(name));
    links.forEach((path, i) => makeSound(path, `sine=f=440:d=${4 + i}`, '-c:a libvorbis'));
    assert.ok(Math.abs((await joinSegments(links[0]!, place.fileOf('first.mp4'))) - 4) < 0.03);
    const chain = place.fileOf('chain.ogg');
    writeFileSync(chain, joinBytes(links.map((path) => readFileSync(path))));
    await assert.rejects(
      openSegmented(await openFile(chain), { engine: place.engine }),
      UnsupportedMediaError,
    );
    const { bytes } = await readUniversal(await openFile(chain), { engine: place.engine });
    const stream = place.fileOf('chain.mp4');
    writeFileSync(stream, bytes);
    assert.ok(Math.abs(decodedSeconds(stream) - 9) < 0.06);
  });

  it('is all there as Opus that is copied, out of any container', async () => {
    for (const name of ['opus.mp4', 'opus.ogg', 'opus.webm']) {
      const path = place.fileOf(name);
      makeSound(path, 'sine=f=440:r=48000:d=3.3033', '-c:a libopus');
      const copy = place.fileOf(`${name}.copy.mp4`);
      const { bytes } = await readUniversal(await openFile(path), { engine: place.engine, audio: 'copy' });
      writeFileSync(copy, bytes);
      assert.deepEqual(packetHashes(copy), packetHashes(path), name);
      // 6.5 ms that its decoder leaves out at the beginning, and then as long as what went in.
      const [samples] = readSamples(bytes).values();
      const lasted = samples!.reduce((sum, { duration }) => sum + duration, 0);
      assert.ok(Math.abs(lasted - 312 - 3.3033 * 48_000) <= 1, `${name}: ${lasted} samples`);
    }
  });

  it('is as long as the frames in its packets, as AMR of which 3GP puts several into one', async () => {
    // 20 ms at 12.65 kbit/s each, some of them noise; 7 in a sample, and 1 in the last.
    const frames = Array.from({ length: 120 }, (_, i) => amrFrame(i % 40 === 20));
    const path = place.fileOf('speech.3gp');
    writeFileSync(path, speechFile(frames, 7));
    const raw = place.fileOf('speech.awb');
    writeFileSync(raw, mp4.join(mp4.ascii('#!AMR-WB\n'), ...frames));
    const expected = soundingSamples(raw);
    const joined = place.fileOf('speech-segments.mp4');
    assert.ok(Math.abs((await joinSegments(path, joined)) - 2.4) < 0.022);
    assertNear(soundingSamples(joined), expected);
    const { bytes } = await readUniversal(await openFile(path), { engine: place.engine });
    writeFileSync(place.fileOf('speech-stream.mp4'), bytes);
    assert.ok(Math.abs(decodedSeconds(place.fileOf('speech-stream.mp4')) - 2.4) < 0.022);
    assertNear(soundingSamples(place.fileOf('speech-stream.mp4')), expected);
  });

  const encoders: Readonly<Record<string, string>> = {
    'made.tta.mkv': '-c:a tta',
    // Of this the container counts the last packet as full.
    'alac.caf': '-c:a alac',
  };
  for (const name of [
    'x.tta',
    'made.tta.mkv',
    'x.ape',
    'x.mp3',
    'x.flac',
    'x.wv',
    'x.aiff',
    'x.au',
    'alac.caf',
    'pcm.caf',
  ]) {
    it(`ends to the sample where it should, as ${name}`, async () => {
      // Of TTA and Monkey's Audio the last packet holds far less than the others; this one holds all.
      const samples = name.endsWith('.ape') ? 3 * RATE + 123 : 145_677;
      const path = place.fileOf(name);
      if (name.endsWith('.ape')) writeFileSync(path, apeFile(samples));
      else makeSound(path, `sine=f=440:r=${RATE}:d=4,atrim=end_sample=${samples},volume=8`, encoders[name]); // prettier-ignore
      const { bytes, summary } = await readUniversal(await openFile(path), { engine: place.engine });
      assert.ok(Math.abs(summary.durationMs - (samples / RATE) * 1000) < 0.02, `${summary.durationMs} ms`);
      assert.equal(summary.tracks[0]!.decodeErrors, 0);
      const [stream, segments] = [place.fileOf(`${name}-end.mp4`), place.fileOf(`${name}-end-segments.mp4`)];
      writeFileSync(stream, bytes);
      // Times in Matroska are rounded.
      const slack = name.endsWith('mkv') ? 0.001 : 0.000_03;
      const seconds = await joinSegments(path, segments);
      assert.ok(Math.abs(seconds - samples / RATE) < slack, `${seconds} s`);
      if (name.endsWith('.ape')) return;
      for (const made of [stream, segments]) assertNear([soundingSamples(made)[1]!], [Math.round((samples * 48_000) / RATE)], 96); // prettier-ignore
    });
  }

  for (const { name, options } of [
    { name: 'vbr.mp3', options: '-c:a libmp3lame -q:a 6 -write_xing 0 -id3v2_version 0' },
    { name: 'adts.aac', options: '-c:a aac -b:a 96k' },
  ]) {
    it(`is played to its end, as ${name}`, async () => {
      const path = place.fileOf(name);
      makeSound(path, SOUND, options);
      const joined = place.fileOf(`${name}.mp4`);
      const durationSeconds = await joinSegments(path, joined);
      const expected = decodedSeconds(path);
      // Encoded anew, sound comes in frames of 1024 samples; of 1152, one may be all that a decoder warms up with.
      assert.ok(Math.abs(durationSeconds - expected) < 0.03, `${durationSeconds} of ${expected} s`);
      assert.ok(Math.abs(decodedSeconds(joined) - expected) < 0.06);
    });
  }
});

function makeSound(path: string, source: string, options = ''): void {
  const input = ['-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', source];
  execFileSync('ffmpeg', [...input, ...options.split(' ').filter((option) => option !== ''), path]);
}

/** A frame of AMR-WB: all zeros, or bits that sound like something. */
function amrFrame(isLoud: boolean): Uint8Array {
  return Uint8Array.from([
    0x14,
    ...Array.from({ length: 32 }, (_, i) => (isLoud ? (i * 151 + 77) & 255 : 0)),
  ]);
}

/** A 3GP file with some frames of AMR-WB in each sample. 3GPP TS 26.244, section 6.5 */
function speechFile(frames: readonly Uint8Array[], perSample: number): Uint8Array {
  const damr = mp4.box('damr', mp4.ascii('test'), [0], mp4.u16(0x83ff), [0, perSample]);
  const count = Math.ceil(frames.length / perSample);
  const sizes = Array.from(
    { length: count },
    (_, i) => 33 * frames.slice(i * perSample, (i + 1) * perSample).length,
  );
  const last = (sizes[count - 1]! / 33) * 320;
  const sampleEntries = [mp4.audioEntry('sawb', { channels: 1, rate: 16_000 }, damr)];
  return mp4.trackFile(
    { id: 1, handler: 'soun', timescale: 16_000, sampleEntries },
    { sizes, durations: [[count - 1, perSample * 320], [1, last]], chunks: [[1, count, 1]] }, // prettier-ignore
    mp4.join(...frames),
  );
}

function packetHashes(path: string): readonly string[] {
  const args = ['-v', 'error', '-show_entries', 'packet=data_hash', '-show_data_hash', 'sha256', path];
  return execFileSync('ffprobe', args, { encoding: 'utf8' }).match(/SHA256:\w+/g) ?? [];
}

function decode(path: string, rate: number): Int16Array {
  const args = ['-v', 'error', '-i', path, '-f', 's16le', '-ac', '1', '-ar', String(rate), '-'];
  const bytes = execFileSync('ffmpeg', args, { maxBuffer: 2 ** 28 });
  return new Int16Array(Uint8Array.from(bytes).buffer);
}

function decodedSeconds(path: string): number {
  return decode(path, 44_100).length / 44_100;
}

/** A file of Monkey's Audio, mono, in one frame of silence. */
function apeFile(samples: number): Uint8Array {
  const le = (bytes: number, ...values: readonly number[]): number[] =>
    values.flatMap((value) => Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) & 255));
  const data = new Uint8Array(200_000);
  const descriptor = [...le(2, 3990, 0), ...le(4, 52, 24, 4, 0, data.length, 0, 0), ...le(4, 0, 0, 0, 0)];
  const header = [...le(2, 1000, 0x20), ...le(4, 73_728 * 4, samples, 1), ...le(2, 16, 1), ...le(4, RATE)];
  return mp4.join(mp4.ascii('MAC '), descriptor, header, le(4, 80), data);
}

/** Encoding makes edges less sharp. */
function assertNear(samples: readonly number[], expected: readonly number[], slack = 16): void {
  samples.forEach((sample, i) => assert.ok(Math.abs(sample - expected[i]!) <= slack, `${sample}`));
}

/** The first sample and the last that are loud. */
function soundingSamples(path: string): number[] {
  const samples = decode(path, 48_000);
  const isLoud = (sample: number): boolean => Math.abs(sample) > 3000;
  return [samples.findIndex(isLoud), samples.findLastIndex(isLoud)];
}
