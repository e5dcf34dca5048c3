import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { RequestError } from '../errors.js';
import { openFileOutput } from './file-output.js';
import { BrokenPipeError, OutputError } from './output-error.js';
import { writeAll } from './output.js';
import { DescriptorOutput, StreamOutput } from './stdout-output.js';
import { writeVector } from '../io/write-vector.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const never = new AbortController().signal;

async function* lists(...all: string[][]): AsyncGenerator<Uint8Array[]> {
  for (const list of all) yield list.map(text);
}

describe('writeVector', () => {
  it('goes on where a system call stopped, also inside a buffer', async () => {
    let written = '';
    const list = ['abc', '', 'de', 'fghij'].map(text);
    await writeVector(async (rest) => {
      const joined = rest.map((bytes) => new TextDecoder().decode(bytes)).join('');
      const taken = joined.slice(0, 4);
      written += taken;
      return { bytesWritten: taken.length };
    }, list);
    assert.equal(written, 'abcdefghij');
    assert.equal(list[3]!.length, 5, 'the caller’s list is as it was');
  });
});

describe('file output', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segmint-output-'));
  });
  afterEach(async () => rm(folder, { recursive: true }));

  it('appears under its name only when it is whole', async () => {
    const path = join(folder, 'out.mp4');
    const output = await openFileOutput(path, { force: false });
    const source = async function* (): AsyncGenerator<Uint8Array[]> {
      yield [text('ab'), text('c')];
      assert.ok(!(await readdir(folder)).includes('out.mp4'));
      yield [text('d')];
    };
    let sum = 0;
    await writeAll(source(), output, (bytes) => (sum += bytes), never);
    assert.equal(await readFile(path, 'utf8'), 'abcd');
    assert.deepEqual(await readdir(folder), ['out.mp4']);
    assert.equal(sum, 4);
  });

  it('leaves nothing behind when the stream fails or is ended', async () => {
    const failing = async function* (): AsyncGenerator<Uint8Array[]> {
      yield [text('ab')];
      throw new RangeError('no more');
    };
    const path = join(folder, 'out.mp4');
    const failed = writeAll(failing(), await openFileOutput(path, { force: false }), () => {}, never);
    await assert.rejects(failed, RangeError);
    const abort = new AbortController();
    const reason = new Error('Ctrl+C');
    const stopped = writeAll(
      lists(['a'], ['b'], ['c']),
      await openFileOutput(path, { force: false }),
      () => abort.abort(reason),
      abort.signal,
    );
    await assert.rejects(stopped, reason);
    assert.deepEqual(await readdir(folder), []);
  });

  it('replaces a file only when it is told to, and not before the new one is whole', async () => {
    const path = join(folder, 'out.mp4');
    await writeFile(path, 'old');
    await assert.rejects(openFileOutput(path, { force: false }), RequestError);
    const output = await openFileOutput(path, { force: true });
    await output.write([text('new')]);
    assert.equal(await readFile(path, 'utf8'), 'old');
    await output.commit();
    assert.equal(await readFile(path, 'utf8'), 'new');
    await output.discard();
    assert.equal(await readFile(path, 'utf8'), 'new');
  });

  it('says what is wrong with a place that cannot be written to', async () => {
    await assert.rejects(openFileOutput(join(folder, 'absent/out.mp4'), { force: false }), {
      name: 'OutputError',
      message: /its folder does not exist/,
    });
    const file = await openFileOutput(folder, { force: true });
    await assert.rejects(file.commit(), OutputError);
    await file.discard();
    assert.deepEqual(await readdir(folder), []);
  });

  it('writes a device directly', { skip: process.platform === 'win32' }, async () => {
    await writeAll(lists(['abc']), await openFileOutput('/dev/null', { force: false }), () => {}, never);
  });

  it('tells that a disk is full', { skip: process.platform !== 'linux' }, async () => {
    const full = writeAll(
      lists(['abc']),
      await openFileOutput('/dev/full', { force: false }),
      () => {},
      never,
    );
    await assert.rejects(full, /the disk is full/);
  });
});

describe('descriptor output', () => {
  it('ends without waiting for a reader that takes nothing', async () => {
    const output = new DescriptorOutput(() => new Promise(() => {}));
    const abort = new AbortController();
    const reason = new Error('Ctrl+C');
    const writing = writeAll(lists(['a'], ['b']), output, () => {}, abort.signal);
    setImmediate(() => abort.abort(reason));
    await assert.rejects(writing, reason);
  });

  it('tells that its reader left, and tries again when a pipe that does not block is full', async () => {
    const codes = ['EAGAIN', 'EAGAIN', 'EPIPE'];
    const output = new DescriptorOutput(() => {
      const code = codes.shift()!;
      return Promise.reject(Object.assign(new Error(`writev ${code}`), { code }));
    });
    await assert.rejects(output.write([text('ab')]), BrokenPipeError);
    assert.deepEqual(codes, []);
  });
});

describe('stream output', () => {
  it('writes no faster than its reader takes, and ends when all has gone', async () => {
    const taken: string[] = [];
    let take: (() => void) | undefined;
    const pipe = new Writable({
      highWaterMark: 1,
      write: (chunk: Uint8Array, _encoding, done) => {
        if (chunk.length === 0) {
          done();
          return;
        }
        taken.push(new TextDecoder().decode(chunk));
        take = done;
      },
    });
    const output = new StreamOutput(pipe);
    let isWritten = false;
    const writing = output.write([text('ab')]).then(() => (isWritten = true));
    await new Promise(setImmediate);
    assert.equal(isWritten, false);
    take!();
    await writing;
    assert.deepEqual(taken, ['ab']);
    await output.commit();
  });

  it('ends without waiting for a reader that takes nothing', async () => {
    const pipe = new Writable({ highWaterMark: 1, write: () => {} });
    const abort = new AbortController();
    const reason = new Error('Ctrl+C');
    const writing = writeAll(lists(['a'], ['b']), new StreamOutput(pipe), () => {}, abort.signal);
    setImmediate(() => abort.abort(reason));
    await assert.rejects(writing, reason);
  });

  it('tells that its reader left', async () => {
    const pipe = new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    await assert.rejects(
      writeAll(lists(['a'], ['b']), new StreamOutput(pipe), () => {}, never),
      BrokenPipeError,
    );
  });
});
