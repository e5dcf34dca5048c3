import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as mp4 from '../../../test/support/mp4-writer.js';
import { ScriptedSource } from '../../../test/support/scripted-source.js';
import { SegmintError } from '../../errors.js';
import type { Sample } from '../../media/sample.js';
import { openMp4 } from './demuxer.js';

/** Every kind of table in little room, so that a mutation is likely to matter. */
function tableFile(placement: 'first' | 'last'): Uint8Array {
  return mp4.movieFile(
    (at) =>
      mp4.box(
        'moov',
        mp4.mvhd(1000),
        mp4.trak({
          id: 1,
          sampleEntries: [mp4.avc1(), mp4.avc1(0x81)],
          more: [mp4.edits([100, -1], [500, 20]), mp4.box('tref', mp4.box('chap', mp4.u32(3)))],
          tables: mp4.tables({
            sizes: [10, 4, 4, 12, 3, 5],
            durations: [
              [5, 40],
              [1, 20],
            ],
            offsets: [
              [1, 20],
              [2, 60],
              [3, -10],
            ],
            syncSamples: [1, 4],
            chunks: [
              [1, 2, 1],
              [2, 1, 2],
              [3, 2, 1],
            ],
            chunkOffsets: [at, at + 40, at + 60, at + 80],
            isLarge: true,
          }),
        }),
        mp4.trak({
          id: 2,
          handler: 'soun',
          timescale: 48_000,
          sampleEntries: [mp4.audioEntry('twos')],
          tables: [
            mp4.fullBox('stts', 0, 0, mp4.u32(1, 40, 1)),
            mp4.fullBox('stsz', 0, 0, mp4.u32(4, 40)),
            mp4.fullBox('stsc', 0, 0, mp4.u32(1, 1, 10, 1)),
            mp4.fullBox('stco', 0, 0, mp4.u32(4, at + 100, at + 140, at + 180, at + 220)),
          ],
        }),
        mp4.trak({
          id: 3,
          handler: 'text',
          sampleEntries: [mp4.box('text', new Uint8Array(6), mp4.u16(1), new Uint8Array(43))],
          tables: mp4.tables({
            sizes: [5, 20],
            durations: [[2, 100]],
            chunks: [[1, 1, 1]],
            chunkOffsets: [at + 30, at + 200],
          }),
        }),
        mp4.box('udta', mp4.fullBox('chpl', 1, 0, mp4.u32(0), [1], mp4.u64(0), [1, 65])),
      ),
    mp4.media(260),
    placement,
  );
}

function fragmentedFile(): Uint8Array {
  const moov = mp4.box(
    'moov',
    mp4.mvhd(),
    mp4.trak({ id: 1 }),
    mp4.trak({ id: 2, handler: 'soun', sampleEntries: [mp4.audioEntry('ac-3')] }),
    mp4.box('mvex', mp4.fullBox('trex', 0, 0, mp4.u32(1, 1, 40, 5, 0)), mp4.fullBox('trex', 0, 0, mp4.u32(2, 1, 32, 6, 0))), // prettier-ignore
  );
  const fragment = (time: number): Uint8Array =>
    mp4.join(
      mp4.box(
        'moof',
        mp4.fullBox('mfhd', 0, 0, mp4.u32(1)),
        mp4.box(
          'traf',
          mp4.fullBox('tfhd', 0, 0x20020, mp4.u32(1, 0x1010000)),
          mp4.fullBox('tfdt', 1, 0, mp4.u64(time)),
          mp4.fullBox('trun', 1, 0xa05, mp4.u32(3, 172, 0x2000000, 5, 0, 6, 40, 7, -40)),
        ),
        mp4.box(
          'traf',
          mp4.fullBox('tfhd', 0, 0x20000, mp4.u32(2)),
          mp4.fullBox('trun', 0, 1, mp4.u32(4, 190)),
        ),
      ),
      mp4.box('mdat', mp4.media(100)),
    );
  const first = fragment(0);
  const sidx = mp4.fullBox('sidx', 0, 0, mp4.u32(1, 1000, 0, 0), mp4.u16(0), mp4.u16(2), mp4.u32(first.length, 120, 0x90000000, first.length, 120, 0x90000000)); // prettier-ignore
  return mp4.join(mp4.FTYP, moov, sidx, first, fragment(120));
}

const FILES = [tableFile('first'), tableFile('last'), fragmentedFile()];

async function readAll(
  file: Uint8Array,
  script: { readonly chunkBytes: number; readonly seekable: boolean },
  startNs?: number,
): Promise<Sample[] | string> {
  const source = new ScriptedSource(file, { ...script, knowsSize: script.seekable });
  const samples: Sample[] = [];
  try {
    const demuxer = await openMp4(source, { maxChapterReads: 100 });
    if (script.seekable) {
      await demuxer.readKeyframes(1);
      await demuxer.readTrackEnds();
    }
    for await (const batch of demuxer.samples({ startNs })) {
      samples.push(...batch);
      assert.ok(samples.length < 5_000_000, 'a small file gives no end of samples');
    }
    for (const { presentationTime, offset, data } of samples) {
      assert.ok(Number.isSafeInteger(presentationTime));
      assert.ok(offset + data.length <= file.length + 100);
    }
    return samples;
  } catch (error) {
    assert.ok(error instanceof SegmintError, error instanceof Error ? error.stack : String(error));
    return error.message;
  } finally {
    assert.equal(source.open, 0);
    assert.ok(source.reads < 3000, `${source.reads} reads of ${file.length} bytes`);
  }
}

describe('hostile files', () => {
  const byte = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255));
  const changes = fc.array(fc.tuple(fc.nat(), byte, fc.constantFrom('set', 'insert', 'remove', 'truncate')), {
    minLength: 1,
    maxLength: 8,
  });

  it('read whole give all their samples', async () => {
    assert.deepEqual(
      await Promise.all(
        FILES.map(async (file) => (await readAll(file, { chunkBytes: 1 << 20, seekable: true })).length),
      ),
      [10, 10, 14],
    );
  });

  it('never give anything but samples and errors of the taxonomy, the same however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...FILES), changes, async (file, edits) => {
        const mutated = [...file];
        for (const [at, value, how] of edits) {
          const position = at % Math.max(1, mutated.length);
          if (how === 'set') mutated[position] = value;
          else if (how === 'truncate' && value < 16) mutated.length = position;
          else if (how === 'insert') mutated.splice(position, 0, value);
          else if (how === 'remove') mutated.splice(position, 1 + (value & 15));
        }
        const bytes = Uint8Array.from(mutated);
        await readAll(bytes, { chunkBytes: 1 << 20, seekable: true });
        await readAll(bytes, { chunkBytes: 100, seekable: true }, 300_000_000);
        const whole = await readAll(bytes, { chunkBytes: 1 << 20, seekable: false });
        const cut = await readAll(bytes, { chunkBytes: 17, seekable: false });
        if (typeof whole === 'string' || typeof cut === 'string') assert.equal(cut, whole);
      }),
      { numRuns: 1000 },
    );
  });

  it('made of noise are refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (noise) => {
        await readAll(noise, { chunkBytes: 64, seekable: false });
        await readAll(mp4.join(mp4.FTYP, mp4.box('moov', mp4.mvhd(), noise)), {
          chunkBytes: 64,
          seekable: true,
        });
        const stbl = mp4.trak({ id: 1, tables: [noise] });
        await readAll(mp4.join(mp4.FTYP, mp4.box('moov', mp4.mvhd(), stbl)), {
          chunkBytes: 64,
          seekable: true,
        });
      }),
      { numRuns: 200 },
    );
  });
});
