import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Source } from '../../media/source.js';
import { VobsubPair } from './vobsub-pair.js';

const INDEX = `size: 720x480
palette: 000000, ffffff
id: en, index: 0
timestamp: 00:00:10:000, filepos: 000000000
timestamp: 00:00:20:000, filepos: 000000008
timestamp: 00:02:00:000, filepos: 000000018
id: de, index: 1
timestamp: 00:00:10:000, filepos: 000000004
timestamp: 00:00:20:000, filepos: 000000010
timestamp: 00:00:30:000, filepos: 0000fffff
`;
/** What stands in the other file tells where. */
const BYTES = Uint8Array.from({ length: 32 }, (_, n) => n);
const PICTURES = {
  size: BYTES.length,
  read: (offset: number, length: number) => Promise.resolve(BYTES.subarray(offset, offset + length)),
} as Source;

describe('a VobSub pair beside a film', () => {
  const pair = new VobsubPair(new TextEncoder().encode(INDEX));
  const read = async (stream: number, startMs: number, endMs: number): Promise<[string, number[]][]> => {
    const range = { startMs, endMs };
    const chunks: number[] = [];
    for await (const chunk of pair.readPacks(stream, range, PICTURES, {})) chunks.push(...chunk);
    const lines = pair.writeIndex(stream, range, BYTES.length).matchAll(/timestamp: (\S+), filepos: (\S+)/g);
    const entries = [...lines].map(([, time, at]) => [time!, Number.parseInt(at!, 16)] as const);
    return entries.map(([time, at], n) => [time, chunks.slice(at, entries[n + 1]?.[1] ?? chunks.length)]);
  };
  const from = (begin: number, end: number): number[] => [...BYTES.subarray(begin, end)];

  it('has streams in languages', () => {
    assert.deepEqual(pair.languages, ['en', 'de']);
    const head = pair.writeIndex(1, { startMs: 0, endMs: 1 }, 32);
    assert.match(head, /^size: 720x480$/m);
    assert.match(head, /^palette: 000000, ffffff$/m);
    assert.match(head, /^id: de, index: 0$/m);
  });

  it('gives each picture up to where the next one of any language begins', async () => {
    assert.deepEqual(await read(0, 0, Infinity), [
      ['00:00:10:000', from(0, 4)],
      ['00:00:20:000', from(8, 16)],
      ['00:02:00:000', from(24, 32)],
    ]);
  });

  it('leaves out what stands behind the end of the file', async () => {
    assert.deepEqual(await read(1, 0, Infinity), [
      ['00:00:10:000', from(4, 8)],
      ['00:00:20:000', from(16, 24)],
    ]);
  });

  it('gives of a part what is shown in it, and what may be when it begins', async () => {
    const parts: readonly (readonly [number, number, string[]])[] = [
      [0, 10_000, []],
      [15_000, 20_000, ['00:00:10:000']],
      [15_000, 20_001, ['00:00:10:000', '00:00:20:000']],
      [20_000, 60_000, ['00:00:20:000']],
      [60_000, 90_000, []],
      [200_000, 210_000, []],
    ];
    for (const [start, end, times] of parts)
      assert.deepEqual(
        (await read(0, start, end)).map(([time]) => time),
        times,
        `${start}`,
      );
    assert.deepEqual(await read(7, 0, Infinity), []);
  });
});
