import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  EngineError,
  LimitExceededError,
  MalformedMediaError,
  RequestError,
  SourceError,
  UnsupportedMediaError,
} from '../errors.js';
import { exitCodeOf, Interruption } from './exit-code.js';
import { BrokenPipeError, OutputError } from './output-error.js';
import { runCaptured } from '../../test/support/run-captured.js';

describe('exit codes', () => {
  const cases: [unknown, number][] = [
    [new RequestError('x'), 2],
    [new RequestError('x', 'not_found'), 1],
    [new MalformedMediaError('x'), 3],
    [new UnsupportedMediaError('x'), 3],
    [new LimitExceededError('x'), 3],
    [new SourceError('x'), 1],
    [new EngineError('x'), 1],
    [new OutputError('x', undefined), 1],
    [new BrokenPipeError('x', undefined), 141],
    [new Interruption('SIGINT'), 130],
    [new Interruption('SIGTERM'), 143],
    [new TypeError('x'), 1],
  ];
  for (const [error, code] of cases) {
    it(`${(error as Error).constructor.name} ends with ${code}`, () => {
      assert.equal(exitCodeOf(error), code);
    });
  }
});

describe('run', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segmint-cli-'));
    await writeFile(join(folder, 'noise.mkv'), 'this is no Matroska file');
  });
  after(async () => rm(folder, { recursive: true }));

  it('tells its version and its use', async () => {
    const version = await runCaptured('--version');
    assert.equal(version.code, 0);
    assert.match(version.printed, /^\d+\.\d+\.\d+\n$/);
    for (const command of ['', 'remux', 'package', 'probe', 'serve']) {
      const help = await runCaptured(...[command, '--help'].filter((arg) => arg !== ''));
      assert.equal(help.code, 0);
      assert.match(help.printed, /Usage: segmint/);
    }
  });

  it('opens with a plug-in what that alone knows, in every command that reads a source', async () => {
    const plugin = join(folder, 'tape.mjs');
    const open = '(reference) => Promise.reject(new Error(`${reference} is torn`))';
    await writeFile(plugin, `export default { scheme: 'tape', open: ${open} };`);
    const output = join(folder, 'absent');
    for (const args of [['probe'], ['remux', '-o', output], ['package', '-o', output]]) {
      const { complained } = await runCaptured(...args, 'tape:1', '--plugin', plugin);
      assert.match(complained, /tape:1 is torn/, args[0]);
    }
  });

  it('answers a command line that makes no sense with 2', async () => {
    for (const args of [
      ['remux', 'a.mkv'],
      ['remux', 'a.mkv', '-o', 'b', '--start', 'soon'],
      ['remux', 'a.mkv', '-o', 'b', '--duration', '0'],
      ['remux', 'a.mkv', '-o', 'b', '--audio', 'mp3'],
      ['remux', 'a.mkv', '-o', 'b', '--audio-channels', '5'],
      ['remux', 'a.mkv', '-o', 'b', '--audio-track', 'x'],
      ['remux', 'a.mkv', '-o', 'b', '-H', 'nonsense'],
      ['package', 'a.mkv'],
      ['package', 'a.mkv', '-o', 'b', '--video', 'hevcc'],
      ['package', 'a.mkv', '-o', 'b', '--audio', 'aac,,opus'],
      ['serve', '--port', '70000'],
      ['dance'],
      ['probe', '--quickly', 'a.mkv'],
    ]) {
      const { code, complained } = await runCaptured(...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(complained, /^error: /);
    }
  });

  it('tells an error in one sentence, and its causes when asked', async () => {
    const absent = await runCaptured('probe', join(folder, 'absent.mkv'));
    assert.equal(absent.code, 1);
    assert.equal(absent.complained, `segmint: There is no file ${join(folder, 'absent.mkv')}.\n`);
    const verbose = await runCaptured('probe', join(folder, 'absent.mkv'), '--verbose');
    assert.match(verbose.complained, /caused by: ENOENT/);
  });

  it('refuses what is no media file with 3, and writes nothing', async () => {
    const out = join(folder, 'out.mp4');
    const refused = await runCaptured('remux', join(folder, 'noise.mkv'), '-o', out);
    assert.equal(refused.code, 3);
    assert.match(refused.complained, /^segmint: [^\n]+\.\n$/);
    assert.equal((await runCaptured('probe', out)).code, 1, 'there is no output');
    assert.equal((await runCaptured('probe', join(folder, 'noise.mkv'))).code, 3);
  });
});
