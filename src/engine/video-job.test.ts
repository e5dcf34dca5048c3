import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EngineError } from '../errors.js';
import type { EnginePool } from './pool.js';
import { VideoEncoders } from './video-encoders.js';
import { encodeVideo, type EncodeVideoJob, type EncodeVideoReply } from './video-job.js';
import { DEFAULT_VIDEO_OUTPUT } from './video-output.js';

const NOTHING: EncodeVideoReply = {
  ...{ avcCBytes: 0, samples: [], encoder: '', decodeErrors: 0, undatedFrames: 0, elapsedMs: 0 },
};

/** Engines whose hardware refuses every chain, and what they were asked for. */
function refusingChains(): { readonly pool: EnginePool; readonly asked: string[] } {
  const asked: string[] = [];
  const videoEncoders = new VideoEncoders({
    choice: 'nvenc',
    maxSessions: 1,
    obstacleOf: () => undefined,
    probe: (device) => Promise.resolve({ device, isWorking: true, detail: '' }),
    prove: (_device, codec, variant) => Promise.resolve({ codec, variant, isWorking: true, detail: '' }),
  });
  const run: EnginePool['run'] = ({ meta }) => {
    asked.push('chain' in meta ? 'chain' : 'encoder');
    if ('chain' in meta)
      return Promise.reject(new EngineError('No.', { context: { deviceFailure: 'format' } }));
    return Promise.resolve({ meta: { ...NOTHING }, payload: new Uint8Array(0) });
  };
  return { pool: { videoEncoders, run } as EnginePool, asked };
}

function film(...codecPrivate: number[]): EncodeVideoJob {
  const geometry = { width: 640, height: 360, pixelAspectRatio: [1, 1] as const, color: undefined };
  return {
    decoder: { codec: 'h264', codecTag: 'avc1', codecPrivate: Uint8Array.from(codecPrivate), ...geometry },
    packets: [{ presentationTime: 0, decodeTime: 0, isKey: true, data: Uint8Array.of(1) }],
    timescale: 90_000,
    startTicks: 0,
    endTicks: 1,
    output: DEFAULT_VIDEO_OUTPUT,
  };
}

describe('a job that encodes pictures', () => {
  it("is not kept from a device's memory by a film that had to leave it", async () => {
    const { pool, asked } = refusingChains();
    await pool.videoEncoders.chains.reports('nvenc', 'h264');
    await encodeVideo(pool, film(1));
    assert.deepEqual(asked.splice(0), ['chain', 'encoder']);
    await encodeVideo(pool, film(1));
    assert.deepEqual(asked.splice(0), ['encoder']);
    await encodeVideo(pool, film(2));
    assert.deepEqual(asked.splice(0), ['chain', 'encoder']);
  });
});
