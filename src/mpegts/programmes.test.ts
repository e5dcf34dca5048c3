import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sectionCrc32 } from './crc32.js';
import { parseTransportProgrammes } from './programmes.js';

/** A packet of a PID that begins a section, filled as ISO/IEC 13818-1, section 2.4.4 wants it. */
function packet(pid: number, section: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(188).fill(0xff);
  bytes.set([0x47, 0x40 | (pid >> 8), pid & 0xff, 0x10, 0, ...section]);
  return bytes;
}

/** The same with the section's length and CRC put right, where there is room for them. */
function validPacket(pid: number, table: number, body: readonly number[]): Uint8Array {
  const length = body.length + 4;
  const head = [table, 0xb0 | (length >> 8), length & 0xff, ...body];
  const crc = sectionCrc32(Uint8Array.from(head));
  return packet(pid, [...head, crc >>> 24, (crc >> 16) & 0xff, (crc >> 8) & 0xff, crc & 0xff]);
}

describe('parseTransportProgrammes', () => {
  it('takes whatever bytes there are, behind headers that are right', () => {
    const association = validPacket(0, 0, [0, 1, 0xc1, 0, 0, 0, 1, 0xf0, 0]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(0, 0x1000), fc.array(fc.nat(255), { maxLength: 170 })), {
          maxLength: 8,
        }),
        (sections) => {
          const packets = [association];
          for (const [pid, body] of sections) {
            packets.push(packet(pid, body), validPacket(pid, pid === 0 ? 0 : 2, [0, 1, 0xc1, ...body]));
          }
          while (packets.length < 6) packets.push(association);
          const { programmes } = parseTransportProgrammes(
            Uint8Array.from(packets.flatMap((one) => [...one])),
          );
          for (const { pids } of programmes) for (const pid of pids) assert.ok(pid < 8192);
        },
      ),
    );
    assert.deepEqual(parseTransportProgrammes(new Uint8Array(1000)).programmes, []);
  });
});
