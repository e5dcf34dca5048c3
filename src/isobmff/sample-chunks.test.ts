import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { appendSampleChunks } from './sample-chunks.js';

const memory = new Uint8Array(100);

function sample(from: number, to: number, bytes = memory) {
  return { duration: 1, compositionOffset: 0, flags: 0, data: bytes.subarray(from, to) };
}

function chunksOf(samples: ReturnType<typeof sample>[]): [number, number][] {
  const chunks: Uint8Array[] = [];
  appendSampleChunks(chunks, samples);
  return chunks.map((chunk) => [chunk.byteOffset, chunk.byteLength]);
}

describe('appendSampleChunks', () => {
  it('joins what lies side by side, and only that', () => {
    assert.deepEqual(
      chunksOf([sample(0, 10), sample(10, 30), sample(31, 40), sample(40, 41), sample(20, 31)]),
      [
        [0, 30],
        [31, 10],
        [20, 11],
      ],
    );
  });

  it('does not join views of different buffers', () => {
    assert.deepEqual(chunksOf([sample(0, 10), sample(10, 20, new Uint8Array(100))]), [
      [0, 10],
      [10, 10],
    ]);
  });

  it('hands a sample that stands alone on as it is, and drops empty ones', () => {
    const alone = sample(5, 9);
    const chunks: Uint8Array[] = [];
    appendSampleChunks(chunks, [sample(0, 0), alone, sample(9, 9)]);
    assert.deepEqual(chunks, [alone.data]);
    assert.equal(chunks[0], alone.data);
  });

  it('shares memory with the samples', () => {
    const chunks: Uint8Array[] = [];
    appendSampleChunks(chunks, [sample(0, 10), sample(10, 20)]);
    assert.equal(chunks[0]!.buffer, memory.buffer);
  });
});
