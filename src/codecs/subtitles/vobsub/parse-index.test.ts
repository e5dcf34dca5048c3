import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseVobsubStreams } from './parse-index.js';

const INDEX = `# VobSub index file, v7 (do not modify this line!)
size: 720x576
id: en, index: 0
timestamp: 00:00:01:500, filepos: 000000000
timestamp: 00:00:05:000, filepos: 000001000
timestamp: 00:00:06:000, filepos: 000001000
id: --, index: 1
delay: -00:00:00:500
timestamp: 01:00:00:000, filepos: 00000A800
delay: 00:00:01:000
timestamp: 01:00:02:000, filepos: 00000b000
timestamp: 01:00:03:000, filepos: zz
id: de, index: 2
`;

describe('parsing the index of a VobSub pair', () => {
  it('finds the pictures of each stream, with what its times are put off by, and each place once', () => {
    const expected = [
      {
        language: 'en',
        entries: [
          { timeMs: 1500, position: 0 },
          { timeMs: 5000, position: 0x1000 },
        ],
      },
      {
        language: '',
        entries: [
          { timeMs: 3_599_500, position: 0xa800 },
          { timeMs: 3_602_500, position: 0xb000 },
        ],
      },
    ];
    assert.deepEqual(parseVobsubStreams(INDEX), expected);
    assert.deepEqual(parseVobsubStreams(INDEX.replaceAll('\n', '\r\n')), expected);
  });

  it('takes pictures that belong to no stream for one, and none before the film for its beginning', () => {
    const [stream] = parseVobsubStreams('delay: -00:01:00:000\ntimestamp: 00:00:01:000, filepos: 0\n');
    assert.deepEqual(stream, { language: '', entries: [{ timeMs: 0, position: 0 }] });
  });

  it('refuses an index without end, and takes any text', () => {
    const line = (_: unknown, n: number): string => `timestamp: 00:00:00:000, filepos: ${n.toString(16)}`;
    assert.throws(() => parseVobsubStreams(Array.from({ length: 100_001 }, line).join('\n')), {
      code: 'limit_exceeded',
    });
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...INDEX.split('\n'), 'id: ', 'timestamp: ')), (lines) => {
        for (const { entries } of parseVobsubStreams(lines.join('\n'))) assert.ok(entries.length > 0);
      }),
    );
  });
});
