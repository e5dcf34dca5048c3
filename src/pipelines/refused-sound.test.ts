import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EnginePool } from '../engine/pool.js';
import { EngineError, OverloadedError, UnsupportedMediaError } from '../errors.js';
import type { AudioTrack } from '../media/track.js';
import { findRefusal, findRefusedSound, mayBeRefused } from './refused-sound.js';

const signal = new AbortController().signal;

function track(codec: string, channels = 2): AudioTrack {
  return {
    id: 1,
    type: 'audio',
    codec,
    codecTag: codec,
    channels,
    sampleRate: 48_000,
    timescale: 48_000,
  } as AudioTrack;
}

function failing(error: Error): EnginePool {
  return { run: () => Promise.reject(error) } as unknown as EnginePool;
}

describe('findRefusal', () => {
  const packet = new Uint8Array(64);

  it('gives what the decoder says', async () => {
    const error = new UnsupportedMediaError('The decoder does not.', { context: { codec: 'alac' } });
    assert.equal(await findRefusal(failing(error), track('alac'), packet, signal), 'the decoder does not');
  });

  it('takes no fault of the engine for one of the track', async () => {
    for (const error of [
      new EngineError('The engine died.'),
      new OverloadedError('Too much to do.'),
      new UnsupportedMediaError('This engine has no AAC encoder.'),
    ]) {
      assert.equal(await findRefusal(failing(error), track('alac'), packet, signal), undefined);
    }
  });

  it('rejects with the reason of whoever ends it', async () => {
    const ended = AbortSignal.abort(new EngineError('Gone.'));
    await assert.rejects(findRefusal(failing(ended.reason as Error), track('alac'), packet, ended), /Gone/);
  });
});

describe('findRefusedSound', () => {
  it('asks no engine of what no decoder refuses', async () => {
    const engines = {
      get: (): never => {
        throw new EngineError('An engine was asked for.');
      },
    };
    const sound = ['ac3', 'eac3', 'dts', 'truehd', 'mp3', 'pcm_s16le'].map((codec) => ({
      track: track(codec),
      packet: new Uint8Array(64),
      configuration: undefined,
    }));
    assert.equal((await findRefusedSound(engines, sound, signal)).size, 0);
  });

  it('doubts what needs a configuration, and impossible PCM', () => {
    for (const doubtful of [track('vorbis'), track('adpcm_ima_wav'), track('alac'), track('pcm_s16le', 0)]) {
      assert.equal(mayBeRefused(doubtful, undefined), true);
    }
  });
});
