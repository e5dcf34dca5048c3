import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EnginePool } from '../engine/pool.js';
import { openBytes } from '../io/bytes-source.js';
import { WorkMeter } from './work-meter.js';

describe('the meter of work', () => {
  it('counts for each piece what it reads itself, of a source that it shares', async () => {
    const meter = new WorkMeter();
    await using source = meter.source(openBytes(new Uint8Array(1000)));
    const read = async (length: number): Promise<void> => {
      await new Promise(setImmediate);
      await source.read(0, length);
      for await (const chunk of source.stream(1000 - length)) assert.equal(chunk.byteLength, length);
    };
    const uses = await Promise.all(
      [10, 300].map(async (length) => (await meter.measure(() => read(length))).use),
    );
    assert.deepEqual(
      uses.map(({ sourceBytes }) => sourceBytes),
      [20, 600],
    );
    for (const { readingMs, transcodingMs } of uses) assert.ok(readingMs > 0 && transcodingMs === 0);
    await read(5);
  });

  it('counts the time of engines, and passes their failures on', async () => {
    const meter = new WorkMeter();
    const engines = meter.engines({
      run: async () => {
        await new Promise(setImmediate);
        throw new RangeError('as the test wants it');
      },
    } as unknown as EnginePool);
    const { use } = await meter.measure(() =>
      assert.rejects(engines.run({ meta: {}, payload: [] } as never), RangeError),
    );
    assert.ok(use.transcodingMs > 0 && use.readingMs === 0);
  });
});
