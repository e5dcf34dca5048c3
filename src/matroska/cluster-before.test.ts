import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as ebml from '../../test/support/ebml-writer.js';
import { writeIndexed } from '../../test/support/indexed-matroska.js';
import { ScriptedSource } from '../../test/support/scripted-source.js';
import { openMatroska } from './demuxer.js';
import { ID } from './schema.js';

const FRAME = new Uint8Array(90_000);
/** An ID of a Cluster among a frame's bytes, with something behind it that could be one's beginning. */
const DECOY = ebml.bytes(FRAME, ebml.cluster(5, ebml.simpleBlock()), FRAME);

/** Clusters of `frame`, and what stands between them. */
function fileOf(
  frame: Uint8Array,
  between: (index: number) => Uint8Array,
  prevSize?: (right: number) => number,
): { bytes: Uint8Array; clusters: number[] } {
  const parts: Uint8Array[] = [];
  let before = 0;
  for (let i = 0; i < 4; i++) {
    const states = prevSize === undefined || i === 0 ? [] : [ebml.uint(ID.PrevSize, prevSize(before), 4)];
    const children = [ebml.uint(ID.Timestamp, i * 1000, 2), ...states, ebml.simpleBlock({ frames: [frame] })];
    const cluster = ebml.element(ID.Cluster, ...children);
    parts.push(cluster, between(i));
    before = cluster.length;
  }
  const bytes = ebml.matroskaFile([ebml.trackEntry()], ...parts);
  let at = bytes.length - parts.reduce((sum, part) => sum + part.length, 0);
  const clusters: number[] = [];
  for (const [i, part] of parts.entries()) {
    if (i % 2 === 0) clusters.push(at);
    at += part.length;
  }
  return { bytes, clusters };
}

async function check(file: { bytes: Uint8Array; clusters: readonly number[] }): Promise<ScriptedSource> {
  const source = new ScriptedSource(file.bytes);
  const demuxer = await openMatroska(source);
  for (const [i, cluster] of file.clusters.entries()) {
    assert.equal(await demuxer.clusterBefore(cluster), file.clusters[i - 1]);
  }
  return source;
}

const nothing = (): Uint8Array => new Uint8Array(0);

describe('clusterBefore', () => {
  it('believes a PrevSize that leads to a Cluster, and reads little', async () => {
    const source = await check(fileOf(FRAME, nothing, (right) => right));
    assert.ok(source.bytesRead < 10_000 + 2 * 90_000 * 4, 'looks and no search');
    assert.ok(source.reads <= 12);
  });

  it('searches where PrevSize is absent or wrong', async () => {
    await check(fileOf(FRAME, nothing));
    await check(fileOf(FRAME, nothing, (right) => right - 1));
    await check(fileOf(FRAME, nothing, () => 100_000_000));
  });

  it('is not deceived by a frame that holds what looks like a Cluster', async () => {
    await check(fileOf(DECOY, nothing));
  });

  it('passes over what may stand between Clusters', async () => {
    await check(fileOf(FRAME, () => ebml.voidElement(100)));
    await check(fileOf(FRAME, (i) => (i === 1 ? ebml.element(ID.Tags) : nothing())));
  });

  it('finds the nearest when nothing leads to the place', async () => {
    await check(fileOf(FRAME, () => new Uint8Array(70_000).fill(7)));
  });

  it('finds Clusters of unknown size, from the end of the source on', async () => {
    const { bytes, clusters } = writeIndexed({ seconds: 5, picture: () => 'idr', isLive: true });
    await check({ bytes, clusters });
    const demuxer = await openMatroska(new ScriptedSource(bytes));
    assert.equal(await demuxer.clusterBefore(bytes.length), clusters.at(-1));
    assert.equal(await demuxer.clusterBefore(bytes.length + 5000), clusters.at(-1));
  });
});
