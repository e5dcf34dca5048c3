import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EngineError, OverloadedError, UnsupportedMediaError } from '../errors.js';
import type { ChainVariant } from './device-chain.js';
import type { DeviceFailure, VideoDevice, VideoEncoderChoice } from './video-device.js';
import { VideoEncoders, type EncodingWay, type VideoSource } from './video-encoders.js';

const MINUTE = 60_000;
const FORMAT = '1920 x 1080';

/** Encoders that do what a test says, and a record of who was asked. */
class Script {
  readonly asked: string[] = [];
  readonly probed: VideoDevice[] = [];
  readonly proved: string[] = [];
  /** What chains do wrong when they are tried. */
  readonly unproved = new Set<ChainVariant>();
  /** How a chain fails, as long as it stands here. */
  chainFailure: DeviceFailure | undefined;
  /** How each device fails, as long as it stands here; an engine that dies says nothing. */
  readonly failing = new Map<VideoDevice, DeviceFailure | 'death'>();
  readonly encoders: VideoEncoders;
  nowMs = 0;

  constructor(working: readonly VideoDevice[], choice: VideoEncoderChoice = 'auto') {
    const present = new Set<VideoDevice>([...working, 'amf']);
    this.encoders = new VideoEncoders({
      choice,
      maxSessions: 4,
      obstacleOf: (device) => (present.has(device) ? undefined : 'there is no such device'),
      probe: (device) => {
        this.probed.push(device);
        return Promise.resolve({ device, isWorking: working.includes(device), detail: 'no driver' });
      },
      prove: (device, codec, variant) => {
        this.proved.push(`${device} ${codec} ${variant}`);
        return Promise.resolve({ codec, variant, isWorking: !this.unproved.has(variant), detail: '' });
      },
      now: () => this.nowMs,
    });
  }

  /** A job that is done at once. */
  async encode(
    format = FORMAT,
    encoder?: 'libx264' | VideoDevice,
    source?: VideoSource,
  ): Promise<readonly string[]> {
    const run = ({ device, chain }: EncodingWay): Promise<string> => this.#do(device, chain !== undefined);
    const { made, remarks } = await this.encoders.encode({ format, encoder, source, run });
    this.asked.push(made);
    return remarks;
  }

  /** A job that an engine is at until it is let go. */
  begin(): { readonly end: () => Promise<string> } {
    let letGo: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const run = async ({ device }: EncodingWay): Promise<string> => {
      const made = await this.#do(device);
      await gate;
      return made;
    };
    const done = this.encoders.encode({ format: FORMAT, encoder: undefined, run });
    return {
      end: async () => {
        letGo();
        return (await done).made;
      },
    };
  }

  #do(device: VideoDevice | undefined, isChain = false): Promise<string> {
    const failure = isChain ? this.chainFailure : device && this.failing.get(device);
    if (failure === undefined) return Promise.resolve(isChain ? `all ${device}` : (device ?? 'x264'));
    const context = failure === 'death' ? {} : { deviceFailure: failure };
    return Promise.reject(new EngineError(`It is a case of ${failure}.`, { context }));
  }
}

describe('the choice of a video encoder', () => {
  it('takes the first that works, and tries no other', async () => {
    const script = new Script(['vaapi', 'qsv']);
    assert.deepEqual(await script.encode(), []);
    await script.encode();
    assert.deepEqual(script.asked, ['qsv', 'qsv']);
    assert.deepEqual(script.probed, ['qsv']);
  });

  it('takes x264 where nothing works, or nothing else is wanted', async () => {
    for (const script of [new Script([]), new Script(['nvenc'], 'software')]) {
      await script.encode();
      assert.deepEqual(script.asked, ['x264']);
    }
    const script = new Script(['nvenc']);
    await script.encode(FORMAT, 'libx264');
    assert.deepEqual(script.asked, ['x264']);
    assert.deepEqual(script.probed, []);
  });

  it('begins at once where no hardware comes into question', () => {
    let isBegun = false;
    const run = (): Promise<void> => {
      isBegun = true;
      return Promise.resolve();
    };
    void new Script([], 'software').encoders.encode({ format: FORMAT, encoder: undefined, run });
    assert.ok(isBegun);
  });

  it('goes on to the next device and then to x264, and says what failed', async () => {
    const script = new Script(['nvenc', 'qsv']);
    script.failing.set('nvenc', 'fault');
    assert.deepEqual(await script.encode(), ['nvenc failed: It is a case of fault']);
    script.failing.set('qsv', 'death');
    assert.deepEqual(await script.encode(), [
      'nvenc failed: It is a case of fault',
      'qsv failed: It is a case of death',
    ]);
    assert.deepEqual(script.asked, ['qsv', 'x264']);
  });

  it('leaves a device alone after three failures in a row, for five minutes', async () => {
    const script = new Script(['nvenc']);
    script.failing.set('nvenc', 'fault');
    await script.encode();
    await script.encode();
    script.failing.clear();
    await script.encode();
    script.failing.set('nvenc', 'fault');
    for (let i = 0; i < 3; i++) assert.equal((await script.encode()).length, 1);
    script.failing.clear();
    assert.deepEqual(await script.encode(), []);
    script.nowMs += 4 * MINUTE;
    await script.encode();
    assert.deepEqual(script.asked.splice(0), [
      'x264',
      'x264',
      'nvenc',
      'x264',
      'x264',
      'x264',
      'x264',
      'x264',
    ]);
    script.nowMs += 2 * MINUTE;
    script.failing.set('nvenc', 'fault');
    assert.equal((await script.encode()).length, 1);
    // One more was enough.
    assert.equal((await script.encode()).length, 0);
    script.nowMs += 6 * MINUTE;
    script.failing.clear();
    await script.encode();
    assert.deepEqual(script.asked, ['x264', 'x264', 'nvenc']);
  });

  it('blames no device for a job that x264 cannot do either', async () => {
    const script = new Script(['nvenc']);
    const run = (): Promise<string> => Promise.reject(new EngineError('It cannot be decoded.'));
    const job = { format: FORMAT, encoder: undefined, run };
    for (let i = 0; i < 4; i++) await assert.rejects(script.encoders.encode(job), /cannot be decoded/);
    await script.encode();
    assert.deepEqual(script.asked, ['nvenc']);
  });

  it('learns how many sessions a device has, and believes it for ten minutes', async () => {
    const script = new Script(['nvenc']);
    await script.encode();
    const jobs = [script.begin(), script.begin()];
    await turn();
    script.failing.set('nvenc', 'sessions');
    // The third is refused: that is no failure, and done by x264 without a word.
    assert.deepEqual(await script.encode(), []);
    script.failing.clear();
    await script.encode();
    assert.equal(await jobs.pop()!.end(), 'nvenc');
    await script.encode();
    await jobs.pop()!.end();
    assert.deepEqual(script.asked.splice(0), ['nvenc', 'x264', 'x264', 'nvenc']);
    script.nowMs += 11 * MINUTE;
    const three = [script.begin(), script.begin(), script.begin()];
    await turn();
    assert.deepEqual(await Promise.all(three.map((one) => one.end())), ['nvenc', 'nvenc', 'nvenc']);
  });

  it('takes a lack of sessions for a failure where none of its own is open', async () => {
    const script = new Script(['nvenc']);
    script.failing.set('nvenc', 'sessions');
    for (let i = 0; i < 3; i++) assert.equal((await script.encode()).length, 1);
    script.failing.clear();
    await script.encode();
    assert.deepEqual(script.asked, ['x264', 'x264', 'x264', 'x264']);
  });

  it('does not ask again for a format that was refused, and does for others', async () => {
    const script = new Script(['nvenc']);
    script.failing.set('nvenc', 'format');
    assert.deepEqual(await script.encode('64 x 36'), []);
    script.failing.clear();
    await script.encode('64 x 36');
    await script.encode();
    script.nowMs += 11 * MINUTE;
    await script.encode('64 x 36');
    assert.deepEqual(script.asked, ['x264', 'x264', 'nvenc', 'nvenc']);
  });

  it("tells NVENC's lack of sessions from its dislike of a format by what it writes", async () => {
    const sizes = ['Width 64 is below the smallest.', 'No capable devices found'];
    const sessions = ['OpenEncodeSessionEx failed: incompatible client key (21)', 'No capable devices found'];
    for (const [lines, isRefused] of [
      [sizes, true],
      [sessions, false],
    ] as const) {
      for (const deviceFailure of ['sessions', 'format'] as const) {
        const script = new Script(['nvenc']);
        const other = script.begin();
        await turn();
        const run = ({ device }: EncodingWay): Promise<string> => {
          const context = { deviceFailure, stderr: lines.join('\n') };
          return device === undefined
            ? Promise.resolve('x264')
            : Promise.reject(new EngineError('No.', { context }));
        };
        const { remarks } = await script.encoders.encode({ format: '64 x 36', encoder: undefined, run });
        assert.deepEqual(remarks, []);
        await other.end();
        await script.encode('64 x 36');
        assert.deepEqual(script.asked, [isRefused ? 'x264' : 'nvenc']);
      }
    }
  });

  it('does not hide what is no failure of an encoder', async () => {
    const script = new Script(['nvenc']);
    for (const error of [
      new UnsupportedMediaError('No decoder.'),
      new OverloadedError('Busy.'),
      new DOMException('The viewer left.', 'AbortError'),
    ]) {
      const asked: unknown[] = [];
      const run = ({ device }: EncodingWay): Promise<never> => {
        asked.push(device);
        return Promise.reject(error);
      };
      await assert.rejects(script.encoders.encode({ format: FORMAT, encoder: undefined, run }), error);
      assert.deepEqual(asked, ['nvenc']);
    }
  });

  it('asks for a trial again when there was no time for it', async () => {
    let trials = 0;
    const encoders = new VideoEncoders({
      choice: 'auto',
      maxSessions: 1,
      obstacleOf: () => undefined,
      probe: (device) => {
        trials += 1;
        if (trials === 1) return Promise.reject(new OverloadedError('Busy.'));
        return Promise.resolve({ device, isWorking: true, detail: '' });
      },
      prove: (_device, codec, variant) => Promise.resolve({ codec, variant, isWorking: false, detail: '' }),
    });
    await assert.rejects(encoders.report('nvenc'), OverloadedError);
    const reports = await Promise.all([encoders.report('nvenc'), encoders.report('nvenc')]);
    assert.ok(reports.every(({ isWorking }) => isWorking));
    assert.equal(trials, 2);
  });

  it('says why the hardware that was chosen does not work', async () => {
    await assert.rejects(new Script([], 'qsv').encoders.checkChoice(), {
      name: 'EngineError',
      message: 'The encoder qsv does not work here: there is no such device (no driver).',
    });
    await new Script(['qsv'], 'qsv').encoders.checkChoice();
    await new Script([]).encoders.checkChoice();
  });
});

describe('the choice of a chain', () => {
  const film: VideoSource = { codec: 'hevc', format: '3840 x 2160' };

  it('is made when it has been tried, for which no job waits', async () => {
    const script = new Script(['nvenc']);
    await script.encode(FORMAT, undefined, film);
    assert.equal(script.proved[0], 'nvenc hevc plain');
    await script.encoders.chains.reports('nvenc', 'hevc');
    await script.encode(FORMAT, undefined, film);
    await script.encode(FORMAT);
    assert.deepEqual(script.asked, ['nvenc', 'all nvenc', 'nvenc']);
    assert.deepEqual(script.proved, ['nvenc hevc plain', 'nvenc hevc deep', 'nvenc hevc hdr']);
  });

  it('is told what was done right, and is none where the simplest was not', async () => {
    const script = new Script(['nvenc', 'amf']);
    script.unproved.add('deep');
    await script.encoders.chains.reports('nvenc', 'hevc');
    const told: unknown[] = [];
    const run = (way: EncodingWay): Promise<void> => {
      told.push(way);
      return Promise.resolve();
    };
    await script.encoders.encode({ format: FORMAT, encoder: undefined, source: film, run });
    assert.deepEqual(told, [{ device: 'nvenc', chain: ['plain', 'hdr'] }]);
    script.unproved.add('plain');
    assert.equal((await script.encoders.chains.reports('nvenc', 'vp9')).length, 1);
    await script.encode(FORMAT, undefined, { codec: 'vp9', format: '' });
    // There is nothing that could be tried.
    assert.deepEqual(await script.encoders.chains.reports('nvenc', 'vc1'), []);
    assert.deepEqual(await script.encoders.chains.reports('amf', 'hevc'), []);
    await script.encode(FORMAT, 'amf', film);
    await script.encode(FORMAT, 'libx264', film);
    assert.deepEqual(script.asked, ['nvenc', 'amf', 'x264']);
  });

  it('goes on to the same encoder without it, and says what failed', async () => {
    const script = new Script(['nvenc']);
    await script.encoders.chains.reports('nvenc', 'hevc');
    script.chainFailure = 'fault';
    for (let i = 0; i < 3; i++) {
      assert.deepEqual(await script.encode(FORMAT, undefined, film), [
        'Decoding by nvenc failed: It is a case of fault',
      ]);
    }
    // Three in a row are enough; the encoder is not blamed.
    assert.deepEqual(await script.encode(FORMAT, undefined, film), []);
    script.chainFailure = undefined;
    script.nowMs += 6 * MINUTE;
    await script.encode(FORMAT, undefined, film);
    assert.deepEqual(script.asked, ['nvenc', 'nvenc', 'nvenc', 'nvenc', 'all nvenc']);
  });

  it('does not ask again for what it refused, and does for others', async () => {
    const script = new Script(['nvenc']);
    await script.encoders.chains.reports('nvenc', 'hevc');
    script.chainFailure = 'format';
    assert.deepEqual(await script.encode(FORMAT, undefined, film), []);
    script.chainFailure = undefined;
    await script.encode(FORMAT, undefined, film);
    await script.encode(FORMAT, undefined, { ...film, format: '1920 x 1080' });
    script.nowMs += 11 * MINUTE;
    await script.encode(FORMAT, undefined, film);
    assert.deepEqual(script.asked, ['nvenc', 'nvenc', 'all nvenc', 'all nvenc']);
  });

  it('leaves the device where it has no session left', async () => {
    const script = new Script(['nvenc']);
    await script.encoders.chains.reports('nvenc', 'hevc');
    const job = script.begin();
    await turn();
    script.chainFailure = 'sessions';
    assert.deepEqual(await script.encode(FORMAT, undefined, film), []);
    await job.end();
    assert.deepEqual(script.asked, ['x264']);
  });
});

/** Lets what was begun come to where it waits. */
async function turn(): Promise<void> {
  await new Promise(setImmediate);
}
