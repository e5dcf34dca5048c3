import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeVideo, pipeThrough, readStamps, stampedSource } from '../../test/support/stamped-video.js';
import { createEnginePool, type EnginePool } from './pool.js';
import { makeStill, writeStillSheet, type StillJob, type StillPicture } from './still-job.js';
import type { SynthesizedVideo } from './synthesis.js';
import type { VideoDecoderConfig } from './video-job.js';

/** Red on the left, blue on the right; the upper quarter is white. */
const PAINTED =
  "color=black:size=320x180:rate=25,format=gbrp,geq=r='if(lt(Y,H/4),255,if(lt(X,W/2),255,0))':g='if(lt(Y,H/4),255,0)':b='if(lt(Y,H/4),255,if(lt(X,W/2),0,255))'";

const H264: SynthesizedVideo = {
  encoder: 'libx264',
  source: stampedSource(),
  gop: 25,
  options: { preset: 'ultrafast', crf: '20', 'x264-params': 'bframes=2:open-gop=0' },
};

interface Pixel {
  readonly x: number;
  readonly y: number;
}

describe('stills', () => {
  let pool: EnginePool;
  before(() => {
    pool = createEnginePool({ size: 1, videoEncoder: 'software' });
  });
  after(async () => await pool[Symbol.asyncDispose]());

  /** Encodes a video and makes a still of its picture at a time, by the keyframe alone. */
  const stillOf = async (
    video: SynthesizedVideo,
    decoder: Partial<VideoDecoderConfig> & { readonly codec: string },
    job: Partial<StillJob> = {},
    keyframe = 0,
  ): Promise<StillPicture> => {
    const { codecPrivate, packets } = await makeVideo(pool, video, keyframe === 0 ? 200 : 2000);
    const key = packets.filter(({ isSync }) => isSync)[keyframe]!;
    const still = await makeStill(pool, {
      decoder: {
        codecTag: decoder.codec,
        codecPrivate: codecPrivate.byteLength > 0 ? codecPrivate : undefined,
        width: 320,
        height: 180,
        pixelAspectRatio: [1, 1],
        color: undefined,
        ...decoder,
      },
      packets: [key.data],
      width: 240,
      height: 180,
      ...job,
    });
    assert.ok(still !== undefined, 'the keyframe can be decoded alone');
    return still;
  };
  const jpegOf = (still: StillPicture): Promise<Uint8Array> =>
    writeStillSheet(pool, {
      ...{ width: still.width, height: still.height, quantizer: 2 },
      pictures: [{ x: 0, y: 0, picture: still }],
    });
  const pixelsOf = (jpeg: Uint8Array, format: 'gray' | 'rgb24'): Promise<Uint8Array> =>
    pipeThrough('ffmpeg', jpeg, [
      ...['-v', 'error', '-f', 'mjpeg', '-i', 'pipe:0', '-sws_flags', 'accurate_rnd+full_chroma_int'],
      ...['-f', 'rawvideo', '-pix_fmt', format, 'pipe:1'],
    ]);
  const colourAt = async (still: StillPicture, { x, y }: Pixel): Promise<number[]> => {
    const pixels = await pixelsOf(await jpegOf(still), 'rgb24');
    const at = (Math.floor(y * still.height) * still.width + Math.floor(x * still.width)) * 3;
    return [...pixels.subarray(at, at + 3)];
  };
  const isNear = (colour: readonly number[], expected: readonly number[], tolerance = 24): boolean =>
    colour.every((value, i) => Math.abs(value - expected[i]!) <= tolerance);

  test('show the picture of their keyframe, at the size that fits, from its packet alone', async () => {
    for (const keyframe of [0, 1]) {
      const still = await stillOf(H264, { codec: 'h264' }, {}, keyframe);
      assert.deepEqual([still.width, still.height], [240, 136]);
      const grey = await pixelsOf(await jpegOf(still), 'gray');
      assert.deepEqual(readStamps(grey, still.width, still.height), [keyframe * 25]);
    }
  });

  const codecs: readonly (readonly [string, SynthesizedVideo])[] = [
    ['hevc', { encoder: 'libx265', source: PAINTED, options: { 'x265-params': 'log-level=error:pools=1' } }],
    ['vp9', { encoder: 'libvpx-vp9', source: PAINTED, bitRate: 900_000, options: { deadline: 'realtime' } }],
    ['av1', { encoder: 'libsvtav1', source: PAINTED, options: { preset: '12', 'svtav1-params': 'lp=1' } }],
    ['mpeg2video', { encoder: 'mpeg2video', source: PAINTED, bitRate: 2_000_000 }],
    ['mpeg4', { encoder: 'mpeg4', source: PAINTED, bitRate: 2_000_000 }],
    [
      'h264',
      {
        encoder: 'libx264',
        source: `${PAINTED},format=yuv420p10le`,
        options: { preset: 'ultrafast', crf: '16' },
      },
    ],
  ];
  for (const [codec, video] of codecs) {
    test(`of ${video.encoder} have the colours of the source`, async () => {
      const still = await stillOf({ gop: 25, ...video }, { codec });
      assert.ok(isNear(await colourAt(still, { x: 0.25, y: 0.6 }), [254, 0, 0]), 'red on the left');
      assert.ok(isNear(await colourAt(still, { x: 0.75, y: 0.6 }), [0, 0, 254]), 'blue on the right');
      assert.ok(isNear(await colourAt(still, { x: 0.5, y: 0.1 }), [255, 255, 255]), 'white above');
    });
  }

  test('stand upright: turned clockwise, and mirrored before that', async () => {
    const video = { ...H264, source: PAINTED };
    const turned = await stillOf(video, { codec: 'h264' }, { rotation: 90, width: 180, height: 320 });
    assert.deepEqual([turned.width, turned.height], [180, 320]);
    // What was above is at the right now, and what was at the left is above.
    assert.ok(isNear(await colourAt(turned, { x: 0.9, y: 0.5 }), [255, 255, 255]));
    assert.ok(isNear(await colourAt(turned, { x: 0.3, y: 0.2 }), [254, 0, 0]));
    const mirrored = await stillOf(video, { codec: 'h264' }, { rotation: 90, isMirrored: true });
    assert.ok(isNear(await colourAt(mirrored, { x: 0.3, y: 0.2 }), [0, 0, 254]));
    const upsideDown = await stillOf(video, { codec: 'h264' }, { rotation: 180 });
    assert.ok(isNear(await colourAt(upsideDown, { x: 0.5, y: 0.9 }), [255, 255, 255]));
    assert.ok(isNear(await colourAt(upsideDown, { x: 0.25, y: 0.4 }), [0, 0, 254]));
    const left = await stillOf(video, { codec: 'h264' }, { rotation: 270 });
    assert.ok(isNear(await colourAt(left, { x: 0.1, y: 0.5 }), [255, 255, 255]));
  });

  test('have square pixels, and are never enlarged', async () => {
    const wide = await stillOf(H264, { codec: 'h264', pixelAspectRatio: [4, 3] });
    assert.deepEqual([wide.width, wide.height], [240, 102]);
    const small = await stillOf(H264, { codec: 'h264' }, { width: 1280, height: 1280 });
    assert.deepEqual([small.width, small.height], [320, 180]);
  });

  test('of HDR are as bright as on an SDR screen', async () => {
    // 58 % of PQ is 203 cd/m2, the white of BT.2408.
    const video = {
      ...{ encoder: 'libx265', gop: 25, source: 'color=0x949494:size=320x180:rate=25,format=yuv420p10le' },
      options: { 'x265-params': 'log-level=error:pools=1', preset: 'ultrafast' },
    };
    const color = { primaries: 9, transfer: 16, matrix: 9, fullRange: false };
    const hdr = await stillOf(video, { codec: 'hevc', color });
    const sdr = await stillOf(video, { codec: 'hevc' });
    assert.ok(hdr.brightness > 180, `tone-mapped to ${hdr.brightness}`);
    assert.ok(Math.abs(sdr.brightness - 0x94) < 4, `left at ${sdr.brightness}`);
  });

  test('of interlaced video show no comb', async () => {
    // A bar that moves by its own width from field to field.
    const bar = "geq=lum='if(eq(mod(floor(X/32),2),mod(N,2)),235,16)':cb=128:cr=128";
    const video = {
      ...{ encoder: 'mpeg2video', gop: 12, bitRate: 4_000_000 },
      source: `color=black:size=320x192:rate=50,${bar},interlace=lowpass=off`,
      options: { flags: '+ilme+ildct' },
    };
    const still = await stillOf(video, { codec: 'mpeg2video', height: 192 }, { width: 320, height: 192 });
    const grey = await pixelsOf(await jpegOf(still), 'gray');
    const column = Array.from({ length: still.height }, (_, y) => grey[y * still.width + 16]!);
    const steps = column.slice(1).filter((value, y) => Math.abs(value - column[y]!) > 60);
    assert.ok(steps.length < 4, `${steps.length} lines differ from the one above`);
  });

  test('tell how bright and how full of contrast they are', async () => {
    const even = await stillOf({ ...H264, source: 'color=0x808080:size=320x180:rate=25' }, { codec: 'h264' });
    assert.ok(Math.abs(even.brightness - 128) < 3 && even.contrast < 2, JSON.stringify(even.contrast));
    const bars = await stillOf(H264, { codec: 'h264' }, {}, 1);
    assert.ok(bars.contrast > 80, String(bars.contrast));
  });

  test('of a packet that cannot be decoded are none', async () => {
    const { codecPrivate } = await makeVideo(pool, H264);
    const decoder = {
      ...{ codec: 'h264', codecTag: 'avc1', codecPrivate, color: undefined },
      ...{ width: 320, height: 180, pixelAspectRatio: [1, 1] as const },
    };
    const broken = Uint8Array.from({ length: 400 }, (_, i) => (i < 4 ? [0, 0, 1, 140][i]! : i % 251));
    assert.equal(await makeStill(pool, { decoder, packets: [broken], width: 240, height: 180 }), undefined);
  });

  test('of a picture that others came before are none, whatever its container says', async () => {
    const video = { ...H264, encoder: 'mpeg4', bitRate: 2_000_000, options: {} };
    const { codecPrivate, packets } = await makeVideo(pool, video, 400);
    const decoder = {
      ...{ codec: 'mpeg4', codecTag: 'mp4v', codecPrivate, color: undefined },
      ...{ width: 320, height: 180, pixelAspectRatio: [1, 1] as const },
    };
    const box = { width: 240, height: 180 };
    const [first, second] = packets.map(({ data }) => data);
    assert.equal(await makeStill(pool, { decoder, packets: [second!], ...box }), undefined);
    assert.ok(await makeStill(pool, { decoder, packets: [first!], ...box }));
  });

  test('lie in a sheet where they are put, and the rest of it is grey', async () => {
    const still = await stillOf({ ...H264, source: PAINTED }, { codec: 'h264' }, { width: 80, height: 80 });
    const sheet = { width: 160, height: 92, quantizer: 3, pictures: [{ x: 80, y: 46, picture: still }] };
    const jpeg = await writeStillSheet(pool, sheet);
    const pixels = await pixelsOf(jpeg, 'rgb24');
    assert.equal(pixels.byteLength, 160 * 92 * 3);
    const at = (x: number, y: number): number[] => [
      ...pixels.subarray((y * 160 + x) * 3, (y * 160 + x) * 3 + 3),
    ];
    assert.ok(isNear(at(90, 80), [254, 0, 0]));
    assert.ok(isNear(at(150, 80), [0, 0, 254]));
    assert.ok(isNear(at(20, 20), [56, 56, 56], 4));
    const outside = { ...sheet, width: 150 };
    await assert.rejects(writeStillSheet(pool, outside), /does not lie within 150 x 92/);
  });
});
