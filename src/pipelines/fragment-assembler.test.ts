import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleOf } from '../../test/support/samples.js';
import { audioTrack, videoTrack } from '../../test/support/tracks.js';
import type { AudioConfiguration, VideoConfiguration } from '../codecs/configuration.js';
import type { FragmentTrack } from '../isobmff/fragment.js';
import type { Sample } from '../media/sample.js';
import type { Instant } from '../time/instant.js';
import { AudioCopyLane } from './audio-copy-lane.js';
import { FragmentAssembler, type AssemblerOptions } from './fragment-assembler.js';
import { VideoCopyLane } from './video-copy-lane.js';

const ms = 1_000_000;
const decoder = { kind: 'box', type: 'avcC', payload: new Uint8Array(0) } as const;
const videoConfiguration: VideoConfiguration = {
  sampleEntry: 'avc1',
  codecString: 'avc1.640028',
  decoder,
  width: 16,
  height: 16,
  pixelAspectRatio: undefined,
  color: undefined,
  masteringDisplay: undefined,
  contentLight: undefined,
  dolbyVision: undefined,
  reorderDepth: 0,
  bitDepth: 8,
  chroma: '4:2:0',
};
const audioConfiguration: AudioConfiguration = {
  sampleEntry: 'mp4a',
  codecString: 'mp4a.40.2',
  decoder,
  sampleRate: 48_000,
  channels: 2,
  sampleSize: 16,
  preRoll: 0,
};

const sample = (trackId: number, timeMs: number): Sample =>
  sampleOf({ trackId, presentationTime: Math.round(timeMs) * ms });

/** 25 pictures a second, of which the first of each second is startable (its byte is 1). */
const picture = (timeMs: number): Sample => ({
  ...sample(1, timeMs),
  data: Uint8Array.of(timeMs % 1000 === 0 ? 1 : 0),
});
const pictures = (fromMs: number, toMs: number): Sample[] => range(fromMs, toMs, 40).map(picture);
/** Packets of 1024 samples at 48 kHz. */
const packets = (fromMs: number, toMs: number): Sample[] =>
  range(0, (toMs - fromMs) * 48, 1024).map((position) => sample(2, fromMs + position / 48));

function range(from: number, to: number, step: number): number[] {
  const values: number[] = [];
  for (let value = from; value < to; value += step) values.push(value);
  return values;
}

function lanes(startMs?: number, anchorMs = 0) {
  const video = new VideoCopyLane(videoTrack('h264', { id: 1, defaultDuration: 40 * ms }), {
    trackId: 1,
    configuration: videoConfiguration,
    inspect: (data) => ({
      hasPicture: true,
      randomAccess: data[0] === 1 ? 'start' : 'none',
      leading: 'none',
      isDisposable: false,
      hasParameterSets: false,
    }),
    convert: undefined,
    anchorTime: anchorMs * ms,
    startTime: startMs === undefined ? undefined : startMs * ms,
  });
  const audio = new AudioCopyLane(audioTrack('aac', { id: 2 }), {
    trackId: 2,
    configuration: audioConfiguration,
    durations: Object.assign(() => 1024, { rate: 48_000, isRateKnown: true, quantum: undefined }),
    convert: undefined,
  });
  return { video, audio };
}

const zero: Instant = { ticks: 0, timescale: 1 };
const { signal } = new AbortController();

function assembler(options: Partial<AssemblerOptions>) {
  return new FragmentAssembler({
    video: undefined,
    audio: undefined,
    origin: zero,
    start: zero,
    maxDurationMs: undefined,
    signal,
    ...options,
  });
}

/** Cuts all that can be cut now; a fragment reads `v<start>+<count> a<start>+<count>`, starts in milliseconds. */
async function cutAll(from: FragmentAssembler): Promise<string[]> {
  const texts: string[] = [];
  for (;;) {
    const fragment = from.cut();
    if (fragment === undefined) return texts;
    const tracks = await fragment;
    // Nothing need be left of either track at the very end.
    if (tracks.length > 0) texts.push(tracks.map(textOf).join(' '));
  }
}

function textOf({ trackId, baseMediaDecodeTime, samples }: FragmentTrack): string {
  const startMs = Math.round(baseMediaDecodeTime / (trackId === 1 ? 25 : 48));
  return `${trackId === 1 ? 'v' : 'a'}${startMs}+${samples.length}`;
}

describe('FragmentAssembler', () => {
  it('cuts both tracks at the same instants, short fragments first', async () => {
    const { video, audio } = lanes();
    const fragments = assembler({ video, audio });
    fragments.push([...pictures(0, 8000), ...packets(0, 8000)]);
    fragments.finish();
    assert.deepEqual(await cutAll(fragments), [
      'v0+7 a0+14',
      'v280+13 a299+24',
      'v800+25 a811+47',
      'v1800+50 a1813+94',
      'v3800+50 a3819+93',
      'v5800+50 a5803+94',
      'v7800+5 a7808+9',
    ]);
    assert.equal(fragments.cut(), undefined);
    assert.equal(fragments.isDone, true);
    assert.equal(Math.round(fragments.cutMs), 8000);
  });

  it('sends audio that goes on after the video, and video that goes on after the audio', async () => {
    const longAudio = lanes();
    let fragments = assembler(longAudio);
    fragments.push([...pictures(0, 200), ...packets(0, 2000)]);
    fragments.finish();
    assert.deepEqual(await cutAll(fragments), ['v0+5 a0+10', 'a213+23', 'a704+47', 'a1707+14']);

    const longVideo = lanes();
    fragments = assembler(longVideo);
    fragments.push([...packets(0, 200), ...pictures(0, 1000)]);
    fragments.finish();
    assert.deepEqual(await cutAll(fragments), ['v0+7 a0+10', 'v280+13', 'v800+5']);
  });

  it('waits for the audio of a fragment, but not for ever', async () => {
    const { video, audio } = lanes();
    const fragments = assembler({ video, audio });
    fragments.push(pictures(0, 8000));
    assert.deepEqual(await cutAll(fragments), []);
    fragments.push(pictures(8000, 12_000));
    assert.deepEqual(await cutAll(fragments), ['v0+7', 'v280+13', 'v800+25']);
    // What comes late is sent late, with its own time.
    fragments.push(packets(0, 12_000));
    assert.equal((await cutAll(fragments))[0], 'v1800+50 a0+179');
  });

  it('goes on with audio alone while the video pauses', async () => {
    const { video, audio } = lanes();
    const fragments = assembler({ video, audio });
    fragments.push([...pictures(0, 400), ...packets(0, 9000)]);
    assert.deepEqual(await cutAll(fragments), ['v0+7 a0+14']);
    fragments.push(packets(9000, 13_000));
    assert.ok((await cutAll(fragments)).some((text) => text.startsWith('a')));
  });

  it('sends the last pictures before a pause with the audio of their time', async () => {
    const { video, audio } = lanes();
    const fragments = assembler({ video, audio });
    fragments.push([...pictures(0, 400), ...packets(0, 13_000)]);
    // The very last one waits: how long it is shown is not known.
    assert.deepEqual((await cutAll(fragments)).slice(0, 2), ['v0+7 a0+14', 'v280+2 a299+23']);
    fragments.push([picture(13_000), picture(13_040)]);
    fragments.finish();
    assert.deepEqual(
      (await cutAll(fragments)).map((text) => text.split(' ')[0]),
      ['v360+1', 'v13000+2'],
    );
  });

  it('cuts the same whether samples come one by one or all at once, also when a track lags', async () => {
    const orders = [
      [...pictures(0, 30_000), ...packets(0, 30_000)],
      [...packets(0, 30_000), ...pictures(0, 30_000)],
      [...pictures(0, 4000), ...packets(0, 30_000), ...pictures(4000, 5000)],
      [...packets(0, 700), ...pictures(0, 30_000), ...packets(700, 9000)],
    ];
    for (const samples of orders) {
      const results: string[][] = [];
      for (const size of [1, 7, 500, samples.length]) {
        const fragments = assembler(lanes());
        const texts: string[] = [];
        for (let at = 0; at < samples.length; at += size) {
          fragments.push(samples.slice(at, at + size));
          texts.push(...(await cutAll(fragments)));
        }
        fragments.finish();
        results.push([...texts, ...(await cutAll(fragments))]);
      }
      for (const result of results) assert.deepEqual(result, results[0]);
    }
  });

  it('ends after the wanted length, and asks for nothing more', async () => {
    const { video, audio } = lanes();
    const fragments = assembler({ video, audio, maxDurationMs: 1000 });
    fragments.push([...pictures(0, 8000), ...packets(0, 8000)]);
    const texts = await cutAll(fragments);
    assert.equal(fragments.isDone, true);
    assert.deepEqual(texts, ['v0+7 a0+14', 'v280+13 a299+24', 'v800+5 a811+9']);
  });

  it('begins in the middle at zero, or at the time of the source', async () => {
    for (const [origin, expected] of [
      [undefined, 'v0+7 a8+13'],
      [zero, 'v3000+7 a3008+13'],
    ] as const) {
      const { video, audio } = lanes(3500);
      const fragments = assembler({ video, audio, origin, start: undefined });
      const all = [
        ...pictures(2000, 6000),
        ...packets(0, 6000).filter((s) => s.presentationTime >= 1900 * ms),
      ];
      fragments.push(all.sort((a, b) => a.presentationTime - b.presentationTime));
      assert.equal((await cutAll(fragments))[0], expected);
      assert.deepEqual(fragments.startOnSource, { ticks: 75_000, timescale: 25_000 });
    }
  });

  it('begins no earlier than its first picture, whatever times damage has given to the next ones', async () => {
    for (const times of [
      [1000, 40, 1080, 0, 1160],
      [1040, 0, 40, 1080],
    ]) {
      const { video } = lanes(undefined, times[0]);
      const origin: Instant = { ticks: times[0]!, timescale: 1000 };
      const fragments = assembler({ video, origin, start: origin });
      fragments.push(times.map((time) => picture(time)));
      fragments.finish();
      const [track] = await fragments.cut()!;
      assert.ok(track!.baseMediaDecodeTime >= 0, `begins at ${track!.baseMediaDecodeTime}`);
    }
  });

  it('refuses to hold audio for a picture that never comes', () => {
    const { video, audio } = lanes();
    const fragments = assembler({ video, audio });
    const heavy = range(0, 70, 1).map((i) => ({ ...sample(2, i * 21), data: new Uint8Array(1024 * 1024) }));
    assert.throws(() => fragments.push(heavy), /no picture that playing can begin at/);
  });

  it('tells from where on each fragment and what follows it hold bytes of the source', async () => {
    const at = (samples: readonly Sample[]): Sample[] => samples.map((s, i) => ({ ...s, offset: i * 10 }));
    const ordered = [...pictures(0, 3000), ...packets(0, 3000)].sort(
      (a, b) => a.presentationTime - b.presentationTime,
    );
    const { video, audio } = lanes();
    const fragments = assembler({ video, audio });
    const samples = at(ordered);
    fragments.push(samples);
    fragments.finish();
    const texts = await cutAll(fragments);
    assert.deepEqual(texts.slice(0, 3), ['v0+7 a0+14', 'v280+13 a299+24', 'v800+25 a811+47']);
    const offsetOf = (trackId: number, timeMs: number): number =>
      samples.find((s) => s.trackId === trackId && s.presentationTime >= Math.floor(timeMs) * ms)!.offset;
    assert.equal(fragments.takeHeldFrom(), 0);
    assert.equal(fragments.takeHeldFrom(), offsetOf(1, 280));
    assert.equal(fragments.takeHeldFrom(), offsetOf(1, 800));
  });

  it('does not tell it of samples that are not in the order of their offsets', () => {
    const { video } = lanes();
    const fragments = assembler({ video });
    fragments.push(pictures(0, 1000).map((s, i) => ({ ...s, offset: 1000 - i })));
    void fragments.cut();
    assert.equal(fragments.takeHeldFrom(), Number.NEGATIVE_INFINITY);
  });
});
