import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { VIDEO_DEVICES } from '../engine/video-device.js';
import type { MachineReport } from './examine-machine.js';
import { runCaptured } from '../../test/support/run-captured.js';

describe('segmint doctor', () => {
  it('plays a film, and says of each encoder whether it works or why not', async () => {
    const { code, printed } = await runCaptured('doctor', '--json');
    assert.equal(code, 0);
    const report = JSON.parse(printed) as MachineReport;
    assert.equal(report.isPlaying, true);
    assert.deepEqual(report.problems, []);
    assert.deepEqual(report.engine?.missingDecoders, []);
    assert.deepEqual(
      report.hardware.map(({ device }) => device),
      VIDEO_DEVICES,
    );
    for (const { device, detail } of report.hardware) assert.ok(detail.length > 20, `${device}: ${detail}`);
    const best = report.hardware.find(({ isWorking }) => isWorking);
    assert.equal(report.videoEncoder, best?.device ?? 'x264');
  });

  it('fails, having told all the rest, where films cannot be played', async () => {
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = '/nothing/is/here';
    try {
      const { code, printed, complained } = await runCaptured('doctor');
      assert.equal(code, 1);
      assert.match(printed, /^engine +FFmpeg /m);
      assert.match(printed, /^Problem: A film cannot be played: ENOENT/m);
      assert.match(complained, /cannot be played on this machine/);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
  });
});

describe('--encoder', () => {
  // What no machine of this system has.
  const missing = process.platform === 'darwin' ? 'vaapi' : 'videotoolbox';

  it('is an error at once where the hardware that is named does not work', async () => {
    for (const command of [
      ['serve', 'none', '--encoder', missing],
      ['remux', 'none.mkv', '-o', 'none.mp4', '--encoder', missing],
      ['package', 'none.mkv', '-o', 'none', '--encoder', missing],
    ]) {
      const { code, complained } = await runCaptured(...command);
      assert.equal(code, 1);
      assert.match(
        complained,
        new RegExp(`^segmint: The encoder ${missing} does not work here: there is none on`),
      );
    }
    assert.equal((await runCaptured('serve', '--encoder', 'magic')).code, 2);
  });

  it('tries the settings of a server: roots, store, port, access', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'segmint-doctor-'));
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    try {
      const { port } = taken.address() as AddressInfo;
      const config = join(folder, 'segmint.yaml');
      await writeFile(config, `roots: [., absent]\nstore: kept\nport: ${port}\n`);
      const { code, printed, complained } = await runCaptured('doctor', '--config', config);
      assert.equal(code, 2);
      assert.match(complained, /A server could not run with these settings/);
      assert.match(printed, /^root \S+ +good +a folder with \d entries$/m);
      assert.match(printed, /^root \S+absent +bad +ENOENT/m);
      assert.match(printed, /^store +good +\S+kept can be written to/m);
      assert.match(printed, /^port \d+ of 127\.0\.0\.1 +bad +.*EADDRINUSE/m);
      assert.match(printed, /^access +good +no key is asked for; only this machine/m);
      // A container has them in its environment alone.
      process.env['SEGMINT_ROOTS'] = join(folder, 'absent');
      const inEnvironment = await runCaptured('doctor');
      assert.equal(inEnvironment.code, 2);
      assert.match(inEnvironment.printed, /^root \S+absent +bad +ENOENT/m);
    } finally {
      delete process.env['SEGMINT_ROOTS'];
      taken.close();
      await rm(folder, { recursive: true });
    }
  });
});
