import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { configureAudio } from '../src/codecs/audio.js';
import { DEFAULT_AUDIO_OUTPUT } from '../src/engine/audio-job.js';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { AudioCopyTrack, copiesWithoutHoles } from '../src/pipelines/segment/audio-copy-track.js';
import { AudioEncodeTrack } from '../src/pipelines/segment/audio-encode-track.js';
import type { SegmentSamples } from '../src/pipelines/segment/segment-track.js';
import { fixtureBytes, fixturePath, PICTURES, SOUNDS, type Fixture } from './support/fixtures.js';
import { readPlainMatroska, type PlainFrame } from './support/ebml-walker.js';
import { writeMatroska } from './support/odd-matroska.js';
import { seededRandom } from './support/seeded-random.js';
import { ScriptedSource } from './support/scripted-source.js';
import {
  decodeAudio,
  joinSegments,
  makeAllSegments,
  openAudio,
  segmentBytes,
  type OpenedAudio,
} from './support/segmented-audio.js';
import { loudness, sweepLag } from './support/sweep-lag.js';

const durationMs = 11_000;

const COPIED = {
  aac441: SOUNDS.aac,
  aac48: { ...SOUNDS.aac, sampleRate: 48_000, source: SOUNDS.opus.source },
  opus: SOUNDS.opus,
  flac441: SOUNDS.flac,
  ac3: SOUNDS.ac3,
  eac3: SOUNDS.eac3,
} as const;

function fixture(name: keyof typeof COPIED): Fixture {
  return {
    name: `segments-${name}`,
    spec: { durationMs, video: [PICTURES.h264], audio: [COPIED[name]] },
  };
}

let pool: EnginePool;
before(async () => {
  pool = createEnginePool({ size: 2 });
  await pool.ready();
});
after(() => pool[Symbol.asyncDispose]());

async function bytesOf(name: keyof typeof COPIED): Promise<Uint8Array> {
  return Uint8Array.from(readFileSync(await fixturePath(pool, fixture(name))));
}

describe('copied audio segments', () => {
  for (const name of Object.keys(COPIED) as (keyof typeof COPIED)[]) {
    it(`hold each packet once and abut to the tick: ${name}`, async () => {
      const bytes = await bytesOf(name);
      const opened = await openAudio(bytes);
      const track = copyTrack(opened);
      assert.ok(track.timing.starts.length >= 5);
      const segments = await makeAllSegments(track);
      assertAbut(segments, track.timing.starts);
      const joined = segments.flatMap(({ track: { samples } }) => samples.map(({ data }) => data));
      const { packets } = opened.audio[0]!;
      assert.equal(joined.length, packets.length);
      joined.forEach((data, i) => assert.deepEqual(data, packets[i]!.data));

      const [mine, theirs] = [
        await decodeAudio(await joinSegments(track, segments)),
        await decodeAudio(bytes, 'mkv'),
      ];
      assert.equal(mine.messages, '');
      assert.ok(Math.abs(mine.samples.length - theirs.samples.length) === 0);
      assert.deepEqual(mine.samples, theirs.samples);
    });

    it(`are the same bytes in any order, from chunks of any size: ${name}`, async () => {
      const bytes = await bytesOf(name);
      const track = copyTrack(await openAudio(bytes));
      const inOrder = (await makeAllSegments(track)).map(segmentBytes);
      const chopped = copyTrack(await openAudio(bytes, 2, new ScriptedSource(bytes, { chunkBytes: 1009 })));
      const backwards = await makeAllSegments(chopped, [...inOrder.keys()].reverse());
      assert.deepEqual(backwards.map(segmentBytes), inOrder);
    });
  }
});

describe('audio segments of difficult sources', () => {
  it('are silent before a late start, copied and encoded, and in time after it', async () => {
    for (const [name, startMs] of [
      ['h264-lateaac', 700],
      ['h264-lateflac', 333],
      ['h264-lateeac3', 700],
    ] as const) {
      const opened = await openAudio(await fixtureBytes(pool, name), 1);
      const isCopyable = copiesWithoutHoles(opened.context, opened.audio[0]!.track, opened.audio[0]!);
      assert.equal(isCopyable, name !== 'h264-lateeac3', name);
      for (const track of [encodeTrack(opened), ...(isCopyable ? [copyTrack(opened)] : [])]) {
        const segments = await makeAllSegments(track);
        assertAbut(segments, track.timing.starts);
        assert.equal(segments[0]!.track.baseMediaDecodeTime, 0);
        const { samples, messages } = await decodeAudio(await joinSegments(track, segments));
        assert.equal(messages, '');
        const channels = opened.audio[0]!.track.channels === 6 && isCopyable ? 6 : 2;
        const heard = heardOf(samples, track.timing.timescale, channels);
        assert.ok(loudness(heard, 0.05, startMs / 1000 - 0.06) < 1e-4, `${name} is silent before its start`);
        const lag = sweepLag(heard, startMs / 1000 + 0.8, startMs / 1000);
        assert.ok(Math.abs(lag) < 0.03, `${name}: ${lag}`);
      }
    }
  });

  it('are silent where the source has a gap, and in time behind it', async () => {
    for (const name of ['aac48', 'flac441', 'opus', 'eac3'] as const) {
      // From 2.5 to 7 s there is nothing: two whole segments, and a part of a third.
      const gapped = leaveOut(await bytesOf(name), (frame) => !isAudioIn(frame, 2.5, 7));
      const opened = await openAudio(gapped);
      const encoded = encodeTrack(opened);
      const made = await makeAllSegments(encoded);
      const { samples } = await decodeAudio(await joinSegments(encoded, made));
      assert.equal(samples.length, encoded.timing.end * 2);
      const heard = heardOf(samples, 48_000, 2);
      assert.ok(loudness(heard, 2.6, 6.9) < 1e-3, name);
      for (const at of [1, 8.1]) assert.ok(Math.abs(sweepLag(heard, at, 0)) < 0.03);

      const copied = copyTrack(opened);
      const segments = await makeAllSegments(copied);
      assertAbut(segments, copied.timing.starts);
      assert.ok(segments.every(({ track }) => track.samples.length > 0));
      assert.ok(segments.some(({ remarks }) => remarks.length > 0));
      const { messages } = await decodeAudio(await joinSegments(copied, segments));
      assert.equal(messages, '');
      // What is copied stands at its time.
      const own = segments.flatMap(timedSamples);
      for (const { presentationTime, data } of opened.audio[0]!.packets) {
        const time = ((presentationTime - opened.context.origin.ticks) * copied.timing.timescale) / 1e9;
        assert.ok(
          own.some(
            (one) =>
              Math.abs(one.time - time) <= copied.timing.timescale / 500 && one.data.length === data.length,
          ),
        );
      }
    }
  });

  it('go on in silence where the track ends early', async () => {
    for (const name of ['aac48', 'flac441', 'ac3'] as const) {
      const cut = leaveOut(await bytesOf(name), (frame) => !isAudioIn(frame, 5.2, Infinity));
      const opened = await openAudio(cut);
      assert.equal(
        copiesWithoutHoles(opened.context, opened.audio[0]!.track, opened.audio[0]!),
        name !== 'ac3',
      );
      const track = name === 'ac3' ? encodeTrack(opened) : copyTrack(opened);
      const segments = await makeAllSegments(track);
      assertAbut(segments, track.timing.starts);
      assert.ok(segments.at(-1)!.endTicks >= (track.timing.timescale * durationMs) / 1000 - 5000);
      const { samples, messages } = await decodeAudio(await joinSegments(track, segments));
      assert.equal(messages, '');
      assert.ok(loudness(heardOf(samples, track.timing.timescale, 2), 5.4, 9) < 1e-3);
    }
  });

  it('find audio that the muxer put seconds before or behind its video', async () => {
    const straight = await openAudio(await bytesOf('aac48'));
    const expected = (await makeAllSegments(copyTrack(straight))).map(segmentBytes);
    const encoded = (await makeAllSegments(encodeTrack(straight))).map(segmentBytes);
    for (const bySeconds of [-2.5, -1, 1, 2.5, 4]) {
      const bytes = interleave(await bytesOf('aac48'), bySeconds);
      const opened = await openAudio(bytes);
      assert.deepEqual(
        (await makeAllSegments(copyTrack(opened))).map(segmentBytes),
        expected,
        `${bySeconds} s`,
      );
      assert.deepEqual((await makeAllSegments(encodeTrack(opened))).map(segmentBytes), encoded);
    }
  });

  it('do not follow a packet whose time is an hour ahead', async () => {
    const sound = await openAudio(await bytesOf('eac3'));
    const expected = (await makeAllSegments(copyTrack(sound))).map(segmentBytes);
    const plain = readPlainMatroska(await bytesOf('eac3'));
    const victim = plain.frames.filter(isAudio)[100];
    const frames = plain.frames.map((frame) =>
      frame === victim ? { ...frame, timeNs: frame.timeNs + 3600e9 } : frame,
    );
    const lied = writeMatroska({ ...plain, frames });
    const opened = await openAudio(lied);
    // The plan and the track's end are those of the sound source: what is tested is the reading.
    const { plan, index } = sound.context;
    const { trackEndsNs } = index!;
    const context = { ...opened.context, plan, index: { ...opened.context.index!, trackEndsNs } };
    const copied = copyTrack({ ...opened, context });
    assert.deepEqual((await makeAllSegments(copied)).map(segmentBytes), expected);
    const encoded = encodeTrack({ ...opened, context });
    assert.equal(encoded.timing.end, encodeTrack(sound).timing.end);
    const made = await makeAllSegments(encoded);
    assert.deepEqual(made.map(segmentBytes), (await makeAllSegments(encodeTrack(sound))).map(segmentBytes));
  });

  it('abut and stay the same where many times are damaged', async () => {
    for (const name of ['aac48', 'opus', 'eac3'] as const) {
      const random = seededRandom(name);
      const plain = readPlainMatroska(await bytesOf(name));
      const sound = await openAudio(writeMatroska(plain));
      const wrong = (): number => (random(2) - 0.5) * 2 * random(3_600_000) * 1e6;
      const frames = plain.frames.map((frame) =>
        isAudio(frame) && random(5) === 0 ? { ...frame, timeNs: Math.max(0, frame.timeNs + wrong()) } : frame,
      );
      const opened = await openAudio(writeMatroska({ ...plain, frames }));
      const { plan, index } = sound.context;
      const { trackEndsNs } = index!;
      const context = { ...opened.context, plan, index: { ...opened.context.index!, trackEndsNs } };
      const track = copyTrack({ ...opened, context });
      const segments = await makeAllSegments(track);
      assertAbut(segments, track.timing.starts);
      const backwards = await makeAllSegments(track, [...segments.keys()].reverse());
      assert.deepEqual(backwards.map(segmentBytes), segments.map(segmentBytes));
      const made = await makeAllSegments(encodeTrack({ ...opened, context }));
      assert.equal(made.at(-1)!.endTicks, encodeTrack(sound).timing.end);
    }
  });

  it('do not reach to where a last packet lies that it ends', async () => {
    const { context, audio } = await openAudio(await bytesOf('eac3'));
    const { track, firstPacket, anchorTime } = audio[0]!;
    const index = { ...context.index!, trackEndsNs: new Map([[track.id, 3600e9]]) };
    const configuration = configureAudio(track, firstPacket)!;
    const options = { firstPacket, anchorTime, configuration };
    for (const { timing } of [
      new AudioCopyTrack({ ...context, index }, track, options),
      encodeTrack({ ...(await openAudio(await bytesOf('eac3'))), context: { ...context, index } }),
    ]) {
      assert.ok(timing.end / timing.timescale < durationMs / 1000 + 11);
    }
  });

  it('read each byte about once in sequence', async () => {
    for (const name of ['eac3', 'flac441'] as const) {
      const bytes = await bytesOf(name);
      const source = new ScriptedSource(bytes, { chunkBytes: 16_384 });
      const opened = await openAudio(bytes, 2, source);
      const track = copyTrack(opened);
      const before = source.bytesRead;
      const count = track.timing.starts.length;
      await makeAllSegments(track);
      const share = (source.bytesRead - before) / source.size!;
      // Without a cache. Each segment is two Clusters long, and looks into the next one.
      assert.ok(share < 1.75, `${name}: ${share} times the file in ${count} segments`);
    }
  });

  it('come from every track of a source, and from one without video', async () => {
    for (const name of ['h264-many-tracks', 'audio-only-aac', 'audio-only-eac3', 'audio-only-flac']) {
      const opened = await openAudio(await fixtureBytes(pool, name), 1);
      for (const index of opened.audio.keys()) {
        const track = copyTrack(opened, index);
        const segments = await makeAllSegments(track);
        assertAbut(segments, track.timing.starts);
        const own = opened.audio[index]!.packets;
        const made = segments.flatMap(({ track: { samples } }) => samples);
        const missing = own.filter(({ data }) => !made.some((one) => Buffer.compare(one.data, data) === 0));
        assert.deepEqual(missing, []);
        const encoded = encodeTrack(opened, index);
        const { samples, messages } = await decodeAudio(
          await joinSegments(encoded, await makeAllSegments(encoded)),
        );
        assert.equal(messages, '');
        assert.equal(samples.length, encoded.timing.end * 2);
      }
    }
  });

  it('end when their signal does', async () => {
    const opened = await openAudio(await bytesOf('aac48'));
    const reason = new RangeError('gone');
    for (const track of [copyTrack(opened), encodeTrack(opened)]) {
      await assert.rejects(track.segment(1, AbortSignal.abort(reason)), (error) => error === reason);
    }
  });
});

function copyTrack({ context, audio }: OpenedAudio, index = 0): AudioCopyTrack {
  const { track, firstPacket, anchorTime } = audio[index]!;
  const configuration = configureAudio(track, firstPacket)!;
  return new AudioCopyTrack(context, track, { firstPacket, anchorTime, configuration });
}

function encodeTrack({ context, audio }: OpenedAudio, index = 0): AudioEncodeTrack {
  const { track, firstPacket, anchorTime } = audio[index]!;
  return new AudioEncodeTrack(context, track, {
    firstPacket,
    anchorTime,
    engines: { get: () => pool },
    output: DEFAULT_AUDIO_OUTPUT,
  });
}

/** Whether a frame is of sound: fixtures have one track of pictures, the first. */
function isAudio({ track }: PlainFrame): boolean {
  return track !== 1;
}

function isAudioIn(frame: PlainFrame, fromSeconds: number, toSeconds: number): boolean {
  return isAudio(frame) && frame.timeNs >= fromSeconds * 1e9 && frame.timeNs < toSeconds * 1e9;
}

function leaveOut(bytes: Uint8Array, keep: (frame: PlainFrame) => boolean): Uint8Array {
  return writeMatroska(readPlainMatroska(bytes), { keep });
}

/** Stores the sound that many seconds behind the pictures of its time. */
function interleave(bytes: Uint8Array, bySeconds: number): Uint8Array {
  const plain = readPlainMatroska(bytes);
  const place = (frame: PlainFrame): number => frame.timeNs + (isAudio(frame) ? bySeconds * 1e9 : 0);
  // Pictures keep their order among themselves: by that of decoding, not by their times.
  const pictures = plain.frames.filter((frame) => !isAudio(frame));
  const sounds = plain.frames.filter(isAudio);
  const frames: PlainFrame[] = [];
  for (const picture of pictures) {
    while (sounds.length > 0 && place(sounds[0]!) <= picture.timeNs) frames.push(sounds.shift()!);
    frames.push(picture);
  }
  return writeMatroska({ ...plain, frames: [...frames, ...sounds] });
}

function timedSamples({ track }: SegmentSamples): { time: number; data: Uint8Array }[] {
  let time = track.baseMediaDecodeTime;
  return track.samples.map(({ duration, data }) => ({ time: (time += duration) - duration, data }));
}

/** Each segment begins where the one before ends, near its planned start. */
function assertAbut(segments: readonly SegmentSamples[], starts: readonly number[]): void {
  segments.forEach(({ track, endTicks }, number) => {
    const { baseMediaDecodeTime, samples } = track;
    assert.ok(samples.length > 0);
    assert.ok(samples.every(({ duration }) => duration > 0));
    const length = samples.reduce((sum, { duration }) => sum + duration, 0);
    assert.equal(baseMediaDecodeTime + length, endTicks, `segment ${number}`);
    const next = segments[number + 1];
    if (next !== undefined) assert.equal(next.track.baseMediaDecodeTime, endTicks, `segment ${number}`);
    assert.ok(Math.abs(baseMediaDecodeTime - starts[number]!) <= 4800, `segment ${number}`);
  });
}

function heardOf(samples: Float32Array, rate: number, channels: number) {
  const first = samples.filter((_, i) => i % channels === 0);
  return { samples: first, rate, startsAt: 0 };
}
