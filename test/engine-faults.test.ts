/** Streams whose engines die, are shared by many, or are ended; and readers that are slow or go away. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { EngineError, OverloadedError } from '../src/errors.js';
import { openBytes } from '../src/io/bytes-source.js';
import { openIterable } from '../src/io/iterable.js';
import { streamTranscodeFmp4 } from '../src/pipelines/continuous.js';
import { readPlainMatroska, walkEbml, type PlainMatroska } from './support/ebml-walker.js';
import { FIXTURES, fixtureBytes } from './support/fixtures.js';
import { heldMemory } from './support/held-memory.js';
import { HostileSource } from './support/hostile-source.js';
import { writeMatroska } from './support/odd-matroska.js';
import { joinBytes, readStream } from './support/read-stream.js';
import { assertSameBytes, isSameBytes } from './support/same-bytes.js';
import { ID } from '../src/matroska/schema.js';

let pool: EnginePool;

before(async () => {
  pool = createEnginePool({ size: 2 });
  await pool.ready();
});

after(async () => {
  await pool[Symbol.asyncDispose]();
});

describe('an engine that is killed', () => {
  const name = 'h264-23976-eac3';

  it('is replaced, and the streams come out as if nothing had happened', async () => {
    const bytes = await fixtureBytes(pool, name);
    const alone = await readStream(openBytes(bytes), { engine: pool });
    for (const killed of ['one', 'all'] as const) {
      const restarts = pool.stats.restarts;
      const streams = Array.from({ length: 3 }, async (_, i) => {
        const chunks: Uint8Array[] = [];
        let lists = 0;
        for await (const list of streamTranscodeFmp4(openBytes(bytes), { engine: pool }).chunks()) {
          chunks.push(joinBytes(list));
          if (i === 0 && lists++ === 2)
            kill(killed === 'one' ? pool.stats.pids.slice(0, 1) : pool.stats.pids);
        }
        return joinBytes(chunks);
      });
      for (const sent of await Promise.all(streams))
        assertSameBytes(sent, alone.bytes, `${killed} killed: it`);
      assert.ok(pool.stats.restarts > restarts);
    }
  });

  it('makes a stream fail clearly when it happens again and again, and no other', async () => {
    const bytes = await fixtureBytes(pool, name);
    const alone = await readStream(openBytes(bytes), { engine: pool });
    let kills = 0;
    const outcomes: string[] = [];
    for (let every = 1; every <= 3; every++) {
      const source = new HostileSource(bytes, {
        chunkBytes: 4096,
        onRead: (count) => {
          if (count % every !== 0 || pool.stats.jobsRunning === 0) return;
          kills++;
          kill(pool.stats.pids);
        },
      });
      const stream = streamTranscodeFmp4(source, { engine: pool });
      const chunks: Uint8Array[] = [];
      try {
        for await (const chunk of stream) chunks.push(chunk);
        assertSameBytes(joinBytes(chunks), alone.bytes);
      } catch (error) {
        assert.ok(error instanceof EngineError, inspect(error));
        assert.match(error.message, /^The engine died .*\.$/);
        const sent = joinBytes(chunks);
        assert.ok(isSameBytes(sent, alone.bytes.subarray(0, sent.length)), 'what was sent before is right');
      }
      const { outcome } = await stream.summary;
      outcomes.push(outcome);
      assert.equal(source.closed, 1);
      assertSameBytes((await readStream(openBytes(bytes), { engine: pool })).bytes, alone.bytes);
    }
    assert.ok(kills > 0);
    assert.ok(
      outcomes.every((outcome) => outcome !== 'cancelled'),
      outcomes.join(' '),
    );
  });

  it('takes nothing from streams that need none', async () => {
    const bytes = await fixtureBytes(pool, 'h264-aac');
    const alone = await readStream(openBytes(bytes), { engine: pool });
    const source = new HostileSource(bytes, { chunkBytes: 1024, onRead: () => kill(pool.stats.pids) });
    assertSameBytes((await readStream(source, { engine: pool })).bytes, alone.bytes);
    await pool.ready();
  });
});

describe('a pool that is ended', () => {
  it('makes its streams fail clearly', async () => {
    const own = createEnginePool({ size: 1 });
    const bytes = await fixtureBytes(pool, 'h264-23976-eac3');
    const stream = streamTranscodeFmp4(openBytes(bytes), { engine: own });
    const read = async (): Promise<void> => {
      for await (const list of stream.chunks()) {
        assert.ok(list.length > 0);
        void own[Symbol.asyncDispose]();
      }
    };
    await assert.rejects(read(), EngineError);
    const { outcome, error } = await stream.summary;
    assert.equal(outcome, 'failed');
    assert.match(error!.message, /closed/);
    await own[Symbol.asyncDispose]();
  });

  it('is not needed: a stream starts its own engines and ends them', async () => {
    const bytes = await fixtureBytes(pool, 'h264-ac3');
    const children = childProcesses();
    const alone = await readStream(openBytes(bytes));
    assertSameBytes((await readStream(openBytes(bytes), { engine: pool })).bytes, alone.bytes);
    assert.deepEqual(childProcesses(), children);
    const stream = streamTranscodeFmp4(openBytes(bytes));
    for await (const list of stream.chunks()) {
      assert.ok(list.length > 0);
      break;
    }
    assert.equal((await stream.summary).outcome, 'cancelled');
    assert.deepEqual(childProcesses(), children);
  });
});

describe('many streams at once', () => {
  it('make the same bytes as each alone', async () => {
    const names = FIXTURES.map(({ name }) => name).filter((name) =>
      /ac3|dts|truehd|vorbis|mp2|pcm|alac|aac/.test(name),
    );
    const sources = await Promise.all(names.slice(0, 20).map((name) => fixtureBytes(pool, name)));
    assert.equal(sources.length, 20);
    const together = await Promise.all(
      sources.map((bytes) => readStream(openBytes(bytes), { engine: pool, audio: 'aac' })),
    );
    for (const [i, bytes] of sources.entries()) {
      const alone = await readStream(openBytes(bytes), { engine: pool, audio: 'aac' });
      assertSameBytes(together[i]!.bytes, alone.bytes, names[i]);
    }
  });

  it('come out whole or are refused when there are too many', async () => {
    const own = createEnginePool({ size: 1, maxQueued: 8 });
    const bytes = await fixtureBytes(pool, 'h264-ac3');
    const alone = await readStream(openBytes(bytes), { engine: pool });
    const settled = await Promise.allSettled(
      Array.from({ length: 10 }, () => readStream(openBytes(bytes), { engine: own })),
    );
    const refused = settled.filter(({ status }) => status === 'rejected');
    assert.ok(refused.length > 0);
    for (const result of settled) {
      if (result.status === 'fulfilled') assertSameBytes(result.value.bytes, alone.bytes);
      else assert.ok(result.reason instanceof OverloadedError, inspect(result.reason));
    }
    assert.equal(own.stats.jobsQueued, 0);
    await own[Symbol.asyncDispose]();
  });
});

describe('a reader that is slow', () => {
  for (const [name, audio] of [
    ['h264-pcm16', 'transcode'],
    ['h264-aac', 'copy'],
  ] as const) {
    it(`makes the source wait: ${audio}`, async () => {
      const plain = readPlainMatroska(await fixtureBytes(pool, name));
      const loopBytes = (await fixtureBytes(pool, name)).length;
      const bytesPerSecond = loopBytes / loopSeconds;
      let given = 0;
      const counted = async function* () {
        for (const piece of endless(plain, 30)) {
          for (let at = 0; at < piece.length; at += 4096) {
            const chunk = piece.slice(at, at + 4096);
            given += chunk.length;
            yield chunk;
          }
        }
      };
      let seconds = 0;
      let lists = 0;
      for await (const list of streamTranscodeFmp4(openIterable(counted()), { engine: pool }).chunks()) {
        assert.ok(list.length > 0);
        // All that could run ahead does, before the next list is asked for.
        for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
        if (lists++ > 0) seconds += [0.25, 0.5, 1][lists - 2] ?? 2;
        // The fragments in the making, one for each engine and one, and what is heard after them.
        const ahead = given / bytesPerSecond - seconds;
        assert.ok(ahead < 3 * 2 + 2, `${ahead} s ahead after ${seconds} s`);
      }
      assert.ok(seconds > 29 * loopSeconds);
    });

    it(`makes no difference to the memory of a long stream: ${audio}`, async () => {
      const plain = readPlainMatroska(await fixtureBytes(pool, name));
      const loops = audio === 'copy' ? 300 : 30;
      const pieces = async function* () {
        yield* endless(plain, loops);
      };
      const stream = streamTranscodeFmp4(openIterable(pieces()), { engine: pool });
      let lists = 0;
      let early = 0;
      let most = 0;
      for await (const list of stream.chunks()) {
        assert.ok(list.length > 0);
        lists++;
        if (lists === 12) early = heldMemory();
        if (lists > 12 && lists % 13 === 0) most = Math.max(most, heldMemory());
      }
      assert.ok(lists > (loops * loopSeconds) / 2.1);
      assert.ok(most - early < 3_000_000, `${most - early} bytes more are held`);
    });
  }
});

const loopSeconds = 2.6;

/** The same media over and over, in one Segment without end. */
function* endless(plain: PlainMatroska, loops: number): Generator<Uint8Array> {
  const withinLoop = {
    ...plain,
    frames: plain.frames.filter(({ timeNs }) => timeNs < loopSeconds * 1e9 - 3e7),
  };
  for (let loop = 0; loop < loops; loop++) {
    const whole = writeMatroska(withinLoop, { shiftNs: loop * loopSeconds * 1e9, voids: true });
    const segment = walkEbml(whole).find(({ id }) => id === ID.Segment)!;
    const first = segment.children.find(({ id }) => id === ID.Cluster)!;
    const clusters = whole.slice(first.offset);
    if (loop > 0) {
      yield clusters;
      continue;
    }
    const head = writeMatroska({ ...withinLoop, frames: [] }, { unknownSizes: 8 });
    yield joinBytes([head, clusters]);
  }
}

function kill(pids: readonly number[]): void {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}

/** Ids of this process's children; none where the system does not tell. */
function childProcesses(): string[] {
  const path = `/proc/self/task/${process.pid}/children`;
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ').sort() : [];
}
