import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  bytes,
  cluster,
  element,
  elementOfUnknownSize,
  simpleBlock,
  uint,
} from '../../test/support/ebml-writer.js';
import { fromHex } from '../../test/support/hex.js';
import { ByteQueue } from './byte-queue.js';
import { ClusterProbe } from './cluster-probe.js';
import { ID } from './schema.js';

function queueOf(data: Uint8Array): ByteQueue {
  const queue = new ByteQueue(0);
  queue.append(data);
  return queue;
}

const crc = element(ID['CRC-32'], [1, 2, 3, 4]);

describe('ClusterProbe', () => {
  const clusters = [
    { what: 'a Timestamp', data: cluster(300, simpleBlock()), ticks: 300 },
    { what: 'a CRC-32 and a Timestamp', data: element(ID.Cluster, crc, uint(ID.Timestamp, 5)), ticks: 5 },
    { what: 'a block', data: element(ID.Cluster, simpleBlock()), ticks: -1 },
    { what: 'no size', data: elementOfUnknownSize(ID.Cluster, 8, uint(ID.Timestamp, 70_000)), ticks: 70_000 },
  ];
  for (const { what, data, ticks } of clusters) {
    it(`knows a Cluster with ${what}`, () => {
      const probe = new ClusterProbe();
      assert.equal(probe.judge(queueOf(data), true), 'cluster');
      assert.equal(probe.ticks, ticks);
    });
  }

  const others = [
    { what: 'another ID', hex: '1f43b674 85 e78100' },
    { what: 'a size that cannot be', hex: '1f43b675 00 e78100' },
    { what: 'a child that does not belong there', hex: '1f43b675 84 d7820100' },
    { what: 'a child larger than its Cluster', hex: '1f43b675 83 e78300000000' },
    { what: 'a Timestamp of nine bytes', hex: '1f43b675 8b e789000000000000000000' },
    { what: 'nothing in it', hex: '1f43b675 80 1f43b675 83 e78100' },
    { what: 'its end cut off', hex: '1f43b675 85 e7' },
  ];
  for (const { what, hex } of others) {
    it(`takes none for one with ${what}`, () => {
      assert.equal(new ClusterProbe().judge(queueOf(fromHex(hex)), true), 'none');
    });
  }

  it('asks for more where more may come', () => {
    const whole = cluster(300);
    for (let length = 1; length < whole.length; length++) {
      assert.equal(
        new ClusterProbe().judge(queueOf(whole.subarray(0, length)), false),
        'partial',
        `${length}`,
      );
    }
  });

  it('finds a Cluster behind garbage and false starts, bytes one by one', () => {
    const garbage = fromHex('1f1f1f43 1f43b675 1f43b67500 001f43 00');
    const data = bytes(garbage, cluster(7, simpleBlock()));
    const queue = new ByteQueue(0);
    const probe = new ClusterProbe();
    let state = probe.find(queue, false);
    for (let i = 0; state !== 'cluster' && i < data.length; i++) {
      queue.append(data.subarray(i, i + 1));
      state = probe.find(queue, false);
    }
    assert.equal(state, 'cluster');
    assert.equal(queue.offset, garbage.length);
    assert.equal(probe.ticks, 7);
  });
});
