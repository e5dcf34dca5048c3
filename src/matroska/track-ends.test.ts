import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as ebml from '../../test/support/ebml-writer.js';
import { ScriptedSource } from '../../test/support/scripted-source.js';
import { openMatroska } from './demuxer.js';
import { ID } from './schema.js';

/** One frame of 20 ms. */
const OPUS = new Uint8Array([0x98, 1, 2, 3]);
const VIDEO = ebml.trackEntry({ number: 1 });
const AUDIO = ebml.trackEntry({ number: 2, type: 'audio' });

/** Gives the ends in milliseconds. */
async function endsOf(
  tracks: readonly Uint8Array[],
  ...parts: readonly Uint8Array[]
): Promise<{ ends: Record<number, number>; source: ScriptedSource }> {
  const source = new ScriptedSource(ebml.matroskaFile(tracks, ...parts), { chunkBytes: 1 << 16 });
  const demuxer = await openMatroska(source);
  const ends = await demuxer.readTrackEnds();
  return { ends: Object.fromEntries([...ends].map(([id, ns]) => [id, ns / 1e6])), source };
}

const picture = (time: number, size = 10): Uint8Array =>
  ebml.simpleBlock({ track: 1, time, frames: [new Uint8Array(size)] });
const sound = (time: number): Uint8Array => ebml.simpleBlock({ track: 2, time, frames: [OPUS] });

describe('readTrackEnds', () => {
  it('ends with the picture that is shown last, as long as the one before where nothing else is said', async () => {
    const { ends } = await endsOf(
      [VIDEO],
      ebml.cluster(1000, picture(0), picture(120), picture(40), picture(80)),
    );
    assert.deepEqual(ends, { 1: 1160 });
  });

  it('prefers what the block says to what the track says', async () => {
    const track = ebml.trackEntry({ number: 1, defaultDuration: 33_000_000 });
    assert.deepEqual((await endsOf([track], ebml.cluster(0, picture(0), picture(40)))).ends, { 1: 73 });
    const group = ebml.blockGroup({ time: 40, durationTicks: 100 });
    assert.deepEqual((await endsOf([track], ebml.cluster(0, picture(0), group))).ends, { 1: 140 });
  });

  it('measures audio by its codec, laces and discarded samples included', async () => {
    assert.deepEqual((await endsOf([AUDIO], ebml.cluster(0, sound(0), sound(20)))).ends, { 2: 40 });
    const laced = ebml.simpleBlock({ track: 2, time: 20, lacing: 'xiph', frames: [OPUS, OPUS, OPUS] });
    assert.deepEqual((await endsOf([AUDIO], ebml.cluster(0, sound(0), laced))).ends, { 2: 80 });
    const last = ebml.blockGroup({ track: 2, time: 20, frames: [OPUS], discardPadding: 12_000_000 });
    assert.deepEqual((await endsOf([AUDIO], ebml.cluster(0, sound(0), last))).ends, { 2: 28 });
  });

  it('takes off the delay of the codec', async () => {
    const track = ebml.trackEntry({ number: 2, type: 'audio', codecDelay: 6_500_000 });
    assert.deepEqual((await endsOf([track], ebml.cluster(0, sound(0)))).ends, { 2: 13.5 });
  });

  it('leaves out a track without a sample', async () => {
    assert.deepEqual((await endsOf([VIDEO, AUDIO], ebml.cluster(0, picture(0), picture(40)))).ends, {
      1: 80,
    });
    assert.deepEqual((await endsOf([VIDEO, AUDIO])).ends, {});
  });

  it('reads but the end of a large file, and more of it only for a track that is not there', async () => {
    const clusters = Array.from({ length: 40 }, (_, i) =>
      ebml.cluster(i * 1000, picture(0, 100_000), picture(500, 100_000), ...(i < 25 ? [sound(0)] : [])),
    );
    const tagged = [...clusters, ebml.element(ID.Tags, ebml.voidElement(5000))];
    const plain = await endsOf([VIDEO], ...tagged);
    assert.deepEqual(plain.ends, { 1: 40_000 });
    assert.equal(plain.source.reads, 1);
    const both = await endsOf([VIDEO, AUDIO], ...tagged);
    assert.deepEqual(both.ends, { 1: 40_000, 2: 24_020 });
    assert.equal(both.source.reads, 2);
  });

  it('looks further back when the end holds no beginning of a Cluster', async () => {
    const large = ebml.cluster(7000, picture(0), picture(40, 3_000_000));
    const { ends, source } = await endsOf([VIDEO], ebml.cluster(0, picture(0)), large);
    assert.deepEqual(ends, { 1: 7080 });
    assert.equal(source.reads, 2);
  });

  it('does not believe a SeekHead that names a wrong place for the Cues', async () => {
    const clusters = Array.from({ length: 4 }, (_, i) =>
      ebml.cluster(i * 1000, picture(0), picture(500, 2_000_000)),
    );
    const wrong = ebml.element(ID.SeekHead, ebml.seekEntry(ID.Cues, 3_000_000));
    const { ends } = await endsOf([VIDEO], wrong, ...clusters);
    assert.deepEqual(ends, { 1: 4000 });
  });

  it('knows nothing of a source without a known end', async () => {
    const bytes = ebml.matroskaFile([VIDEO], ebml.cluster(0, picture(0)));
    for (const script of [{ seekable: false }, { knowsSize: false }]) {
      const demuxer = await openMatroska(new ScriptedSource(bytes, script));
      assert.equal((await demuxer.readTrackEnds()).size, 0);
    }
  });
});
