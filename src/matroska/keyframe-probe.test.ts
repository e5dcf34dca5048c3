import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateSync, inflateSync } from 'node:zlib';
import * as ebml from '../../test/support/ebml-writer.js';
import { ScriptedSource } from '../../test/support/scripted-source.js';
import { openMatroska } from './demuxer.js';
import type { KeyframeProbe } from './keyframe-probe.js';
import { ID } from './schema.js';

const FRAME = Uint8Array.from({ length: 200_000 }, (_, index) => index & 0xff);
const ZLIB = ebml.element(
  ID.ContentEncodings,
  ebml.element(ID.ContentEncoding, ebml.element(ID.ContentCompression, ebml.uint(ID.ContentCompAlgo, 0))),
);

/** A file of one Cluster at 10 s, whose blocks are given. */
async function open(
  blocks: readonly Uint8Array[],
  track = ebml.trackEntry(),
): Promise<{
  probe: (fields: { timeMs: number; relative?: number }) => Promise<KeyframeProbe>;
  source: ScriptedSource;
}> {
  const cluster = ebml.cluster(10_000, ...blocks);
  const bytes = ebml.matroskaFile([track, ebml.trackEntry({ number: 2, type: 'audio' })], cluster);
  const source = new ScriptedSource(bytes);
  const inflate = (data: Uint8Array): Uint8Array => inflateSync(data);
  const demuxer = await openMatroska(source, { inflate });
  const offset = demuxer.firstClusterOffset;
  source.bytesRead = 0;
  return {
    source,
    probe: ({ timeMs, relative }) =>
      demuxer.probeKeyframe(
        { trackId: 1, timeNs: timeMs * 1_000_000, offset, relativePosition: relative },
        { headBytes: 64 },
      ),
  };
}

function found(probe: KeyframeProbe): { time: number; data: Uint8Array; isCut: boolean } {
  assert.ok(probe.kind === 'found' || probe.kind === 'other', probe.kind);
  return { time: probe.sample.presentationTime / 1e6, data: probe.sample.data, isCut: probe.isCut };
}

const AUDIO = ebml.simpleBlock({ track: 2, time: 0, frames: [FRAME] });
const KEY = ebml.simpleBlock({ time: 40, frames: [FRAME] });
const OTHER = ebml.simpleBlock({ time: 80, isKey: false, frames: [FRAME] });
const TIMESTAMP_BYTES = 4;

describe('probeKeyframe', () => {
  it('gives the first bytes of the sample at a known place, with two small reads', async () => {
    const { probe, source } = await open([AUDIO, KEY]);
    const result = await probe({ timeMs: 10_040, relative: TIMESTAMP_BYTES + AUDIO.length });
    assert.equal(result.kind, 'found');
    assert.deepEqual(found(result), {
      time: 10_040,
      data: FRAME.subarray(0, found(result).data.length),
      isCut: true,
    });
    assert.ok(found(result).data.length >= 50);
    assert.equal(source.reads, 2);
    assert.ok(source.bytesRead < 1000);
  });

  it('finds it by the headers of the blocks where no place, or a wrong one, is stated', async () => {
    for (const relative of [undefined, 0, 5, TIMESTAMP_BYTES, 1_000_000]) {
      const { probe, source } = await open([AUDIO, OTHER, KEY]);
      const result = await probe({ timeMs: 10_040, ...(relative === undefined ? {} : { relative }) });
      assert.equal(result.kind, 'found');
      assert.equal(found(result).time, 10_040);
      assert.ok(source.bytesRead < 2000);
    }
  });

  it('says what is there instead', async () => {
    assert.equal((await (await open([AUDIO, KEY, OTHER])).probe({ timeMs: 10_080 })).kind, 'dependent');
    assert.equal((await (await open([AUDIO, OTHER])).probe({ timeMs: 10_040 })).kind, 'nothing');
    const other = await (await open([AUDIO, OTHER, KEY])).probe({ timeMs: 10_500 });
    assert.equal(other.kind, 'other');
    assert.equal(found(other).time, 10_040);
  });

  it('finds nothing where no Cluster begins', async () => {
    const bytes = ebml.matroskaFile([ebml.trackEntry()], ebml.cluster(0, KEY));
    const demuxer = await openMatroska(new ScriptedSource(bytes));
    const at = demuxer.firstClusterOffset;
    for (const offset of [0, at - 1, at + 1, bytes.length - 3, bytes.length, bytes.length + 10]) {
      const probe = await demuxer.probeKeyframe({ trackId: 1, timeNs: 40_000_000, offset });
      assert.equal(probe.kind, 'nothing');
    }
    const noTrack = await demuxer.probeKeyframe({ trackId: 9, timeNs: 0, offset: at });
    assert.equal(noTrack.kind, 'nothing');
  });

  it('tells by ReferenceBlock what a BlockGroup holds, wherever that stands', async () => {
    const group = ebml.blockGroup({ time: 40, frames: [FRAME] });
    assert.equal((await (await open([AUDIO, group])).probe({ timeMs: 10_040 })).kind, 'found');
    const behind = ebml.blockGroup({ time: 40, frames: [FRAME], references: [-40] });
    assert.equal((await (await open([AUDIO, behind])).probe({ timeMs: 10_040 })).kind, 'dependent');
    const before = ebml.element(
      ID.BlockGroup,
      ebml.int(ID.ReferenceBlock, -40),
      ebml.element(ID.Block, ebml.blockBody({ time: 40, frames: [FRAME] })),
    );
    const { probe, source } = await open([AUDIO, before]);
    assert.equal((await probe({ timeMs: 10_040 })).kind, 'dependent');
    assert.ok(source.bytesRead < 1000);
  });

  it('reads a compressed or laced block whole', async () => {
    const packed = ebml.simpleBlock({ time: 40, frames: [deflateSync(FRAME)] });
    const inflated = found(await (await open([packed], ebml.trackEntry({}, ZLIB))).probe({ timeMs: 10_040 }));
    assert.deepEqual([inflated.data.length, inflated.isCut], [FRAME.length, false]);
    const laced = ebml.simpleBlock({ time: 40, lacing: 'ebml', frames: [FRAME, FRAME.subarray(5)] });
    const first = found(await (await open([laced])).probe({ timeMs: 10_040 }));
    assert.deepEqual([first.data.length, first.isCut], [FRAME.length, false]);
  });

  it('allows for a tick of rounding and no more', async () => {
    const { probe } = await open([KEY]);
    assert.equal((await probe({ timeMs: 10_041 })).kind, 'found');
    assert.equal((await probe({ timeMs: 10_042 })).kind, 'other');
  });
});
