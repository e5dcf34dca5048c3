import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import * as ebml from '../../test/support/ebml-writer.js';
import { MKVMERGE_FILE } from '../../test/support/mkvmerge-file.js';
import { ScriptedSource } from '../../test/support/scripted-source.js';
import { SegmintError } from '../errors.js';
import type { Sample } from '../media/sample.js';
import { openMatroska } from './demuxer.js';
import { ID } from './schema.js';

/** Every kind of element that is read, in little room, so that a mutation is likely to matter. */
const DENSE_FILE = ebml.matroskaFile(
  [
    ebml.trackEntry(
      { number: 1, defaultDuration: 40_000_000 },
      ebml.element(ID.Video, ebml.uint(ID.PixelWidth, 16), ebml.uint(ID.PixelHeight, 16)),
    ),
    ebml.trackEntry({ number: 2, type: 'audio', codecDelay: 6_500_000 }),
  ],
  ebml.element(ID.SeekHead, ebml.seekEntry(ID.Cues, 300), ebml.seekEntry(ID.SeekHead, 120)),
  ebml.element(ID.Cues, ebml.cuePoint(0, 1, 400), ebml.cuePoint(1000, 1, 480)),
  ebml.element(
    ID.Attachments,
    ebml.element(ID.AttachedFile, ebml.text(ID.FileName, 'a'), ebml.element(ID.FileData, [1])),
  ),
  ebml.cluster(
    0,
    ebml.simpleBlock(),
    ebml.simpleBlock({ track: 2, lacing: 'xiph', frames: [FOUR(), FOUR(), FOUR()] }),
  ),
  ebml.cluster(
    1000,
    ebml.blockGroup({ durationTicks: 40, references: [-1], discardPadding: 5 }),
    ebml.simpleBlock({ track: 2, lacing: 'ebml', frames: [FOUR(), FOUR()] }),
    ebml.simpleBlock({ track: 2, lacing: 'fixed', frames: [FOUR(), FOUR()] }),
  ),
  ebml.elementOfUnknownSize(ID.Cluster, 1, ebml.uint(ID.Timestamp, 2000), ebml.simpleBlock()),
);

function FOUR(): Uint8Array {
  return new Uint8Array([1, 2, 3, 4]);
}

async function readAll(file: Uint8Array, chunkBytes: number, seekable: boolean): Promise<Sample[] | string> {
  const source = new ScriptedSource(file, { chunkBytes, seekable, knowsSize: seekable });
  const samples: Sample[] = [];
  try {
    const demuxer = await openMatroska(source, {
      includeTail: true,
      inflate: (data, maxBytes) => new Uint8Array(inflateSync(data, { maxOutputLength: maxBytes })),
    });
    await demuxer.readCues(1);
    for await (const batch of demuxer.samples({ startNs: seekable ? 500_000_000 : undefined }))
      samples.push(...batch);
    return samples;
  } catch (error) {
    assert.ok(error instanceof SegmintError, error instanceof Error ? error.stack : String(error));
    return error.message;
  } finally {
    assert.equal(source.open, 0);
    assert.ok(source.reads < 1000, `${source.reads} reads of ${file.length} bytes`);
  }
}

describe('hostile files', () => {
  const base = fc.constantFrom(DENSE_FILE, MKVMERGE_FILE);
  const byte = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255));
  const changes = fc.array(fc.tuple(fc.nat(), byte, fc.constantFrom('set', 'insert', 'remove')), {
    minLength: 1,
    maxLength: 12,
  });

  it('never give anything but samples and errors of the taxonomy, the same however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(base, changes, async (file, edits) => {
        const mutated = [...file];
        for (const [at, value, how] of edits) {
          const position = at % mutated.length;
          if (how === 'set') mutated[position] = value;
          else
            mutated.splice(
              position,
              how === 'remove' ? 1 + (value & 15) : 0,
              ...(how === 'insert' ? [value] : []),
            );
        }
        const bytes = Uint8Array.from(mutated);
        await readAll(bytes, 1 << 20, true);
        const whole = await readAll(bytes, 1 << 20, false);
        assert.deepEqual(await readAll(bytes, 17, false), whole);
      }),
      { numRuns: 400 },
    );
  });

  it('made of noise are refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (noise) => {
        await readAll(noise, 64, false);
        await readAll(ebml.bytes(ebml.ebmlHeader(), [0x18, 0x53, 0x80, 0x67, 0xff], noise), 64, true);
      }),
      { numRuns: 200 },
    );
  });
});
