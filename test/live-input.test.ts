/**
 * Transport streams that come once and have no end, as broadcasters and cameras send them: through a pipe that cannot be
 * read anywhere but at its head.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { readResidentBytes } from '../src/engine/resident-memory.js';
import { openIterable } from '../src/io/iterable.js';
import { streamTranscodeUniversal } from '../src/pipelines/universal.js';
import type { UniversalOptions } from '../src/pipelines/universal-options.js';
import { endlessTransportStream, TS_PACKET_BYTES } from './support/endless-transport-stream.js';
import { probe, type ProbedStream } from './support/ffmpeg.js';
import { heldMemory } from './support/held-memory.js';
import { joinBytes, readUniversal } from './support/read-stream.js';
import { missingTools } from './support/tools.js';

const skip = missingTools('live input', 'ffmpeg', 'ffprobe');

/** A round of the stream: 160 pictures and 300 or 301 packets of sound. */
const roundSeconds = 6.4;
const roundTicks = roundSeconds * 90_000;
const roundPictures = 160;
const AUDIO_PID = 257;

describe('a transport stream that comes once', { skip, timeout: 300_000 }, () => {
  let folder = '';
  let round: Uint8Array;
  let pool: EnginePool;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-live-'));
    round = make('round.ts', 160, []);
    pool = createEnginePool({ size: 1 });
  });

  after(async () => {
    await pool[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  function make(name: string, width: number, options: readonly string[]): Uint8Array {
    const path = join(folder, name);
    execFileSync('ffmpeg', [
      ...['-nostdin', '-v', 'error', '-y'],
      ...['-f', 'lavfi', '-i', `testsrc2=size=${width}x90:rate=25:duration=${roundSeconds}`],
      ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${roundSeconds}`],
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2', '-g', '40', '-sc_threshold', '0'],
      ...['-c:a', 'aac', ...options, path],
    ]);
    return Uint8Array.from(readFileSync(path));
  }

  async function send(bytes: Uint8Array, options: UniversalOptions = {}) {
    const path = join(folder, 'out.mp4');
    const read = await readUniversal(openIterable(pieces(bytes)), { engine: pool, ...options });
    writeFileSync(path, read.bytes);
    const streams = await probe(path);
    const track = (type: string): ProbedStream => streams.find((stream) => stream.type === type)!;
    return { ...read, path, video: track('video'), audio: track('audio') };
  }

  const rounds = (count: number, shiftTicks = 0): Uint8Array =>
    joinBytes([...endlessTransportStream(round, { periodTicks: roundTicks, rounds: count, shiftTicks })]);

  it('goes on where its 33-bit clock begins anew', async () => {
    const { video, audio, summary } = await send(rounds(4, 2 ** 33 - 2 * roundTicks));
    assert.equal(video.frames, 4 * roundPictures);
    assert.ok(farthest(video) < 0.2 && farthest(audio) < 0.05);
    assert.equal(summary.damageCount, 0);
  });

  it('keeps sound in step that falls silent for long', async () => {
    const bytes = rounds(5);
    const from = bytes.length * 0.3;
    const to = bytes.length * 0.7;
    const silenced: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += TS_PACKET_BYTES) {
      const packet = bytes.subarray(at, at + TS_PACKET_BYTES);
      const pid = ((packet[1]! & 0x1f) << 8) | packet[2]!;
      if (pid !== AUDIO_PID || at < from || at > to) silenced.push(packet);
    }
    const whole = await send(bytes);
    const { video, audio } = await send(joinBytes(silenced));
    assert.equal(video.frames, 5 * roundPictures);
    assert.ok(farthest(audio) > 10, 'sound was silent');
    const timeOf = new Map(whole.audio.packets.map(({ hash, time }) => [hash, time]));
    const last = audio.packets.at(-2)!;
    assert.ok(Math.abs(last.time - timeOf.get(last.hash)!) < 0.001);
    assert.equal(video.packets.at(-1)!.time, whole.video.packets.at(-1)!.time);
  });

  it('goes on when its programme moves to other PIDs', async () => {
    const moved = ['-output_ts_offset', '6.4', '-mpegts_start_pid', '0x200', '-tables_version', '3'];
    const { video, audio } = await send(joinBytes([round, make('moved.ts', 160, moved)]));
    // What is not complete when the table changes is lost.
    assert.ok(video.frames >= 2 * roundPictures - 2);
    assert.ok(farthest(video) < 0.3 && farthest(audio) < 0.3);
  });

  it('ends, and says so, when it goes over to another programme', async () => {
    const other = ['-output_ts_offset', '6.4', '-mpegts_start_pid', '0x200', '-mpegts_service_id', '2'];
    const next = make('other.ts', 160, [...other, '-mpegts_pmt_start_pid', '0x1100']);
    const many = [...endlessTransportStream(next, { periodTicks: roundTicks, rounds: 4 })];
    const { video, summary } = await send(joinBytes([round, ...many]));
    assert.ok(video.frames >= roundPictures - 2);
    assert.equal(summary.isTruncated, true);
    assert.match(summary.damage.at(-1)!.reason, /goes over to another programme/);
  });

  it('sends pictures of another size with their own parameter sets', async () => {
    const wide = make('wide.ts', 320, ['-output_ts_offset', '6.4']);
    const { path } = await send(joinBytes([round, wide]));
    const args = ['-v', 'quiet', '-select_streams', 'v', '-show_entries', 'frame=width', '-of', 'csv=p=0'];
    const widths = execFileSync('ffprobe', [...args, path], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line !== '');
    assert.equal(widths.filter((width) => Number.parseInt(width) === 160).length, roundPictures);
    assert.equal(widths.filter((width) => Number.parseInt(width) === 320).length, roundPictures);
  });

  it('begins at the first picture that can be begun at, and ends in the middle of a packet', async () => {
    const bytes = rounds(3).subarray(TS_PACKET_BYTES * 100);
    const { video, summary } = await send(bytes.subarray(0, -TS_PACKET_BYTES * 9 - 100));
    assert.equal(summary.outcome, 'complete');
    assert.ok(summary.tracks[0]!.dropped > 0, 'pictures that cannot be decoded are left out');
    assert.ok(video.frames > 2 * roundPictures);
    assert.ok(video.packets[0]!.time > 0);
  });

  it('waits for the first keyframe where nothing else tells what the pictures are', async () => {
    // One at the beginning, which is cut off, and one behind all that libavformat looks at.
    const rare = make('rare.ts', 160, ['-force_key_frames', '0,4.8', '-g', '999']);
    const { video } = await send(rare.subarray(TS_PACKET_BYTES * 100));
    assert.equal(video.frames, roundPictures - 4.8 * 25);
  });

  for (const [name, options, count] of [
    ['copied', {}, 150],
    ['encoded', { forceVideoReencode: true, height: 36, preset: 'ultrafast', audio: 'aac' }, 24],
  ] as const) {
    it(`holds no more memory the longer it goes on: ${name}`, async () => {
      const stream = streamTranscodeUniversal(openIterable(endless(round, count)), {
        engine: pool,
        ...options,
      });
      let lists = 0;
      let early = { here: 0, engines: 0 };
      for await (const list of stream.chunks()) {
        assert.ok(list.length > 0);
        if (++lists === 20) early = measure();
      }
      assert.ok(lists > 45);
      const late = measure();
      assert.ok(late.here - early.here < 3_000_000, `${late.here - early.here} bytes more are held`);
      const grown = late.engines - early.engines;
      assert.ok(grown < 48_000_000, `engines grew by ${grown} bytes`);
    });
  }

  /** What this process holds, and what the processes that work for it do. */
  function measure(): { here: number; engines: number } {
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
    const engines = children.reduce((sum, pid) => sum + (readResidentBytes(Number(pid)) ?? 0), 0);
    return { here: heldMemory(), engines };
  }
});

/** The longest time between packets. */
function farthest({ packets }: ProbedStream): number {
  const times = packets.map(({ time }) => time).sort((a, b) => a - b);
  return times.reduce((most, time, i) => Math.max(most, i === 0 ? 0 : time - times[i - 1]!), 0);
}

async function* endless(round: Uint8Array, rounds: number): AsyncGenerator<Uint8Array> {
  yield* endlessTransportStream(round, { periodTicks: roundTicks, rounds });
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 50_021) yield await Promise.resolve(bytes.slice(at, at + 50_021));
}
