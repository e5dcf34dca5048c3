/** AAC in CAF: what its encoder added before and behind is not heard, as the table of packets says. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { openFile } from '../src/io/file.js';
import { everyBrowserTarget } from '../src/pipelines/player-target.js';
import { openSegmented } from '../src/pipelines/segment/open-segmented.js';
import * as mp4 from './support/mp4-writer.js';
import { joinBytes, readUniversal } from './support/read-stream.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('AAC in CAF', 'ffmpeg');
const RATE = 48_000;
const PER_PACKET = 1024;
/** What ffmpeg's encoder adds. */
const ENCODER_PRIMING = 1024;
/** Apple's encoder adds so much. */
const PRIMING = 2112;
const SAMPLES = 13 * RATE + 345;
/** A copy whose first packet begins shortly before zero is heard from zero on. */
const SLACK = 96;
/** When it is loud, in samples. */
const LOUD = [48_000, SAMPLES - 24_000] as const;

describe('AAC in CAF', { skip, timeout: 300_000 }, () => {
  let folder = '';
  let engine: EnginePool;
  let path = '';
  before(() => {
    engine = createEnginePool({ size: 1 });
    folder = mkdtempSync(join(tmpdir(), 'segmint-caf-'));
    path = join(folder, 'x.caf');
    writeFileSync(path, cafFile(encode()));
  });
  after(async () => {
    await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const audio of ['copy', 'aac'] as const) {
    it(`is heard when it was, and as long, as a stream (${audio})`, async () => {
      const { bytes, summary } = await readUniversal(await openFile(path), { engine, audio });
      check(bytes, summary.durationMs / 1000);
    });
  }

  it('is heard when it was, and as long, in segments', async () => {
    await using media = await openSegmented(await openFile(path), { engine });
    const { renditions, durationSeconds } = media.describe(everyBrowserTarget);
    const { id, segmentCount } = renditions[0]!;
    const parts = [...(await media.initSegment(id)).chunks];
    for (let number = 0; number < segmentCount; number++) parts.push(...(await media.segment(id, number)).chunks); // prettier-ignore
    check(joinBytes(parts), durationSeconds);
  });

  it('begins in the middle with what is heard there', async () => {
    const options = { engine, audio: 'copy', startMs: 6000, timeline: 'absolute' } as const;
    const { bytes } = await readUniversal(await openFile(path), options);
    const made = join(folder, 'middle.mp4');
    writeFileSync(made, bytes);
    const [first, last] = loudSamples(made);
    assert.ok(first! >= 6 * RATE && first! < 6.03 * RATE, `${first}`);
    assert.ok(Math.abs(last! - LOUD[1]) <= SLACK, `${last}`);
  });

  function check(bytes: Uint8Array, seconds: number): void {
    const made = join(folder, 'made.mp4');
    writeFileSync(made, bytes);
    const found = loudSamples(made);
    found.forEach((sample, i) =>
      assert.ok(Math.abs(sample - LOUD[i]!) <= SLACK, `${sample}, not ${LOUD[i]}`),
    );
    assert.ok(Math.abs(seconds - SAMPLES / RATE) < 0.0001, `${seconds} s`);
  }
});

/** Encodes a tone; its encoder sees silence before it, as much as Apple's adds more. */
function encode(): Uint8Array[] {
  const tone = `aevalsrc='0.8*between(t,${LOUD[0] / RATE},${LOUD[1] / RATE})*sin(6283*t)':s=${RATE}`;
  const source = `${tone},atrim=end_sample=${SAMPLES},adelay=${PRIMING - ENCODER_PRIMING}S`;
  const args = ['-v', 'error', '-f', 'lavfi', '-i', source, '-c:a', 'aac', '-b:a', '96k', '-f', 'adts', '-'];
  const adts = Uint8Array.from(execFileSync('ffmpeg', args, { maxBuffer: 2 ** 28 }));
  const packets: Uint8Array[] = [];
  for (let at = 0; at < adts.length;) {
    const size = ((adts[at + 3]! & 3) << 11) | (adts[at + 4]! << 3) | (adts[at + 5]! >> 5);
    packets.push(adts.subarray(at + 7, at + size));
    at += size;
  }
  return packets;
}

/** @see Apple Core Audio Format Specification 1.0 */
function cafFile(packets: readonly Uint8Array[]): Uint8Array {
  const remainder = packets.length * PER_PACKET - PRIMING - SAMPLES;
  const rate = new Uint8Array(new Float64Array([RATE]).buffer).reverse();
  const numbers = [0, 0, PER_PACKET, 1, 0].map((value) => mp4.u32(value));
  const [high, none] = [mp4.u32(0), mp4.u32(0)];
  // AAC-LC, 48 kHz, mono; lengths in four bytes, as Apple writes them.
  const config = descriptor(5, [0x11, 0x88]);
  const decoder = descriptor(4, [0x40, 0x15, ...Array<number>(11).fill(0), ...config]);
  const cookie = descriptor(3, [0, 0, 0, ...decoder]);
  const sizes = packets.map(({ length }) => [0x80 | (length >> 7), length & 0x7f]);
  const table = [high, mp4.u32(packets.length), high, mp4.u32(SAMPLES), mp4.u32(PRIMING), mp4.u32(remainder)];
  return mp4.join(
    mp4.ascii('caff'),
    [0, 1, 0, 0],
    chunk('desc', rate, mp4.ascii('aac '), ...numbers),
    chunk('kuki', cookie),
    chunk('data', none, ...packets),
    chunk('pakt', ...table, ...sizes),
  );
}

/** @see ISO/IEC 14496-1, section 8.3.3 */
function descriptor(tag: number, body: readonly number[]): number[] {
  return [tag, 0x80, 0x80, 0x80, body.length, ...body];
}

function chunk(type: string, ...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const body = mp4.join(...parts);
  return mp4.join(mp4.ascii(type), mp4.u32(0), mp4.u32(body.length), body);
}

/** The first sample and the last that are loud. */
function loudSamples(path: string): number[] {
  // What begins later than zero is silent before.
  const filter = ['-af', 'aresample=async=1:first_pts=0'];
  const args = ['-v', 'error', '-copyts', '-i', path, ...filter, '-f', 's16le', '-ac', '1', '-'];
  const samples = new Int16Array(
    Uint8Array.from(execFileSync('ffmpeg', args, { maxBuffer: 2 ** 28 })).buffer,
  );
  const isLoud = (sample: number): boolean => Math.abs(sample) > 8000;
  return [samples.findIndex(isLoud), samples.findLastIndex(isLoud)];
}
