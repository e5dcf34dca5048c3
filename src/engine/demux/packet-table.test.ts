import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { joinBytes } from '../../../test/support/read-stream.js';
import { PacketTableWriter, viewPackets, type DemuxedPacket } from './packet-table.js';

describe('the table of packets', () => {
  it('brings packets across as they are', () => {
    const packets: DemuxedPacket[] = [
      {
        stream: 0,
        pts: -(2 ** 40),
        dts: undefined,
        duration: 3003,
        discard: -1105,
        offset: 2 ** 45,
        size: 3,
        isKey: true,
        isCorrupt: false,
        data: Uint8Array.of(1, 2, 3),
      },
      {
        stream: 7,
        pts: undefined,
        dts: 2 ** 52,
        duration: 0,
        discard: 0,
        offset: -1,
        size: 900,
        isKey: false,
        isCorrupt: true,
        data: new Uint8Array(0),
      },
    ];
    const writer = new PacketTableWriter();
    writer.add({ ...packets[0]!, data: new Uint8Array(50) });
    writer.clear();
    for (const packet of packets) writer.add(packet);
    assert.deepEqual([writer.count, writer.bytes], [2, 3]);
    const payload = Uint8Array.from(joinBytes(writer.finish()));
    const viewed = viewPackets(payload, writer.count);
    assert.deepEqual(viewed, packets);
    assert.equal(viewed[0]!.data.buffer, payload.buffer);
  });

  it('puts NAL units together, each after its length', () => {
    const writer = new PacketTableWriter();
    const long = new Uint8Array(0x01_02_03).fill(9);
    const row = {
      stream: 0,
      pts: 0,
      dts: 0,
      duration: 0,
      offset: 0,
      size: 1,
      isKey: false,
      isCorrupt: false,
    };
    writer.add({ ...row, data: Uint8Array.of(1) });
    writer.add({ ...row, data: Uint8Array.of(1) }, [Uint8Array.of(7), long]);
    const [first, second] = viewPackets(Uint8Array.from(joinBytes(writer.finish())), 2);
    assert.deepEqual([...first!.data], [1]);
    assert.deepEqual([...second!.data.subarray(0, 10)], [0, 0, 0, 1, 7, 0, 1, 2, 3, 9]);
    assert.equal(second!.data.length, 5 + 4 + long.length);
  });
});
