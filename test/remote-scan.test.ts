/** A film without an index on a slow server, and players that do not wait for it to be looked through. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import pino from 'pino';
import { createRemoteAccess } from '../src/cli/remote-access.js';
import { createDelivery } from '../src/delivery/create-delivery.js';
import { MemorySegmentStore } from '../src/delivery/memory-segment-store.js';
import { createEnginePool, type EnginePool } from '../src/engine/pool.js';
import { describeMedia } from '../src/pipelines/describe.js';
import { streamTranscodeUniversal } from '../src/pipelines/universal.js';
import { Library } from '../src/server/library.js';
import { startServer } from '../src/server/listen.js';
import { missingTools } from './support/tools.js';

describe('a film without an index on a slow server', { skip: missingTools('remote scans', 'ffmpeg') }, () => {
  let film: Uint8Array;
  let engine: EnginePool;
  /** Answers that are kept back. */
  const held: (() => void)[] = [];
  let whenHeld: () => void = () => undefined;
  /** From which request on they are. */
  let holdsFrom = Infinity;
  let asked = 0;
  let givenUp = 0;
  const upstream = createServer((request, response) => {
    const [, start, end] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')!;
    const answer = (): void => sendPart(response, Number(start), end === '' ? film.length - 1 : Number(end));
    response.on('close', () => response.writableFinished || givenUp++);
    if (++asked < holdsFrom) answer();
    else {
      held.push(answer);
      whenHeld();
    }
  });

  function sendPart(response: ServerResponse, start: number, end: number): void {
    const last = Math.min(end, film.length - 1);
    const headers = { 'content-range': `bytes ${start}-${last}/${film.length}`, etag: '"1"' };
    response.writeHead(206, headers).end(film.subarray(start, last + 1));
  }

  before(async () => {
    engine = createEnginePool({ size: 1 });
    // What is written into a pipe gets no Cues.
    const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25:duration=12,noise=alls=40'];
    const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-f', 'matroska', '-'];
    film = execFileSync('ffmpeg', ['-v', 'error', ...picture, ...codec], { maxBuffer: 256 << 20 });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  });
  after(async () => {
    upstream.close();
    upstream.closeAllConnections();
    await engine[Symbol.asyncDispose]();
  });

  /** Asks, and leaves when the film's server has been asked for something that it keeps back. */
  async function impatient(server: URL, path: string): Promise<void> {
    const isHeld = new Promise<void>((resolve) => (whenHeld = resolve));
    const leaving = new AbortController();
    const asking = fetch(new URL(path, server), { signal: leaving.signal });
    await isHeld;
    leaving.abort();
    await assert.rejects(asking);
    // Until the server has noticed.
    for (let answers = 1; answers > 0;) {
      ({ answers } = (await (await fetch(new URL('/healthz', server))).json()) as { answers: number });
    }
  }

  for (const [what, from] of [
    ['is looked through', 3],
    ['is opened', 1],
  ] as const) {
    it(`is found further on by a player that comes back, also where it left while it ${what}`, async () => {
      [asked, givenUp, holdsFrom] = [0, 0, from];
      const root = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/film.mkv`;
      await using remote = createRemoteAccess([root], {}, []);
      const store = new MemorySegmentStore(64 << 20);
      await using delivery = createDelivery({
        engine,
        store,
        prefetch: false,
        onStoreError: () => undefined,
      });
      await using server = await startServer({
        library: await Library.open([root], remote.library),
        media: {
          stream: (source, wanted) => streamTranscodeUniversal(source, { ...wanted, engine }),
          describe: describeMedia,
        },
        segments: delivery.segments,
        log: pino({ level: 'silent' }),
        host: '127.0.0.1',
        port: 0,
      });
      const url = new URL(server.url);
      const listing = (await (await fetch(new URL('/library.json', url))).json()) as {
        items: readonly { ref: string }[];
      };
      const master = `/m/${listing.items[0]!.ref}/master.m3u8`;
      await impatient(url, master);
      assert.equal(givenUp, 0, 'what it had asked for is still wanted');
      holdsFrom = Infinity;
      for (const answer of held.splice(0)) answer();
      assert.match(await (await fetch(new URL(master, url))).text(), /#EXT-X-STREAM-INF/);
      assert.equal(givenUp, 0, 'nothing was asked for in vain');
    });
  }
});
