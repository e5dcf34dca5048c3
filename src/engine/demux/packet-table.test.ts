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
});
