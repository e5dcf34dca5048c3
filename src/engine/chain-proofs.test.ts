import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EngineError } from '../errors.js';
import { ChainProofs } from './chain-proofs.js';
import { proveDeviceChain } from './prove-device-chain.js';

const MINUTE = 60_000;

describe('what is known of a chain', () => {
  it('is found out anew after ten minutes where the device had no session left for the trial', async () => {
    let nowMs = 0;
    let error: EngineError | undefined = new EngineError('Opening the encoder failed.', {
      context: { deviceFailure: 'sessions' },
    });
    const asked: string[] = [];
    const proofs = new ChainProofs(
      (device, codec, variant) =>
        proveDeviceChain(device, codec, variant, () => {
          asked.push(variant);
          if (error !== undefined) return Promise.reject(error);
          return Promise.resolve({ meta: {}, payload: new Uint8Array(0) });
        }),
      () => nowMs,
    );
    const [report] = await proofs.reports('nvenc', 'vp8');
    assert.equal(report!.isWorking, false);
    nowMs = 9 * MINUTE;
    assert.deepEqual(proofs.known('nvenc', 'vp8'), []);
    assert.deepEqual(asked, ['plain']);

    nowMs = 11 * MINUTE;
    error = undefined;
    assert.deepEqual(proofs.known('nvenc', 'vp8'), []);
    await proofs.reports('nvenc', 'vp8');
    assert.deepEqual(proofs.known('nvenc', 'vp8'), ['plain']);
    nowMs = 1e9;
    assert.deepEqual(proofs.known('nvenc', 'vp8'), ['plain']);
    assert.deepEqual(asked, ['plain', 'plain']);
  });

  it('holds from then on where the chain failed', async () => {
    let nowMs = 0;
    let trials = 0;
    const proofs = new ChainProofs(
      (_device, codec, variant) => {
        trials += 1;
        return Promise.resolve({ codec, variant, isWorking: false, failure: 'fault', detail: '' });
      },
      () => nowMs,
    );
    await proofs.reports('nvenc', 'h264');
    nowMs = 1e9;
    assert.deepEqual(proofs.known('nvenc', 'h264'), []);
    assert.equal(trials, 1);
  });
});
